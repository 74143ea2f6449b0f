package socket

import (
	"encoding/binary"
	"math"
)

// SendMsgAFALG sends data to an AF_ALG socket and says what the kernel's crypto
// interface is to do with it: Python's socket.sendmsg_afalg(msg, op=…, iv=…,
// assoclen=…, flags=…) and sendmsg(2) with the control messages of SOL_ALG. op is
// ALG_OP_ENCRYPT, ALG_OP_DECRYPT, ALG_OP_SIGN or ALG_OP_VERIFY. An iv that is nil
// isn't sent; an empty one is. assocLen is how many of the bytes are associated
// data of an AEAD cipher, -1 for none (Python's None). It returns how many bytes
// of the buffers were taken. The socket is one that Accept returned. Linux only.
//
// Errors: an *ArgumentError if the socket is of another family, and for a
// negative op or assocLen; EINVAL if the algorithm doesn't take them; else those
// of SendMsg.
func (s *Socket) SendMsgAFALG(bufs [][]byte, op int, iv []byte, assocLen int, flags ...MsgFlag) (int, error) {
	anc, err := s.algMessages("sendmsg_afalg", op, iv, assocLen)
	if err != nil {
		return 0, err
	}
	return s.sendMsg("sendmsg_afalg", bufs, anc, nil, flags)
}

// algMessages checks the arguments in Python's order and makes the control
// messages of them: a number is a __u32, the iv a struct af_alg_iv, which is its
// length and then its bytes (linux/if_alg.h).
func (s *Socket) algMessages(call string, op int, iv []byte, assocLen int) ([]ControlMessage, error) {
	if err := s.checkOpen(call); err != nil {
		return nil, err
	}
	switch {
	case s.family != AF_ALG:
		return nil, &ArgumentError{call, "socket", s.family, "AF_ALG: algset is only supported for AF_ALG"}
	case op < 0 || op > math.MaxInt32:
		return nil, &ArgumentError{call, "op", op, "0 or more, as ALG_OP_ENCRYPT: Invalid or missing argument 'op'"}
	case assocLen < -1 || assocLen > math.MaxInt32:
		return nil, &ArgumentError{call, "assocLen", assocLen, "-1 (none) or 0 and more: assoclen must be positive"}
	}
	anc := []ControlMessage{{SOL_ALG, ALG_SET_OP, algNumber(op)}}
	if iv != nil {
		anc = append(anc, ControlMessage{SOL_ALG, ALG_SET_IV, append(algNumber(len(iv)), iv...)})
	}
	if assocLen >= 0 {
		anc = append(anc, ControlMessage{SOL_ALG, ALG_SET_AEAD_ASSOCLEN, algNumber(assocLen)})
	}
	return anc, nil
}

func algNumber(n int) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }
