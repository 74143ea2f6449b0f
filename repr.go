//go:build unix

package socket

import (
	"strconv"
	"strings"
)

// describe is String, for a socket of which closed says whether it is.
func (s *Socket) describe(closed bool) string {
	var b strings.Builder
	b.WriteString("<socket.Socket ")
	if closed {
		b.WriteString("[closed] ")
	}
	b.WriteString("fd=" + strconv.Itoa(s.fd.Sysfd()))
	b.WriteString(" family=" + s.family.String())
	b.WriteString(" type=" + s.kind.String())
	b.WriteString(" proto=" + strconv.Itoa(int(s.proto)))
	if !closed {
		writeName(&b, " laddr=", s.GetSockName)
		writeName(&b, " raddr=", s.GetPeerName)
	}
	b.WriteString(">")
	return b.String()
}

// writeName writes an address, if there is one and it isn't the empty name.
func writeName(b *strings.Builder, label string, get func() (Address, error)) {
	addr, err := get()
	if err == nil && addr != nil && addr != UnixAddr("") {
		b.WriteString(label + addr.String())
	}
}
