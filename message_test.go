//go:build linux

package socket_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/machine"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// A received message is all that RecvMsg and RecvMsgInto return.
type received struct {
	Data  string
	Items []socket.ControlMessage
	Flags socket.MsgFlag
	From  socket.Address
}

// messageReceivers are RecvMsg and RecvMsgInto as one shape.
var messageReceivers = map[string]func(s *socket.Socket, n, ancSize int, flags ...socket.MsgFlag) (received, error){
	"RecvMsg": func(s *socket.Socket, n, ancSize int, flags ...socket.MsgFlag) (received, error) {
		data, anc, got, from, err := s.RecvMsg(n, ancSize, flags...)
		return received{string(data), anc, got, from}, err
	},
	"RecvMsgInto": func(s *socket.Socket, n, ancSize int, flags ...socket.MsgFlag) (received, error) {
		buf := make([]byte, n)
		n, anc, got, from, err := s.RecvMsgInto([][]byte{buf[:n/2], nil, buf[n/2:]}, ancSize, flags...)
		return received{string(buf[:n]), anc, got, from}, err
	},
}

// TestMessage needs no Python: gather, scatter and the address on every transport.
func TestMessage(t *testing.T) {
	for _, tr := range transports {
		for name, recv := range messageReceivers {
			t.Run(tr.Name+"/"+name, func(t *testing.T) {
				from, to, addr := tr.connect(t)
				want := received{Data: "one two"}
				if addr != nil {
					var err error
					want.From, err = from.GetSockName()
					must(t, err)
				}
				n, err := from.SendMsg([][]byte{[]byte("one"), {}, []byte(" two")}, nil, addr)
				if n != 7 || err != nil {
					t.Fatalf("SendMsg: got %d, %v, want 7", n, err)
				}
				got, err := recv(to, 100, 100)
				must(t, err)
				if diff := cmp.Diff(want, got, cmpAddresses); diff != "" {
					t.Errorf("message differs (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// cmpAddresses lets go-cmp compare the address types, which are comparable.
var cmpAddresses = cmp.Comparer(func(a, b socket.Address) bool { return a == b })

// TestMessageWaits: a message that comes while the call waits is received whole,
// its control data too.
func TestMessageWaits(t *testing.T) {
	for _, timeout := range []time.Duration{socket.NoTimeout, patience} {
		for name, recv := range messageReceivers {
			t.Run(name+" "+timeout.String(), func(t *testing.T) {
				a, b := streamPair(t)
				must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1))
				must(t, b.SetTimeout(timeout))
				var got received
				ended := start(func() (err error) { got, err = recv(b, 100, socket.CmsgSpace(12)); return err })
				waitParked(t, 1)
				_, err := a.SendMsg([][]byte{[]byte("late")}, nil, nil)
				must(t, err)
				must(t, within(t, ended))
				want := received{Data: "late", Items: []socket.ControlMessage{
					{Level: socket.SOL_SOCKET, Type: unix.SCM_CREDENTIALS, Data: credentials(os.Getpid())}}}
				if diff := cmp.Diff(want, got, cmpAddresses); diff != "" {
					t.Errorf("message differs (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// credentials are a struct ucred's bytes, for this process's user.
func credentials(pid int) (b []byte) {
	for _, n := range []int{pid, os.Getuid(), os.Getgid()} {
		b = binary.NativeEndian.AppendUint32(b, uint32(n))
	}
	return b
}

// messageCalls are calls on a socket that has to wait, for data and for room.
func messageCalls(t *testing.T) map[string]func(s *socket.Socket) error {
	descriptors := []socket.ControlMessage{{Level: socket.SOL_SOCKET, Type: unix.SCM_RIGHTS, Data: make([]byte, 4)}}
	return map[string]func(s *socket.Socket) error{
		"RecvMsg":     func(s *socket.Socket) error { _, _, _, _, err := s.RecvMsg(1, 100); return err },
		"RecvMsgInto": func(s *socket.Socket) error { _, _, _, _, err := s.RecvMsgInto([][]byte{{0}}, 100); return err },
		"RecvFds":     func(s *socket.Socket) error { _, _, _, _, err := socket.RecvFds(s, 1, 1); return err },
		"SendMsg": func(s *socket.Socket) error {
			_, err := s.SendMsg([][]byte{make([]byte, 4<<20)}, descriptors, nil)
			return err
		},
		"SendFds": func(s *socket.Socket) error {
			_, err := socket.SendFds(s, [][]byte{make([]byte, 4<<20)}, []int{0})
			return err
		},
	}
}

func TestMessageEnds(t *testing.T) {
	for name, call := range messageCalls(t) {
		t.Run(name+"/Close", func(t *testing.T) {
			a, _ := streamPair(t)
			ended := start(func() error { return call(a) })
			waitParked(t, 1)
			must(t, a.Close())
			wantClosed(t, within(t, ended))
			wantClosed(t, call(a))
		})
		t.Run(name+"/timeout", func(t *testing.T) {
			a, _ := streamPair(t)
			fill(t, a)
			must(t, a.SetTimeout(time.Millisecond))
			if err := call(a); !errors.Is(err, socket.ErrTimeout) {
				t.Errorf("got error %v, want ErrTimeout", err)
			}
		})
		t.Run(name+"/timeout 0", func(t *testing.T) {
			a, _ := streamPair(t)
			fill(t, a)
			must(t, a.SetTimeout(0))
			if err := call(a); !errors.Is(err, unix.EAGAIN) {
				t.Errorf("got error %v, want EAGAIN", err)
			}
		})
	}
}

// TestSendMsgInPieces: a message that is too large for the socket's buffer goes
// in pieces. Its descriptors go once, with the first byte; its credentials with
// every piece.
func TestSendMsgInPieces(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("another process's credentials can be sent by root only: run the test as root")
	}
	a, b := streamPair(t)
	must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1))
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	defer w.Close()
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	bufs := [][]byte{want[:5], want[5 : 1<<20], want[1<<20:]}
	control := []socket.ControlMessage{
		{Level: socket.SOL_SOCKET, Type: unix.SCM_CREDENTIALS, Data: credentials(os.Getppid())},
		{Level: socket.SOL_SOCKET, Type: unix.SCM_RIGHTS, Data: binary.NativeEndian.AppendUint32(nil, uint32(r.Fd()))},
	}
	ended := start(func() error {
		n, err := a.SendMsg(bufs, control, nil)
		if n != len(want) {
			t.Errorf("%d bytes were taken, want %d", n, len(want))
		}
		a.Close()
		return err
	})
	waitParked(t, 1)
	var got []byte
	descriptors := 0
	for {
		data, anc, _, _, err := b.RecvMsg(1<<16, 200)
		must(t, err)
		if len(data) == 0 {
			break
		}
		for _, c := range anc {
			switch c.Type {
			case unix.SCM_RIGHTS:
				if descriptors++; len(got) != 0 {
					t.Errorf("a descriptor came after %d bytes", len(got))
				}
				must(t, unix.Close(int(binary.NativeEndian.Uint32(c.Data))))
			case unix.SCM_CREDENTIALS:
				if diff := cmp.Diff(control[0].Data, c.Data); diff != "" {
					t.Fatalf("credentials after %d bytes (-want +got):\n%s", len(got), diff)
				}
			}
		}
		got = append(got, data...)
	}
	must(t, within(t, ended))
	if descriptors != 1 || !bytes.Equal(got, want) {
		t.Errorf("%d bytes and %d descriptors came, want %d and 1, or the bytes differ", len(got), descriptors, len(want))
	}
	if len(bufs[0]) != 5 || &bufs[1][0] != &want[5] {
		t.Error("SendMsg changed the caller's list of buffers")
	}
}

// TestControlMessagesStay: what was received is the caller's, whatever is
// received later, and to append to one item leaves the next alone.
func TestControlMessagesStay(t *testing.T) {
	machine.Needs(t, machine.Control)
	from, to := transports[0].bound(t), transports[0].bound(t)
	addr, err := to.GetSockName()
	must(t, err)
	must(t, to.SetSockOpt(socket.IPPROTO_IP, socket.IP_RECVTTL, 1))
	must(t, to.SetSockOpt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1))
	var messages [][]socket.ControlMessage
	for ttl := range 3 {
		data := binary.NativeEndian.AppendUint32(nil, uint32(ttl+1))
		_, err := from.SendMsg([][]byte{{0}}, []socket.ControlMessage{{Level: socket.IPPROTO_IP, Type: socket.IP_TTL, Data: data}}, addr)
		must(t, err)
		_, anc, _, _, err := to.RecvMsg(1, 100)
		must(t, err)
		messages = append(messages, anc)
	}
	for i, anc := range messages {
		if len(anc) != 2 {
			t.Fatalf("got %d items, want 2: TTL and TOS", len(anc))
		}
		_ = append(anc[0].Data, bytes.Repeat([]byte{0xff}, 40)...)
		if got := binary.NativeEndian.Uint32(anc[0].Data); int(got) != i+1 {
			t.Errorf("message %d has TTL %d, want %d", i, got, i+1)
		}
		if diff := cmp.Diff(socket.ControlMessage{Level: socket.IPPROTO_IP, Type: socket.IP_TOS, Data: []byte{0}}, anc[1]); diff != "" {
			t.Errorf("message %d's second item (-want +got):\n%s", i, diff)
		}
	}
}

// TestErrorQueue: MSG_ERRQUEUE never waits, and brings what ICMP told.
func TestErrorQueue(t *testing.T) {
	s, _ := udpSocket(t)
	must(t, s.SetSockOpt(socket.IPPROTO_IP, socket.IP_RECVERR, 1))
	if _, _, _, _, err := s.RecvMsg(100, 200, socket.MSG_ERRQUEUE); !errors.Is(err, socket.ErrBlockingIO) {
		t.Errorf("an empty queue: got error %v, want ErrBlockingIO", err)
	}
	// A port that is held, and that receives from port 9 alone.
	other, addr := udpSocket(t)
	must(t, other.Connect(socket.Addr("127.0.0.1", 9)))
	_, err := s.SendMsg([][]byte{[]byte("lost")}, nil, addr)
	must(t, err)
	waitFor(t, s, 0)
	data, anc, flags, from, err := s.RecvMsg(100, 200, socket.MSG_ERRQUEUE)
	must(t, err)
	if string(data) != "lost" || flags&socket.MSG_ERRQUEUE == 0 || from != addr {
		t.Errorf("got %q, flags %v, address %v, want the message that was lost", data, flags, from)
	}
	if len(anc) != 1 || anc[0].Level != socket.IPPROTO_IP || anc[0].Type != socket.IP_RECVERR ||
		len(anc[0].Data) < 4 || unix.Errno(binary.NativeEndian.Uint32(anc[0].Data)) != unix.ECONNREFUSED {
		t.Errorf("got control messages %v, want a sock_extended_err with ECONNREFUSED", anc)
	}
}

// hugeBytes returns memory that isn't there to be read or written.
func hugeBytes(t *testing.T, n int) []byte {
	t.Helper()
	b, err := unix.Mmap(-1, 0, n, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	must(t, err)
	t.Cleanup(func() { unix.Munmap(b) })
	return b
}

func TestMessageArguments(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("int has 32 bits here: run it on a 64-bit platform")
	}
	a, b := streamPair(t)
	bit := func(n int) int { return int(int64(1) << n) } // a constant would not compile where int has 32 bits
	huge := hugeBytes(t, math.MaxInt32)
	item := func(level socket.Proto, typ int, data []byte) error {
		_, err := a.SendMsg([][]byte{[]byte("x")}, []socket.ControlMessage{{Level: level, Type: typ, Data: data}}, nil)
		return err
	}
	recv := func(n, ancSize int) error { _, _, _, _, err := a.RecvMsg(n, ancSize); return err }
	recvInto := func(ancSize int) error { _, _, _, _, err := a.RecvMsgInto([][]byte{{0}}, ancSize); return err }
	recvFds := func(n, maxFds int) error { _, _, _, _, err := socket.RecvFds(a, n, maxFds); return err }
	tests := map[string]struct {
		err  error
		name string // of the argument
		text string // a part of the message: Python's own words where it has any
	}{
		"RecvMsg n":               {recv(-1, 0), "n", "negative buffer size in recvmsg()"},
		"RecvMsg ancSize":         {recv(1, -1), "ancSize", "invalid ancillary data buffer length"},
		"RecvMsg huge ancSize":    {recv(1, bit(31)), "ancSize", "invalid ancillary data buffer length"},
		"RecvMsg CmsgLen(-1)":     {recv(1, socket.CmsgLen(-1)), "ancSize", "0 to 2147483647"},
		"RecvMsgInto ancSize":     {recvInto(-1), "ancSize", "invalid ancillary data buffer length"},
		"RecvMsgInto CmsgSpace":   {recvInto(socket.CmsgSpace(math.MaxInt)), "ancSize", "0 to 2147483647"},
		"level":                   {item(socket.Proto(bit(32)), 1, nil), "control message's level", "a C int"},
		"type":                    {item(1, bit(32)+1, nil), "control message's type", "a C int"},
		"an item that's too long": {item(1, 1, huge), "length of a control message's data", "ancillary data item too large"},
		"a list that's too long": {func() error {
			_, err := a.SendMsg([][]byte{[]byte("x")}, []socket.ControlMessage{{1, 1, huge[:1<<30]}, {1, 1, huge[:1<<30]}}, nil)
			return err
		}(), "length of all control messages", "too much ancillary data"},
		"address": {func() error {
			_, err := a.SendMsg([][]byte{[]byte("x")}, nil, socket.Addr("127.0.0.1", 9))
			return err
		}(), "address", "UnixAddr"},
		"RecvFds n":            {recvFds(-1, 1), "n", "negative buffer size in recvmsg()"},
		"RecvFds maxFds":       {recvFds(1, -1), "maxFds", "CMSG_LEN() argument out of range"},
		"RecvFds huge maxFds":  {recvFds(1, math.MaxInt32/4), "maxFds", "CMSG_LEN() argument out of range"},
		"RecvFds maxFds*4 = 0": {recvFds(1, bit(62)), "maxFds", "CMSG_LEN() argument out of range"},
		"RecvFds no socket":    {func() error { _, _, _, _, err := socket.RecvFds(nil, 1, 1); return err }(), "socket", "AF_UNIX"},
		"SendFds no socket":    {func() error { _, err := socket.SendFds(nil, nil, nil); return err }(), "socket", "AF_UNIX"},
		"SendFds descriptor":   {func() error { _, err := socket.SendFds(a, [][]byte{{0}}, []int{bit(32)}); return err }(), "descriptor", "a C int"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var e *socket.ArgumentError
			if !errors.As(tt.err, &e) || e.Name != tt.name || !strings.Contains(e.Error(), tt.text) {
				t.Errorf("got error %v, want an *ArgumentError for %q with %q", tt.err, tt.name, tt.text)
			}
		})
	}
	if data, err := b.Recv(1, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
		t.Errorf("a refused call sent something: got %q, %v", data, err)
	}
}

// TestHugeSizes: sizes that are only an upper bound cost no memory.
func TestHugeSizes(t *testing.T) {
	machine.Needs(t, machine.LargeControl)
	a, b := streamPair(t)
	must(t, a.SendAll([]byte("x")))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	data, _, _, _, err := b.RecvMsg(math.MaxInt, math.MaxInt32)
	runtime.ReadMemStats(&after)
	if string(data) != "x" || cap(data) > 4096 || err != nil {
		t.Errorf("got %q in %d bytes, %v", data, cap(data), err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
		t.Errorf("one byte cost %d bytes of memory", n)
	}
}

// TestMessageAllocations: a message whose memory is the caller's costs none.
func TestMessageAllocations(t *testing.T) {
	machine.Needs(t, machine.LinuxCalls)
	if raceEnabled {
		t.Skip("the race detector empties pools: run without -race")
	}
	from, to := transports[0].bound(t), transports[0].bound(t)
	addr, err := to.GetSockName()
	must(t, err)
	out, in := [][]byte{[]byte("one"), []byte("two")}, [][]byte{make([]byte, 2), make([]byte, 8)}
	allocs := testing.AllocsPerRun(1000, func() {
		_, err := from.SendMsg(out, nil, addr)
		must(t, err)
		_, _, _, _, err = to.RecvMsgInto(in, 100)
		must(t, err)
	})
	if allocs > 0 {
		t.Errorf("SendMsg and RecvMsgInto allocate %v times, want 0", allocs)
	}
}

// TestMessagesOfTwo: what calls share, they don't mix up.
func TestMessagesOfTwo(t *testing.T) {
	const rounds = 500
	var ends []<-chan error
	for id := range byte(4) {
		a, b := streamPair(t)
		must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1))
		ends = append(ends, start(func() error {
			for range rounds {
				if _, err := a.SendMsg([][]byte{{id}, {id, id}}, nil, nil); err != nil {
					return err
				}
				data, anc, _, _, err := b.RecvMsg(10, 100)
				if err != nil {
					return err
				}
				if !bytes.Equal(data, []byte{id, id, id}) || len(anc) != 1 {
					t.Errorf("connection %d got %v and %d control messages", id, data, len(anc))
				}
			}
			return nil
		}))
	}
	for _, ended := range ends {
		must(t, within(t, ended))
	}
}
