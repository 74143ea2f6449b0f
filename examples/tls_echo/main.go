//go:build unix

// Tls_echo speaks TLS over sockets of this package: crypto/tls takes a Socket as
// it takes any net.Conn. Python's counterpart is ssl.SSLContext.wrap_socket.
//
//	go run ./examples/tls_echo              # both sides in one process
//	go run ./examples/tls_echo -listen -cert cert.pem [-host localhost] [-port 8443] [-n clients]
//	go run ./examples/tls_echo -connect -cert cert.pem [-host localhost] [-port 8443]
//
// The server makes a key and a certificate for its host when it starts, and
// writes the certificate, not the key, to the file of -cert. The client trusts
// that one alone. It sends the lines of its standard input and prints what comes
// back; without -connect it sends two of its own.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"

	"example.com/socket"
	"example.com/socket/examples/internal/program"
)

func main() {
	listen := flag.Bool("listen", false, "be the server only")
	connect := flag.Bool("connect", false, "be the client only")
	file := flag.String("cert", "", "`file` for the server's certificate, which the client reads")
	clients := program.Count("clients")
	addr := program.Address("localhost", 8443)
	switch {
	case *listen && *connect, *file == "" && (*listen || *connect):
		flag.Usage()
		os.Exit(2)
	case *listen:
		program.Exit(runServer(addr, *file, *clients))
	case *connect:
		program.Exit(runClient(addr, *file))
	default:
		program.Exit(runBoth(addr.Host()))
	}
}

// runServer answers clients, each in a goroutine.
func runServer(addr socket.Address, file string, clients uint) error {
	id, err := newIdentity(addr.Host())
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, id.pem, 0o644); err != nil {
		return err
	}
	server, err := socket.CreateServer(addr)
	if err != nil {
		return err
	}
	defer server.Close()
	defer program.CloseOnSignal(server)()
	if err := program.Listening(server); err != nil {
		return err
	}
	return serve(server, id.config(), clients)
}

// serve accepts that many clients, or for ever if it is 0, and waits for them.
func serve(server *socket.Socket, config *tls.Config, clients uint) error {
	var conversations sync.WaitGroup
	defer conversations.Wait()
	for range program.Times(clients) {
		conn, addr, err := server.Accept()
		if err != nil {
			return err
		}
		release := program.CloseOnSignal(conn)
		conversations.Go(func() {
			defer release()
			if err := echo(tls.Server(conn, config)); err != nil {
				program.Note(addr, err)
			}
		})
	}
	return nil
}

// echo sends back what comes, until the client says that it has finished.
func echo(conn *tls.Conn) error {
	_, err := io.Copy(conn, conn)
	return errors.Join(err, conn.Close())
}

// runClient sends standard input to a server.
func runClient(addr socket.Address, file string) error {
	pem, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no certificate", file)
	}
	conn, err := dial(addr, &tls.Config{RootCAs: roots, ServerName: serverName(addr.Host())})
	if err != nil {
		return err
	}
	return converse(conn, os.Stdin, os.Stdout)
}

// dial connects a socket and puts TLS on it.
func dial(addr socket.Address, config *tls.Config) (*tls.Conn, error) {
	s, err := socket.CreateConnection(addr)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(s, config)
	if err := conn.Handshake(); err != nil {
		s.Close()
		return nil, err
	}
	return conn, nil
}

// converse sends what there is to read, and writes what comes back.
func converse(conn *tls.Conn, in io.Reader, out io.Writer) error {
	defer conn.Close()
	sent := make(chan error, 1)
	go func() {
		_, err := io.Copy(conn, in)
		sent <- errors.Join(err, conn.CloseWrite())
	}()
	_, err := io.Copy(out, conn)
	if err != nil {
		return err
	}
	return <-sent
}

// runBoth plays a conversation on a free port of the host.
func runBoth(host string) error {
	id, err := newIdentity(host)
	if err != nil {
		return err
	}
	server, err := socket.CreateServer(socket.Addr(host, 0))
	if err != nil {
		return err
	}
	defer server.Close()
	addr, err := server.GetSockName()
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- serve(server, id.config(), 1) }()
	conn, err := dial(addr, &tls.Config{RootCAs: id.roots(), ServerName: serverName(host)})
	if err != nil {
		return err
	}
	if err := converse(conn, strings.NewReader("hello\n再见\n"), os.Stdout); err != nil {
		return err
	}
	return <-served
}

// serverName is the name that the certificate for a host has.
func serverName(host string) string {
	if host == "" || net.ParseIP(host).IsUnspecified() {
		return "localhost"
	}
	return host
}
