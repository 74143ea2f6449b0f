package socket

import "example.com/socket/internal/cmsg"

// AFALGControl returns the control data that SendMsgAFALG sends.
func (s *Socket) AFALGControl(op int, iv []byte, assocLen int) (control []byte, err error) {
	anc, err := s.algMessages("sendmsg_afalg", op, iv, assocLen)
	for _, c := range anc {
		control = cmsg.Append(control, int(c.Level), c.Type, c.Data)
	}
	return control, err
}

// ControlMessages returns what RecvMsg makes of a control buffer that the kernel
// filled.
func ControlMessages(control []byte) []ControlMessage {
	m := newMessage(len(control))
	defer m.release()
	m.Filled = copy(m.Control, control)
	return m.controlMessages()
}
