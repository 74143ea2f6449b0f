//go:build unix

package examples_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// A signal ends a server that hangs in a print because nobody reads its output.
func TestSignalThoughOutputIsStuck(t *testing.T) {
	for program, kind := range map[string]socket.SocketKind{
		"tcp_server": socket.SOCK_STREAM,
		"udp_server": socket.SOCK_DGRAM,
	} {
		for _, sig := range []unix.Signal{unix.SIGINT, unix.SIGTERM} {
			t.Run(program+" "+sig.String(), func(t *testing.T) {
				cmd, out, addr := startUnread(t, program)
				talk(t, kind, addr, func() bool { return full(t, out) })
				must(t, cmd.Process.Signal(sig))
				if err := cmd.Wait(); err != nil {
					t.Errorf("it ended with %v, want 0", err)
				}
			})
		}
	}
}

// startUnread starts a server and reads its first line only. out is the pipe's
// end that the server writes to.
func startUnread(t *testing.T, program string) (cmd *exec.Cmd, out *os.File, addr socket.Address) {
	t.Helper()
	r, w, err := os.Pipe()
	must(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	command := goCommand(t, program, "127.0.0.1", 0, forever)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	cmd.Stdout = w
	must(t, cmd.Start())
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	line, err := bufio.NewReader(r).ReadString('\n')
	must(t, err)
	p := &process{t: t, cmd: cmd, stdout: bufio.NewReader(strings.NewReader(line))}
	return cmd, w, p.listening()
}

// talk sends to a server until stuck says that it takes no more.
func talk(t *testing.T, kind socket.SocketKind, addr socket.Address, stuck func() bool) {
	t.Helper()
	conn, err := socket.New(kind)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	must(t, conn.Connect(addr))
	must(t, conn.SetBlocking(false))
	message := []byte(strings.Repeat("x", 1000))
	for begun := time.Now(); !stuck(); runtime.Gosched() {
		if _, err := conn.Send(message); err != nil && !errors.Is(err, socket.ErrBlockingIO) {
			t.Fatal(err)
		}
		if time.Since(begun) > 30*time.Second {
			t.Fatal("the server's output doesn't fill up")
		}
	}
}

// full reports whether a write to a pipe would wait.
func full(t *testing.T, pipe *os.File) bool {
	t.Helper()
	raw, err := pipe.SyscallConn()
	must(t, err)
	var n int
	must(t, raw.Control(func(fd uintptr) {
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
	}))
	if err != nil && err != unix.EINTR {
		t.Fatal(err)
	}
	return err == nil && n == 0
}
