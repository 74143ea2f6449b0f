package socket_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"strconv"
	"testing"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The families of kernel modules at longer work: internal/vm runs them all.

const algCure = "modprobe -a af_alg algif_hash algif_aead algif_rng"

// alg returns a socket with one of the kernel's algorithms, and a function that
// makes one for its operations.
func alg(t *testing.T, kind, name string) (s *socket.Socket, operation func() *socket.Socket) {
	t.Helper()
	s = opens(t, algCure, socket.AF_ALG, socket.SOCK_SEQPACKET)
	err := s.Bind(socket.ALGAddr{Type: kind, Name: name})
	if errors.Is(err, unix.ENOENT) {
		t.Skipf("%s %s: %v: %s", kind, name, err, algCure)
	}
	must(t, err)
	return s, func() *socket.Socket {
		t.Helper()
		op, _, err := s.Accept()
		must(t, err)
		t.Cleanup(func() { op.Close() })
		must(t, op.SetTimeout(patience))
		return op
	}
}

// The kernel and Go's crypto/hmac agree, on a message that comes in parts.
func TestALGKeyedHash(t *testing.T) {
	s, operation := alg(t, "hash", "hmac(sha256)")
	key := []byte("a key for the kernel")
	must(t, s.SetSockOptBytes(socket.SOL_ALG, socket.ALG_SET_KEY, key))
	op := operation()
	want := hmac.New(sha256.New, key)
	for i, flags := range []socket.MsgFlag{socket.MSG_MORE, socket.MSG_MORE, 0} {
		part := bytes.Repeat([]byte{byte(i)}, 10000)
		want.Write(part)
		must(t, op.SendAll(part, flags))
	}
	got, err := op.Recv(64)
	if !bytes.Equal(got, want.Sum(nil)) || err != nil {
		t.Errorf("Recv() = %x, %v, want %x", got, err, want.Sum(nil))
	}
}

// The kernel and Go's crypto/cipher agree on AES-GCM, and the kernel sees a
// message that was changed.
func TestALGAuthenticatedEncryption(t *testing.T) {
	const tagSize = 16
	s, operation := alg(t, "aead", "gcm(aes)")
	key, iv := []byte("sixteen byte key"), []byte("twelve bytes")
	assoc, plain := []byte("associated data!"), bytes.Repeat([]byte("secret"), 20)
	must(t, s.SetSockOptBytes(socket.SOL_ALG, socket.ALG_SET_KEY, key))
	must(t, s.SetSockOptNone(socket.SOL_ALG, socket.ALG_SET_AEAD_AUTHSIZE, tagSize))
	block, err := aes.NewCipher(key)
	must(t, err)
	gcm, err := cipher.NewGCM(block)
	must(t, err)
	sealed := gcm.Seal(bytes.Clone(assoc), iv, plain, assoc)

	work := func(direction int, data []byte) ([]byte, error) {
		t.Helper()
		op := operation()
		n, err := op.SendMsgAFALG([][]byte{assoc, data}, direction, iv, len(assoc))
		if n != len(assoc)+len(data) || err != nil {
			t.Fatalf("SendMsgAFALG() = %d, %v", n, err)
		}
		return op.Recv(len(assoc) + len(plain) + tagSize)
	}
	if got, err := work(socket.ALG_OP_ENCRYPT, plain); !bytes.Equal(got, sealed) || err != nil {
		t.Errorf("encrypted: %x, %v, want %x", got, err, sealed)
	}
	secret := sealed[len(assoc):]
	if got, err := work(socket.ALG_OP_DECRYPT, secret); !bytes.Equal(got, append(bytes.Clone(assoc), plain...)) || err != nil {
		t.Errorf("decrypted: %q, %v, want %q", got, err, plain)
	}
	secret[0] ^= 1
	if got, err := work(socket.ALG_OP_DECRYPT, secret); !errors.Is(err, unix.EBADMSG) {
		t.Errorf("decrypted after a change: %q, %v, want EBADMSG", got, err)
	}
}

func TestALGRandom(t *testing.T) {
	s, operation := alg(t, "rng", "stdrng")
	must(t, s.SetSockOptBytes(socket.SOL_ALG, socket.ALG_SET_KEY, bytes.Repeat([]byte("seed"), 12)))
	op := operation()
	seen := make(map[string]bool)
	for range 4 {
		b, err := op.Recv(32)
		if len(b) != 32 || err != nil {
			t.Fatalf("Recv(32) = %x, %v", b, err)
		}
		seen[string(b)] = true
	}
	if len(seen) != 4 {
		t.Errorf("4 draws of 32 bytes have %d values", len(seen))
	}
}

// A filter lets one identifier through, and frames of CAN FD have room for 64 bytes.
func TestCANFilterAndFD(t *testing.T) {
	s := vcanSocket(t, socket.SOCK_RAW, socket.CAN_RAW)
	r := vcanSocket(t, socket.SOCK_RAW, socket.CAN_RAW)
	for _, s := range []*socket.Socket{s, r} {
		must(t, s.SetSockOpt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1))
		must(t, s.Bind(socket.CANAddr{"vcan0"}))
	}
	filter := native.AppendUint32(native.AppendUint32(nil, 0x200), 0x7FF) // struct can_filter
	must(t, r.SetSockOptBytes(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, filter))
	if got, err := r.GetSockOptBytes(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, 64); !bytes.Equal(got, filter) || err != nil {
		t.Errorf("the filter is %x, %v, want %x", got, err, filter)
	}
	// struct canfd_frame, with the flag CANFD_FDF, which newer kernels set
	long := append(append(native.AppendUint32(nil, 0x200), 64, 4, 0, 0), bytes.Repeat([]byte("8 bytes!"), 8)...)
	for _, frame := range [][]byte{canFrame(0x123, "no"), canFrame(0x200, "yes"), canFrame(0x201, "no"), long} {
		if n, err := s.SendTo(frame, socket.CANAddr{"vcan0"}); n != len(frame) || err != nil {
			t.Fatalf("SendTo() = %d, %v", n, err)
		}
	}
	wantPacket(t, r, string(canFrame(0x200, "yes")), socket.CANAddr{"vcan0"})
	wantPacket(t, r, string(long), socket.CANAddr{"vcan0"})
	if _, err := s.Send([]byte("no frame")); !errors.Is(err, unix.EINVAL) {
		t.Errorf("what isn't a frame: %v, want EINVAL", err)
	}
	if _, err := s.SendTo(long, socket.CANAddr{"nosuch0"}); !errors.Is(err, unix.ENODEV) {
		t.Errorf("an interface that isn't there: %v, want ENODEV", err)
	}
}

// bcmMessage is a struct bcm_msg_head of linux/can/bcm.h, and one frame.
func bcmMessage(opcode, flags, id uint32, frames ...[]byte) []byte {
	const long = strconv.IntSize / 8
	b := native.AppendUint32(nil, opcode)
	b = native.AppendUint32(b, flags)
	b = native.AppendUint32(b, 0) // count
	b = append(b, make([]byte, -len(b)&(long-1)+4*long)...)
	b = native.AppendUint32(b, id)
	b = native.AppendUint32(b, uint32(len(frames)))
	b = append(b, make([]byte, -len(b)&7)...) // a frame is aligned to 8 bytes
	return append(b, bytes.Join(frames, nil)...)
}

// The broadcast manager sends a frame, and reports one that was asked for.
func TestCANBroadcastManagerWorks(t *testing.T) {
	bcm := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_BCM)
	must(t, bcm.Connect(socket.CANAddr{"vcan0"}))
	raw := vcanSocket(t, socket.SOCK_RAW, socket.CAN_RAW)
	must(t, raw.Bind(socket.CANAddr{"vcan0"}))

	frame := canFrame(0x123, "frame")
	message := bcmMessage(socket.CAN_BCM_TX_SEND, 0, 0x123, frame)
	if n, err := bcm.Send(message); n != len(message) || err != nil {
		t.Fatalf("Send() = %d, %v", n, err)
	}
	wantPacket(t, raw, string(frame), socket.CANAddr{"vcan0"})

	const rxFilterID = 0x20 // RX_FILTER_ID
	_, err := bcm.Send(bcmMessage(socket.CAN_BCM_RX_SETUP, rxFilterID, 0x321))
	must(t, err)
	answer := canFrame(0x321, "answer")
	_, err = raw.Send(answer)
	must(t, err)
	wantPacket(t, bcm, string(bcmMessage(socket.CAN_BCM_RX_CHANGED, rxFilterID, 0x321, answer)), socket.CANAddr{"vcan0"})
}

// A message of many frames, with the flow control that it needs.
func TestCANISOTPLong(t *testing.T) {
	a := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_ISOTP)
	b := vcanSocket(t, socket.SOCK_DGRAM, socket.CAN_ISOTP)
	must(t, a.Bind(socket.CANISOTPAddr{"vcan0", 0x6E0, 0x6E8}))
	must(t, b.Bind(socket.CANISOTPAddr{"vcan0", 0x6E8, 0x6E0}))
	for range 3 {
		message := bytes.Repeat([]byte("0123456789"), 100)
		if n, err := a.Send(message); n != len(message) || err != nil {
			t.Fatalf("Send() = %d, %v", n, err)
		}
		if got, err := b.Recv(4096); !bytes.Equal(got, message) || err != nil {
			t.Errorf("Recv() = %d bytes, %v, want the %d that were sent", len(got), err, len(message))
		}
	}
}

func TestTIPCStream(t *testing.T) {
	const service = 18889
	for _, kind := range []socket.SocketKind{socket.SOCK_STREAM, socket.SOCK_SEQPACKET} {
		l := opens(t, "modprobe tipc", socket.AF_TIPC, kind)
		must(t, l.Bind(socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAMESEQ, V1: service, V2: 1, V3: 9}))
		must(t, l.Listen())
		c := opens(t, "modprobe tipc", socket.AF_TIPC, kind)
		connected := start(func() error {
			return c.Connect(socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAME, V1: service, V2: 5})
		})
		server, from, err := l.Accept()
		must(t, err)
		defer server.Close()
		must(t, within(t, connected))
		own, err := c.GetSockName()
		must(t, err)
		a, ok := from.(socket.TIPCAddr)
		b, ok2 := own.(socket.TIPCAddr)
		if !ok || !ok2 || a.V1 != b.V1 || a.V2 != b.V2 {
			t.Errorf("%v: accepted from %v, want %v", kind, from, own)
		}
		must(t, server.SetTimeout(patience))
		data := bytes.Repeat([]byte("through"), 1000)
		must(t, c.SendAll(data))
		var got []byte
		for len(got) < len(data) {
			part, err := server.Recv(1 << 16)
			if len(part) == 0 || err != nil {
				t.Fatalf("%v: after %d of %d bytes: Recv() = %q, %v", kind, len(got), len(data), part, err)
			}
			got = append(got, part...)
		}
		if !bytes.Equal(got, data) {
			t.Errorf("%v: other bytes than those that were sent", kind)
		}
		must(t, c.Close())
		if rest, err := server.Recv(100); len(rest) != 0 || err != nil && !errors.Is(err, socket.ErrConnectionReset) {
			t.Errorf("%v: after the end: %q, %v", kind, rest, err)
		}
	}
	none := opens(t, "modprobe tipc", socket.AF_TIPC, socket.SOCK_STREAM)
	if err := none.Connect(socket.TIPCAddr{AddrType: socket.TIPC_ADDR_NAME, V1: service + 1, V2: 5}); !errors.Is(err, unix.EHOSTUNREACH) {
		t.Errorf("a service that isn't there: %v, want EHOSTUNREACH", err)
	}
}

// One socket talks with many, whole messages each.
func TestSCTPMany(t *testing.T) {
	const cure = "modprobe sctp"
	server := opens(t, cure, socket.SOCK_SEQPACKET, socket.IPPROTO_SCTP)
	must(t, server.Bind(socket.Addr("127.0.0.1", 0)))
	must(t, server.Listen())
	to, err := server.GetSockName()
	must(t, err)
	for _, text := range []string{"first", "second"} {
		c := opens(t, cure, socket.SOCK_SEQPACKET, socket.IPPROTO_SCTP)
		must(t, c.Bind(socket.Addr("127.0.0.1", 0)))
		own, err := c.GetSockName()
		must(t, err)
		_, err = c.SendTo([]byte(text), to)
		must(t, err)
		data, _, flags, from, err := server.RecvMsg(100, 0)
		if string(data) != text || from != own || flags&socket.MSG_EOR == 0 || err != nil {
			t.Errorf("RecvMsg() = %q, %v, %v, %v, want %q with MSG_EOR from %v", data, flags, from, err, text, own)
		}
		_, err = server.SendTo([]byte("to "+text), from)
		must(t, err)
		wantPacket(t, c, "to "+text, to)
	}
}
