//go:build unix && !aix

package socket_test

import (
	"errors"
	"io"
	"net"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// zeroQuiet are the methods of the zero Socket that return no error, because
// Python's don't raise on a closed socket, or because Go's interfaces want it so.
var zeroQuiet = map[string]bool{"Close": true, "Detach": true, "MakeFile": true}

// TestZeroSocket: every method of a Socket that nobody made answers as a closed
// one does.
func TestZeroSocket(t *testing.T) {
	file, err := os.Open("testdata/etc/hosts")
	must(t, err)
	defer file.Close()
	values := map[reflect.Type]reflect.Value{
		reflect.TypeFor[socket.Address]():          reflect.ValueOf(socket.Addr("127.0.0.1", 1)),
		reflect.TypeFor[int]():                     reflect.ValueOf(1),
		reflect.TypeFor[int64]():                   reflect.ValueOf(int64(1)),
		reflect.TypeFor[bool]():                    reflect.ValueOf(true),
		reflect.TypeFor[socket.Proto]():            reflect.ValueOf(socket.SOL_SOCKET),
		reflect.TypeFor[[]byte]():                  reflect.ValueOf([]byte("x")),
		reflect.TypeFor[[][]byte]():                reflect.ValueOf([][]byte{[]byte("x")}),
		reflect.TypeFor[time.Duration]():           reflect.ValueOf(time.Second),
		reflect.TypeFor[time.Time]():               reflect.ValueOf(time.Now()),
		reflect.TypeFor[string]():                  reflect.ValueOf("rw"),
		reflect.TypeFor[*os.File]():                reflect.ValueOf(file),
		reflect.TypeFor[io.Reader]():               reflect.ValueOf(io.Reader(strings.NewReader("x"))),
		reflect.TypeFor[[]socket.ControlMessage](): reflect.Zero(reflect.TypeFor[[]socket.ControlMessage]()),
	}
	for m := range reflect.TypeFor[*socket.Socket]().Methods() {
		t.Run(m.Name, func(t *testing.T) {
			args := []reflect.Value{reflect.ValueOf(&socket.Socket{})}
			fixed := m.Type.NumIn()
			if m.Type.IsVariadic() {
				fixed--
			}
			for i := 1; i < fixed; i++ {
				v, ok := values[m.Type.In(i)]
				if !ok {
					t.Fatalf("no value of type %v to call it with", m.Type.In(i))
				}
				args = append(args, v)
			}
			results := m.Func.Call(args)
			if len(results) == 0 {
				return
			}
			err, isError := results[len(results)-1].Interface().(error)
			switch last := m.Type.Out(m.Type.NumOut() - 1); {
			case last != reflect.TypeFor[error]():
			case zeroQuiet[m.Name]:
				if err != nil {
					t.Errorf("got error %v, want none", err)
				}
			case !isError || !errors.Is(err, net.ErrClosed) || !errors.Is(err, unix.EBADF):
				t.Errorf("got error %v, want EBADF that is net.ErrClosed", err)
			}
		})
	}
}

// TestZeroSocketBeside: what isn't a method, and what methods return.
func TestZeroSocketBeside(t *testing.T) {
	s := &socket.Socket{}
	if got, want := s.String(), "<socket.Socket [closed] fd=-1 "; !strings.HasPrefix(got, want) {
		t.Errorf("String() = %q, want it to begin with %q", got, want)
	}
	if fd, err := s.Detach(); fd != -1 || s.Fileno() != -1 {
		t.Errorf("Detach() = %d, %v, and Fileno() = %d, want -1", fd, err, s.Fileno())
	}
	if errno, err := s.ConnectEx(socket.UnixAddr("x")); errno != unix.EBADF || err == nil {
		t.Errorf("ConnectEx: got %d, %v, want EBADF and an error", errno, err)
	}
	calls := map[string]func() error{
		"SendFds": func() error { _, err := socket.SendFds(s, [][]byte{{1}}, []int{0}); return err },
		"RecvFds": func() error { _, _, _, _, err := socket.RecvFds(s, 1, 1); return err },
		"Recv MSG_WAITALL": func() error {
			_, err := s.Recv(1, socket.MSG_WAITALL)
			return err
		},
		"NetListener Accept": func() error { _, err := s.NetListener().Accept(); return err },
		"NetPacketConn ReadFrom": func() error {
			_, _, err := s.NetPacketConn().ReadFrom(make([]byte, 1))
			return err
		},
		"NetPacketConn WriteTo": func() error {
			_, err := s.NetPacketConn().WriteTo([]byte("x"), socket.UnixAddr("x"))
			return err
		},
		"FromConn": func() error { _, err := socket.FromConn(s); return err },
		"MakeFile": func() error {
			f, err := s.MakeFile("rb")
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.Read(make([]byte, 1))
			return err
		},
		"SO_RCVTIMEO": func() error {
			return s.SetSockOptBytes(socket.SOL_SOCKET, unix.SO_RCVTIMEO, make([]byte, 16))
		},
	}
	for name, call := range calls {
		wantClosedNamed(t, name, call())
	}
}

func wantClosedNamed(t *testing.T, name string, err error) {
	t.Helper()
	if !errors.Is(err, net.ErrClosed) || !errors.Is(err, unix.EBADF) {
		t.Errorf("%s: got error %v, want EBADF that is net.ErrClosed", name, err)
	}
}
