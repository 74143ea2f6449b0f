package socket

import "example.com/socket/internal/sockaddr"

// EncodeAddr returns the bytes that a call op would hand to the kernel.
func EncodeAddr(s *Socket, op string, addr Address) ([]byte, error) {
	var raw sockaddr.Raw
	if err := s.encode(op, addr, &raw); err != nil {
		return nil, err
	}
	return raw.Bytes(), nil
}

// DecodeAddr returns the address in bytes that came from the kernel. The bytes
// after them in the kernel's buffer are ones, which must not be seen.
func DecodeAddr(s *Socket, b []byte) Address {
	raw := sockaddr.Raw{Len: uint32(len(b))}
	for i := copy(raw.B[:], b); i < len(raw.B); i++ {
		raw.B[i] = 0xFF
	}
	return s.decode(&raw)
}
