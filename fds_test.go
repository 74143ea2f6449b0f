//go:build linux

package socket_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/internal/machine"
	"example.com/socket/internal/pytest"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// descriptorsOf opens n files, of which file i says i, as bare descriptors.
func descriptorsOf(t testing.TB, n int) (fds []int) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		path := filepath.Join(dir, strconv.Itoa(i))
		must(t, os.WriteFile(path, []byte(strconv.Itoa(i)), 0o600))
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		must(t, err)
		t.Cleanup(func() { unix.Close(fd) })
		fds = append(fds, fd)
	}
	return fds
}

// saidBy returns what the files of received descriptors say, and closes them.
// They must be close-on-exec.
func saidBy(t testing.TB, fds []int) (said []string) {
	t.Helper()
	for _, fd := range fds {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		must(t, err)
		if flags&unix.FD_CLOEXEC == 0 {
			t.Error("a received descriptor isn't close-on-exec")
		}
		buf := make([]byte, 100)
		n, err := unix.Pread(fd, buf, 0)
		must(t, err)
		said = append(said, string(buf[:n]))
		must(t, unix.Close(fd))
	}
	return said
}

func TestSendFds(t *testing.T) {
	tests := map[string]struct {
		send, maxFds int
		want         []string
		flags        socket.MsgFlag
	}{
		"none":             {0, 5, nil, 0},
		"one":              {1, 1, []string{"0"}, 0},
		"three":            {3, 3, []string{"0", "1", "2"}, 0},
		"room for more":    {2, 10, []string{"0", "1"}, 0},
		"room for one":     {3, 1, []string{"0"}, socket.MSG_CTRUNC},
		"room for two":     {3, 2, []string{"0", "1"}, socket.MSG_CTRUNC},
		"room for none":    {2, 0, nil, socket.MSG_CTRUNC},
		"room for 100,000": {2, 100_000, []string{"0", "1"}, 0},
	}
	for name, tt := range tests {
		for _, tr := range unixTransports() {
			if !tr.Pair {
				continue
			}
			t.Run(name+"/"+tr.Name, func(t *testing.T) {
				if tt.flags != 0 {
					machine.Needs(t, machine.Truncation)
				}
				if tt.maxFds > 1000 {
					machine.Needs(t, machine.LargeControl)
				}
				a, b, _ := tr.connect(t)
				fds := descriptorsOf(t, tt.send)
				leaktest.Check(t)
				n, err := socket.SendFds(a, [][]byte{[]byte("da"), []byte("ta")}, fds)
				if n != 4 || err != nil {
					t.Fatalf("SendFds: got %d, %v, want 4", n, err)
				}
				data, got, flags, addr, err := socket.RecvFds(b, 100, tt.maxFds)
				must(t, err)
				if string(data) != "data" || flags != tt.flags || addr != nil {
					t.Errorf("got %q, flags %v, address %v, want data, %v and none", data, flags, addr, tt.flags)
				}
				if diff := cmp.Diff(tt.want, saidBy(t, got)); diff != "" {
					t.Errorf("files (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestSendFdsMany: the kernel's limit is 253 in one message.
func TestSendFdsMany(t *testing.T) {
	a, b := streamPair(t)
	fds := make([]int, 254)
	for i, fd := range descriptorsOf(t, 1) {
		fds[i] = fd
	}
	for i := range fds {
		fds[i] = fds[0]
	}
	if _, err := socket.SendFds(a, [][]byte{{0}}, fds); !errors.Is(err, unix.EINVAL) {
		t.Errorf("254 descriptors: got error %v, want EINVAL", err)
	}
	_, err := socket.SendFds(a, [][]byte{{0}}, fds[:253])
	must(t, err)
	_, got, flags, _, err := socket.RecvFds(b, 1, 254)
	must(t, err)
	if said := saidBy(t, got); len(said) != 253 || flags != 0 {
		t.Errorf("%d descriptors came, flags %v, want 253", len(said), flags)
	}
}

// TestSendFdsErrors: a number that isn't open is the kernel's EBADF. The socket
// isn't closed for that, and nothing was sent.
func TestSendFdsErrors(t *testing.T) {
	a, b := streamPair(t)
	for _, fd := range []int{-1, 1 << 30} {
		_, err := socket.SendFds(a, [][]byte{[]byte("x")}, []int{fd})
		if !errors.Is(err, unix.EBADF) || errors.Is(err, net.ErrClosed) {
			t.Errorf("descriptor %d: got error %v, want EBADF that isn't net.ErrClosed", fd, err)
		}
	}
	must(t, a.SendAll([]byte("y")))
	if data, err := b.Recv(10); string(data) != "y" || err != nil {
		t.Errorf("got %q, %v, want y", data, err)
	}
	must(t, a.Close())
	_, err := socket.SendFds(a, [][]byte{[]byte("x")}, nil)
	wantClosed(t, err)
	_, _, _, _, err = socket.RecvFds(a, 1, 1)
	wantClosed(t, err)
}

// TestRecvFdsFlags: flags count, which Python ignores.
func TestRecvFdsFlags(t *testing.T) {
	a, b := streamPair(t)
	if _, _, _, _, err := socket.RecvFds(b, 1, 1, socket.MSG_DONTWAIT); !errors.Is(err, socket.ErrBlockingIO) {
		t.Errorf("MSG_DONTWAIT: got error %v, want ErrBlockingIO", err)
	}
	_, err := socket.SendFds(a, [][]byte{[]byte("x")}, descriptorsOf(t, 1))
	must(t, err)
	for range 2 {
		data, fds, _, _, err := socket.RecvFds(b, 1, 1, socket.MSG_PEEK)
		must(t, err)
		if diff := cmp.Diff([]string{"0"}, saidBy(t, fds)); diff != "" || string(data) != "x" {
			t.Errorf("MSG_PEEK: got %q, files (-want +got):\n%s", data, diff)
		}
	}
	_, fds, flags, _, err := socket.RecvFds(b, 1, 1, socket.MSG_CMSG_CLOEXEC)
	must(t, err)
	saidBy(t, fds)
	if flags != socket.MSG_CMSG_CLOEXEC {
		t.Errorf("flags are %v, want MSG_CMSG_CLOEXEC as it was passed", flags)
	}
}

// TestRecvFdsAmongOthers: credentials that come too are dropped, and so is a
// part of a number.
func TestRecvFdsAmongOthers(t *testing.T) {
	machine.Needs(t, machine.Truncation)
	a, b := streamPair(t)
	must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1))
	_, err := socket.SendFds(a, [][]byte{{0}}, descriptorsOf(t, 2))
	must(t, err)
	room := (socket.CmsgSpace(12) + socket.CmsgSpace(8) - socket.CmsgLen(0)) / 4
	_, fds, flags, _, err := socket.RecvFds(b, 1, room)
	must(t, err)
	if diff := cmp.Diff([]string{"0", "1"}, saidBy(t, fds)); diff != "" || flags != 0 {
		t.Errorf("flags %v, files (-want +got):\n%s", flags, diff)
	}
	// CmsgLen(4*maxFds) cut so that the credentials take it all, and two bytes
	// of what looks like a descriptor's item.
	_, err = socket.SendFds(a, [][]byte{{0}}, descriptorsOf(t, 2))
	must(t, err)
	_, fds, flags, _, err = socket.RecvFds(b, 1, 4)
	must(t, err)
	if len(fds) != 0 || flags != socket.MSG_CTRUNC {
		t.Errorf("got descriptors %v, flags %v, want none and MSG_CTRUNC", fds, flags)
	}
}

// TestFdsWithPython: descriptors go to another process and come from there.
func TestFdsWithPython(t *testing.T) {
	const script = `
import array, os, socket, sys
s = socket.socket(fileno=3)
data, fds, flags, addr = socket.recv_fds(s, 100, 10)
said = [os.pread(fd, 100, 0) for fd in fds]
r, w = os.pipe()
os.write(w, b"from Python")
os.close(w)
socket.send_fds(s, [data, b" ", b",".join(said)], [r])
`
	for _, python := range pytest.All(t) {
		t.Run(python.Version, func(t *testing.T) {
			a, b := streamPair(t)
			must(t, a.SetTimeout(patience))
			n, err := b.Dup()
			must(t, err)
			number, err := n.Detach()
			must(t, err)
			peer := os.NewFile(uintptr(number), "peer")
			cmd := exec.Command(python.Path, "-c", script)
			cmd.ExtraFiles, cmd.Stderr = []*os.File{peer}, os.Stderr
			must(t, cmd.Start())
			peer.Close()
			_, err = socket.SendFds(a, [][]byte{[]byte("files say")}, descriptorsOf(t, 3))
			must(t, err)
			data, fds, flags, addr, err := socket.RecvFds(a, 100, 10)
			must(t, err)
			if string(data) != "files say 0,1,2" || len(fds) != 1 || flags != 0 || addr != nil {
				t.Fatalf("got %q, descriptors %v, flags %v, address %v", data, fds, flags, addr)
			}
			buf := make([]byte, 100)
			got, err := unix.Read(fds[0], buf)
			must(t, err)
			must(t, unix.Close(fds[0]))
			if string(buf[:got]) != "from Python" {
				t.Errorf("the pipe from Python says %q", buf[:got])
			}
			must(t, cmd.Wait())
		})
	}
}

// TestNoDescriptorIsLost: while Close and timeouts race with descriptors that
// arrive, each of them is either returned or closed.
func TestNoDescriptorIsLost(t *testing.T) {
	machine.Needs(t, machine.Truncation)
	fds := descriptorsOf(t, 3)
	leaktest.Check(t)
	for i := range 300 {
		a, b, err := socket.SocketPair()
		must(t, err)
		if i%2 == 0 {
			must(t, b.SetTimeout(20*time.Microsecond))
		}
		received := start(func() error {
			for {
				_, fds, _, _, err := socket.RecvFds(b, 1, 2)
				for _, fd := range fds {
					unix.Close(fd)
				}
				if err != nil && !errors.Is(err, socket.ErrTimeout) {
					return err
				}
				if err == nil && fds == nil {
					return nil
				}
			}
		})
		sent := start(func() error {
			for range 3 {
				if _, err := socket.SendFds(a, [][]byte{{0}}, fds); err != nil {
					return err
				}
			}
			return nil
		})
		if i%3 == 0 {
			must(t, b.Close())
		} else {
			within(t, sent)
			must(t, a.Close())
		}
		within(t, received)
		a.Close()
		b.Close()
		if i%3 == 0 {
			within(t, sent)
		}
	}
}
