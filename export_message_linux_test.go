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
