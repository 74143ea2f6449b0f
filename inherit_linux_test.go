package socket_test

import (
	"errors"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"example.com/socket"
	"example.com/socket/internal/leaktest"
	"example.com/socket/internal/machine"
	"golang.org/x/sys/unix"
)

// TestNothingIsInherited: a program that is started while others make sockets, in
// every way there is, has none of them. Where they can't be made close-on-exec in
// one step, syscall.ForkLock sees to that.
func TestNothingIsInherited(t *testing.T) {
	machine.Needs(t, machine.Programs)
	if before := inherited(t); before != 0 {
		t.Skipf("the tests were started with %d sockets that programs inherit: close them", before)
	}
	makers := socketMakers(t)
	leaktest.Check(t)
	stop := make(chan struct{})
	var working sync.WaitGroup
	for name, makeSome := range makers {
		working.Go(func() {
			for err := error(nil); err == nil; err = makeSome() {
				select {
				case <-stop:
					return
				default:
				}
			}
			t.Errorf("%s failed", name)
		})
	}
	for range 100 {
		if n := inherited(t); n != 0 {
			t.Errorf("a program has %d sockets that it wasn't given", n)
			break
		}
	}
	close(stop)
	working.Wait()
}

// inherited starts a program and returns how many sockets it has.
func inherited(t *testing.T) int {
	t.Helper()
	out, err := exec.Command("ls", "-l", "/proc/self/fd").Output()
	if err != nil {
		t.Errorf("ls: %v", err)
	}
	return strings.Count(string(out), "socket:")
}

// socketMakers are functions that make sockets and close them.
func socketMakers(t *testing.T) map[string]func() error {
	l, addr := listener(t)
	a, b := streamPair(t)
	fds := []int{a.Fileno()}
	return map[string]func() error{
		"Dup":        func() error { return thenClose(a.Dup()) },
		"SocketPair": func() error { return thenClosePair(socket.SocketPair()) },
		"New and Accept": func() error {
			c, err := socket.New()
			if err == nil {
				err = c.Connect(addr)
			}
			if err == nil {
				conn, _, acceptErr := l.Accept()
				err = thenClose(conn, acceptErr)
			}
			return thenClose(c, err)
		},
		"RecvFds": func() error {
			if _, err := socket.SendFds(a, [][]byte{{0}}, fds); err != nil {
				return err
			}
			_, got, _, _, err := socket.RecvFds(b, 1, 1)
			for _, fd := range got {
				unix.Close(fd)
			}
			return err
		},
	}
}

// thenClose closes the socket that a call returned, unless err says otherwise.
func thenClose(s *socket.Socket, err error) error {
	if s != nil {
		return errors.Join(err, s.Close())
	}
	return err
}

func thenClosePair(a, b *socket.Socket, err error) error {
	return errors.Join(thenClose(a, err), thenClose(b, nil))
}
