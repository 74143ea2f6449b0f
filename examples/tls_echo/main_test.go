//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The test's own program is the example's if this is in the environment.
const beProgram = "TLS_ECHO_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(beProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), beProgram+"=1", "GORACE=atexit_sleep_ms=0")
	return cmd
}

func self(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return command(t, path, args...)
}

func TestBothSides(t *testing.T) {
	for _, host := range []string{"localhost", "127.0.0.1"} {
		out, err := self(t, "-host", host).CombinedOutput()
		if string(out) != "hello\n再见\n" || err != nil {
			t.Errorf("%s: %q, %v", host, out, err)
		}
	}
}

// server starts the server in a process of its own.
func server(t *testing.T, clients int) (cmd *exec.Cmd, port int, cert string) {
	t.Helper()
	cert = filepath.Join(t.TempDir(), "cert.pem")
	cmd = self(t, "-listen", "-cert", cert, "-port", "0", "-n", strconv.Itoa(clients))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(line, "listening on 127.0.0.1:") {
		t.Fatalf("the server's first line is %q", line)
	}
	port, err = strconv.Atoi(strings.TrimSpace(line[strings.LastIndexByte(line, ':')+1:]))
	if err != nil {
		t.Fatal(err)
	}
	return cmd, port, cert
}

const pythonClient = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as s:
    with context.wrap_socket(s, server_hostname="localhost") as t:
        with t.makefile("rwb") as f:
            for line in sys.stdin.buffer:
                f.write(line)
                f.flush()
                sys.stdout.buffer.write(f.readline())
        t.unwrap()
`

// Clients in Go and in Python, each in a process of its own, hear what they say.
func TestServerAndClients(t *testing.T) {
	const text = "one\n二\nthree\n"
	srv, port, cert := server(t, 2)
	clients := map[string]*exec.Cmd{
		"Go": self(t, "-connect", "-cert", cert, "-port", strconv.Itoa(port)),
	}
	if python, err := exec.LookPath("python3"); err == nil {
		clients["Python"] = command(t, python, "-c", pythonClient, cert, strconv.Itoa(port))
	} else {
		t.Log("python3 not found: apt-get install python3")
		clients["a second Go"] = self(t, "-connect", "-cert", cert, "-port", strconv.Itoa(port))
	}
	for name, client := range clients {
		client.Stdin = strings.NewReader(text)
		client.Stderr = os.Stderr
		out, err := client.Output()
		if string(out) != text || err != nil {
			t.Errorf("the client in %s printed %q, %v; want %q", name, out, err, text)
		}
	}
	if err := srv.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// SIGTERM ends a server cleanly, though a client is connected.
func TestSignal(t *testing.T) {
	srv, port, _ := server(t, 0)
	conn, err := socket.CreateConnection(socket.Addr("127.0.0.1", port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := srv.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := srv.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// listen serves one client in this process.
func listen(t *testing.T) (*identity, socket.Address, <-chan error) {
	t.Helper()
	id, err := newIdentity("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	listener, err := socket.CreateServer(socket.Addr("127.0.0.1", 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	addr, err := listener.GetSockName()
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- serve(listener, id.config(), 1) }()
	return id, addr, served
}

// Megabytes go both ways at the same time.
func TestLarge(t *testing.T) {
	id, addr, served := listen(t)
	conn, err := dial(addr, &tls.Config{RootCAs: id.roots(), ServerName: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 4<<20)
	source := rand.NewChaCha8([32]byte{})
	source.Read(data)
	var got bytes.Buffer
	if err := converse(conn, bytes.NewReader(data), &got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), data) {
		t.Errorf("%d bytes came back, not the %d that were sent", got.Len(), len(data))
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// A client trusts the certificate that it was given, and no other.
func TestStranger(t *testing.T) {
	_, addr, served := listen(t)
	other, err := newIdentity("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := dial(addr, &tls.Config{RootCAs: other.roots(), ServerName: "127.0.0.1"})
	var unverified *tls.CertificateVerificationError
	if !errors.As(err, &unverified) {
		t.Errorf("dial = %v, %v; want a refused certificate", conn, err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Deadlines work through TLS.
func TestDeadline(t *testing.T) {
	id, addr, served := listen(t)
	conn, err := dial(addr, &tls.Config{RootCAs: id.roots(), ServerName: "127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read: %v", err)
	}
	if err := conn.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("after the deadline was taken away: %v", err)
	}
	conn.Close()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
