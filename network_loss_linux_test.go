package socket_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// nft runs nft(8) in the thread's namespace. Without it, or without nf_tables in
// the kernel, the test is skipped.
func nft(t *testing.T, script string) string {
	t.Helper()
	path, err := exec.LookPath("nft")
	if err != nil {
		t.Skip("nft not found: apt-get install nftables")
	}
	cmd := exec.Command(path, "-f", "-")
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("nft: %v: %s: a kernel with CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET and CONFIG_NFT_NUMGEN: modprobe -a nf_tables nft_numgen", err, out)
	}
	return string(out)
}

// lossy has the thread's namespace lose every so many of the packets of a
// protocol that come in, at random, and count them.
func lossy(t *testing.T, protocol string, percent int) {
	t.Helper()
	nft(t, fmt.Sprintf(`table inet test {
		counter lost { }
		chain in {
			type filter hook input priority 0;
			meta l4proto %s numgen random mod 100 < %d counter name lost drop
		}
	}`, protocol, percent))
}

var lostPackets = regexp.MustCompile(`packets (\d+)`)

// lost returns how many packets lossy has taken away.
func lost(t *testing.T) int {
	t.Helper()
	text := nft(t, "list counter inet test lost")
	found := lostPackets.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("nft doesn't tell the count: %s", text)
	}
	n, err := strconv.Atoi(found[1])
	must(t, err)
	return n
}

// A stream loses nothing to a network that does, in either direction.
func TestNetworkLossStream(t *testing.T) {
	w := wired(t)
	singleSegments(t, w)
	lossy(t, "tcp", 3)
	w.inThere(t, func() { lossy(t, "tcp", 3) })
	here, there := w.stream(t)
	wantAllThrough(t, here, there)
	if lost(t) == 0 {
		t.Error("no packet was lost")
	}
}

// singleSegments has the interfaces send what the wire would carry: no packets of
// many segments, of which few are lost.
func singleSegments(t *testing.T, w *wire) {
	t.Helper()
	ipDo(t, "link set veth0 gso_max_segs 1")
	w.inThere(t, func() { ipDo(t, "link set veth1 gso_max_segs 1") })
}

// wantAllThrough sends both ways at once and compares the checksums.
func wantAllThrough(t *testing.T, a, b *socket.Socket) {
	t.Helper()
	const size = 2 << 20
	var ends []<-chan error
	for i, pair := range [][2]*socket.Socket{{a, b}, {b, a}} {
		source := rand.NewChaCha8([32]byte{byte(i)})
		data := make([]byte, size)
		source.Read(data)
		want := sha256.Sum256(data)
		ends = append(ends, start(func() error {
			if err := pair[0].SendAll(data); err != nil {
				return err
			}
			return pair[0].Shutdown(socket.SHUT_WR)
		}), start(func() error {
			sum, n := sha256.New(), 0
			for {
				data, err := pair[1].Recv(1 << 16)
				if err != nil {
					return err
				}
				if len(data) == 0 {
					break
				}
				n += len(data)
				sum.Write(data)
			}
			if n != size || string(sum.Sum(nil)) != string(want[:]) {
				return fmt.Errorf("received %d bytes with another checksum, want the %d that were sent", n, size)
			}
			return nil
		}))
	}
	for _, end := range ends {
		must(t, within(t, end))
	}
}

// Of datagrams that are lost the rest arrives, each once and whole.
func TestNetworkLossDatagrams(t *testing.T) {
	w := wired(t)
	const sent = 1000
	r, addr := w.boundThere(t, socket.Addr(thereIP, 0), socket.SOCK_DGRAM)
	must(t, r.SetSockOpt(socket.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1<<22)) // room for all
	w.inThere(t, func() { lossy(t, "udp", 20) })
	s := sock(t, socket.SOCK_DGRAM)
	must(t, s.SetTimeout(patience))
	must(t, s.Connect(addr))
	for i := range uint32(sent) {
		if n, err := s.Send(numbered(i)); n != 4 || err != nil {
			t.Fatalf("Send() = %d, %v", n, err)
		}
	}
	gone := 0
	for last := -1; gone != last; { // until none is under way any more
		last = gone
		w.inThere(t, func() { gone = lost(t) })
	}
	if gone == 0 {
		t.Error("no datagram was lost")
	}
	for i, n := range receiveNumbered(t, r, sent-gone) {
		if n != 1 {
			t.Errorf("datagram %d came %d times", i, n)
		}
	}
	if data, err := r.Recv(100, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
		t.Errorf("after %d of %d, with %d lost: Recv() = %q, %v, want ErrBlockingIO", sent-gone, sent, gone, data, err)
	}
}

func numbered(i uint32) []byte { return binary.BigEndian.AppendUint32(nil, i) }

// receiveNumbered receives n datagrams and returns how often each number came.
func receiveNumbered(t *testing.T, s *socket.Socket, n int) map[uint32]int {
	t.Helper()
	seen := make(map[uint32]int)
	for i := range n {
		data, err := s.Recv(100)
		if len(data) != 4 || err != nil {
			t.Fatalf("after %d of %d: Recv() = %x, %v", i, n, data, err)
		}
		seen[binary.BigEndian.Uint32(data)]++
	}
	return seen
}

// emulate puts netem(8) on veth0, or changes it.
func emulate(t *testing.T, what string) {
	t.Helper()
	path, err := exec.LookPath("tc")
	if err != nil {
		t.Skip("tc not found: apt-get install iproute2")
	}
	args := append([]string{"qdisc", "replace", "dev", "veth0", "root", "netem"}, strings.Fields(what)...)
	if out, err := exec.Command(path, args...).CombinedOutput(); err != nil {
		t.Skipf("tc %s: %v: %s: modprobe sch_netem", strings.Join(args, " "), err, out)
	}
}

// A network that loses, delays, doubles, swaps and spoils packets.
func TestNetworkEmulated(t *testing.T) {
	w := wired(t)
	singleSegments(t, w)
	emulate(t, "delay 2ms 1ms loss 2% duplicate 2% reorder 20% corrupt 1%")
	here, there := w.stream(t)
	wantAllThrough(t, here, there)
}

func TestNetworkEmulatedDatagrams(t *testing.T) {
	w := wired(t)
	const sent = 500
	r, addr := w.boundThere(t, socket.Addr(thereIP, 0), socket.SOCK_DGRAM)
	must(t, r.SetSockOpt(socket.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1<<22))
	s := sock(t, socket.SOCK_DGRAM)
	must(t, s.SetTimeout(patience))
	must(t, s.Connect(addr))
	const delay = 30 * time.Millisecond
	for _, tt := range []struct {
		what  string
		times int
	}{
		{"duplicate 100%", 2},
		{"delay 10ms reorder 50%", 1},
		{"delay 30ms", 1},
	} {
		emulate(t, tt.what+" limit 10000")
		begin := time.Now()
		for i := range uint32(sent) {
			_, err := s.Send(numbered(i))
			must(t, err)
		}
		seen := receiveNumbered(t, r, sent*tt.times)
		if took := time.Since(begin); tt.what == "delay 30ms" && took < delay {
			t.Errorf("%s: all came in %v", tt.what, took)
		}
		for i := range uint32(sent) {
			if seen[i] != tt.times {
				t.Errorf("%s: datagram %d came %d times, want %d", tt.what, i, seen[i], tt.times)
			}
		}
		if data, err := r.Recv(100, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
			t.Errorf("%s: one more: Recv() = %x, %v", tt.what, data, err)
		}
	}
	// All lost: nobody tells the sender, and the receiver's timeout ends its wait.
	emulate(t, "loss 100%")
	_, err := s.Send([]byte("lost"))
	must(t, err)
	must(t, r.SetTimeout(delay))
	if data, err := r.Recv(100); !errors.Is(err, socket.ErrTimeout) {
		t.Errorf("Recv() = %q, %v, want ErrTimeout", data, err)
	}
}

// An interface that goes down holds a stream up, and no more: what waits goes on
// when it is back.
func TestNetworkInterfaceDown(t *testing.T) {
	w := wired(t)
	here, there := w.stream(t)
	frames := opens(t, "a kernel with CONFIG_PACKET", socket.AF_PACKET, socket.SOCK_DGRAM)
	must(t, frames.Bind(socket.PacketAddr{IfName: "veth0", Proto: ethExperimental}))
	type result struct {
		data []byte
		err  error
	}
	received := make(chan result, 1)
	go func() {
		data, err := io.ReadAll(here)
		received <- result{data, err}
	}()
	told := start(func() error { _, err := frames.Recv(100); return err })

	monitor := linkMonitor(t)
	ipDo(t, "link set veth0 down")
	wantErrorText(t, "a waiting Recv on the interface", within(t, told), unix.ENETDOWN, "recv: [Errno 100] Network is down")
	_, err := sock(t, socket.SOCK_DGRAM).SendTo([]byte("lost"), socket.Addr(thereIP, 9))
	wantErrorText(t, "SendTo", err, unix.ENETUNREACH, "sendto 192.0.2.2:9: [Errno 101] Network is unreachable")
	must(t, there.SendAll([]byte("while it was down")))
	must(t, there.Shutdown(socket.SHUT_WR))
	select {
	case got := <-received:
		t.Fatalf("with the interface down: received %q, %v", got.data, got.err)
	default:
	}
	ipDo(t, "link set veth0 up")
	wantUp(t, monitor, "veth0")
	if got := within(t, received); string(got.data) != "while it was down" || got.err != nil {
		t.Errorf("with the interface up again: received %q, %v", got.data, got.err)
	}
}

// An interface that is removed: who is bound to it is told, the others wait on,
// for no longer than they said.
func TestNetworkInterfaceRemoved(t *testing.T) {
	w := wired(t)
	here, there := w.stream(t)
	stuck, _ := w.stream(t)
	must(t, stuck.SetTimeout(200*time.Millisecond))
	frames := opens(t, "a kernel with CONFIG_PACKET", socket.AF_PACKET, socket.SOCK_DGRAM)
	must(t, frames.Bind(socket.PacketAddr{IfName: "veth0", Proto: ethExperimental}))
	datagrams, _ := bound(t, socket.Addr(hereIP, 0), socket.SOCK_DGRAM)
	onDevice := sock(t, socket.SOCK_DGRAM)
	must(t, onDevice.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, []byte("veth0")))

	told := start(func() error { _, err := frames.Recv(100); return err })
	var waiting []<-chan error
	for _, s := range []*socket.Socket{here, there, datagrams} {
		must(t, s.SetTimeout(socket.NoTimeout))
		waiting = append(waiting, start(func() error { _, err := s.Recv(100); return err }))
	}
	full := start(func() error { return stuck.SendAll(make([]byte, 64<<20)) }) // more than all buffers hold

	ipDo(t, "link delete veth0")
	wantErrorText(t, "a waiting Recv on the interface", within(t, told), unix.ENETDOWN, "recv: [Errno 100] Network is down")
	if err := within(t, full); !errors.Is(err, socket.ErrTimeout) {
		t.Errorf("a SendAll that had begun: %v, want ErrTimeout", err)
	}
	_, err := onDevice.SendTo([]byte("lost"), socket.Addr(thereIP, 9))
	wantErrorText(t, "SendTo of a socket that is bound to it", err, unix.ENODEV, "sendto 192.0.2.2:9: [Errno 19] No such device")
	_, err = datagrams.SendTo([]byte("lost"), socket.Addr(thereIP, 9))
	wantErrorText(t, "SendTo of another", err, unix.ENETUNREACH, "sendto 192.0.2.2:9: [Errno 101] Network is unreachable")
	name, err := datagrams.GetSockName()
	must(t, err)
	if name.Host() != hereIP {
		t.Errorf("GetSockName() = %v, want %s still", name, hereIP)
	}
	for i, s := range []*socket.Socket{here, there, datagrams} {
		must(t, s.Close())
		if err := within(t, waiting[i]); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a waiting Recv, after Close: %v, want net.ErrClosed", err)
		}
	}
}
