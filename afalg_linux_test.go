package socket_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"testing"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// disguised returns the ends of an AF_UNIX pair, the first of which takes itself
// for an AF_ALG socket. The kernel ignores SOL_ALG there and passes on the data.
func disguised(t *testing.T) (alg, peer *socket.Socket) {
	t.Helper()
	a, peer := streamPair(t, socket.SOCK_SEQPACKET)
	n, err := a.Detach()
	must(t, err)
	alg, err = socket.New(socket.Fileno(n), socket.AF_ALG, socket.SOCK_SEQPACKET)
	must(t, err)
	t.Cleanup(func() { alg.Close() })
	return alg, peer
}

// TestAFALGControl compares with bytes written by hand from linux/if_alg.h: level
// 279, ALG_SET_OP 3, ALG_SET_IV 2 (struct af_alg_iv: the length, then the bytes),
// ALG_SET_AEAD_ASSOCLEN 4.
func TestAFALGControl(t *testing.T) {
	if strconv.IntSize == 32 || binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the bytes are those of 64-bit little-endian platforms: run it on amd64 or arm64")
	}
	const (
		encrypt = "1400000000000000 17010000 03000000 01000000 00000000"
		decrypt = "1400000000000000 17010000 03000000 00000000 00000000"
		noIV    = "1400000000000000 17010000 02000000 00000000 00000000"
		iv      = "1900000000000000 17010000 02000000 05000000 0102030405 00000000000000"
		assoc   = "1400000000000000 17010000 04000000 07000000 00000000"
		assoc0  = "1400000000000000 17010000 04000000 00000000 00000000"
	)
	tests := map[string]struct {
		op       int
		iv       []byte
		assocLen int
		want     string
	}{
		"op alone":         {socket.ALG_OP_ENCRYPT, nil, -1, encrypt},
		"op 0":             {socket.ALG_OP_DECRYPT, nil, -1, decrypt},
		"an empty iv":      {socket.ALG_OP_DECRYPT, []byte{}, -1, decrypt + noIV},
		"iv":               {socket.ALG_OP_ENCRYPT, []byte{1, 2, 3, 4, 5}, -1, encrypt + iv},
		"assoclen":         {socket.ALG_OP_ENCRYPT, nil, 7, encrypt + assoc},
		"assoclen 0":       {socket.ALG_OP_DECRYPT, nil, 0, decrypt + assoc0},
		"iv and assoclen":  {socket.ALG_OP_ENCRYPT, []byte{1, 2, 3, 4, 5}, 7, encrypt + iv + assoc},
		"assoclen, and iv": {socket.ALG_OP_DECRYPT, []byte{}, 7, decrypt + noIV + assoc},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			alg, peer := disguised(t)
			control, err := alg.AFALGControl(tt.op, tt.iv, tt.assocLen)
			must(t, err)
			if diff := cmp.Diff(strings.ReplaceAll(tt.want, " ", ""), hex.EncodeToString(control)); diff != "" {
				t.Errorf("control data (-want +got):\n%s", diff)
			}
			n, err := alg.SendMsgAFALG([][]byte{[]byte("da"), []byte("ta")}, tt.op, tt.iv, tt.assocLen)
			if n != 4 || err != nil {
				t.Errorf("SendMsgAFALG: got %d, %v, want 4", n, err)
			}
			if data, err := peer.Recv(100); string(data) != "data" || err != nil {
				t.Errorf("got %q, %v, want data", data, err)
			}
		})
	}
}

func TestAFALGArguments(t *testing.T) {
	alg, peer := disguised(t)
	tests := map[string]struct {
		s            *socket.Socket
		op, assocLen int
		name, text   string
	}{
		"the family comes first": {peer, -1, -5, "socket", "algset is only supported for AF_ALG"},
		"a negative op":          {alg, -1, -5, "op", "Invalid or missing argument 'op'"},
		"assoclen -2":            {alg, 0, -2, "assocLen", "assoclen must be positive"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tt.s.SendMsgAFALG([][]byte{[]byte("x")}, tt.op, nil, tt.assocLen)
			var e *socket.ArgumentError
			if !errors.As(err, &e) || e.Name != tt.name || !strings.Contains(e.Error(), tt.text) {
				t.Errorf("got error %v, want an *ArgumentError for %s with %q", err, tt.name, tt.text)
			}
		})
	}
	if data, err := peer.Recv(1, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
		t.Errorf("a refused call sent something: got %q, %v", data, err)
	}
}

// TestAFALG has the kernel encrypt a block with AES-CBC: RFC 3602, case 1.
func TestAFALG(t *testing.T) {
	const skip = "AF_ALG not available: modprobe af_alg algif_hash algif_skcipher"
	s, err := socket.New(socket.AF_ALG, socket.SOCK_SEQPACKET)
	if errors.Is(err, unix.EAFNOSUPPORT) {
		t.Skip(skip)
	}
	must(t, err)
	defer s.Close()
	err = s.Bind(socket.ALGAddr{Type: "skcipher", Name: "cbc(aes)"})
	if errors.Is(err, unix.ENOENT) {
		t.Skip(skip)
	}
	must(t, err)
	decode := func(text string) []byte {
		b, err := hex.DecodeString(text)
		must(t, err)
		return b
	}
	must(t, s.SetSockOptBytes(socket.SOL_ALG, socket.ALG_SET_KEY, decode("06a9214036b8a15b512e03d534120006")))
	op, _, err := s.Accept()
	must(t, err)
	defer op.Close()
	_, err = op.SendMsgAFALG([][]byte{[]byte("Single block msg")}, socket.ALG_OP_ENCRYPT, decode("3dafba429d9eb430b422da802c9fac41"), -1)
	must(t, err)
	got, err := op.Recv(16)
	must(t, err)
	if diff := cmp.Diff("e353779c1079aeb82708942dbe77181a", hex.EncodeToString(got)); diff != "" {
		t.Errorf("cipher text (-want +got):\n%s", diff)
	}
}
