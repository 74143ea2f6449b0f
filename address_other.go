//go:build unix && !linux

package socket

import "example.com/socket/internal/sockaddr"

// afRDS is a family that takes InetAddr; Linux alone has it.
const afRDS AddressFamily = -1

func (s *Socket) encodeOther(op string, addr Address, _ *sockaddr.Raw) error {
	return wrongAddress(op, s, addr)
}

func (s *Socket) decodeOther(*sockaddr.Raw) Address { return nil }

func (s *Socket) otherForm() string { return "none: its addresses are not known here" }

// peersNameless reports whether accept(2) must not be asked for the peer's address.
func (s *Socket) peersNameless() bool { return false }

// namesChange reports whether the same bytes can become a different address later.
func (s *Socket) namesChange() bool { return false }
