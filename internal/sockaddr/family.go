//go:build linux || solaris

package sockaddr

import "encoding/binary"

// Here sa_family_t is sixteen bits wide and there is no length byte.

func (r *Raw) setFamily(family, _ int) { binary.NativeEndian.PutUint16(r.B[:], uint16(family)) }

func (r *Raw) family() int { return int(binary.NativeEndian.Uint16(r.B[:])) }
