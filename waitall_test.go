//go:build unix && !aix

package socket_test

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"testing"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// receivers are the calls that receive, as one shape.
var receivers = map[string]func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error){
	"Recv": func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error) {
		return s.Recv(n, flags...)
	},
	"RecvInto": func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error) {
		buf := make([]byte, n)
		n, err := s.RecvInto(buf, flags...)
		return buf[:n], err
	},
	"RecvFrom": func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error) {
		p, _, err := s.RecvFrom(n, flags...)
		return p, err
	},
	"RecvFromInto": func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error) {
		buf := make([]byte, n)
		n, _, err := s.RecvFromInto(buf, flags...)
		return buf[:n], err
	},
	"RecvMsg": func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error) {
		p, _, _, _, err := s.RecvMsg(n, 0, flags...)
		return p, err
	},
	"RecvMsgInto": func(s *socket.Socket, n int, flags ...socket.MsgFlag) ([]byte, error) {
		buf := make([]byte, n)
		n, _, _, _, err := s.RecvMsgInto([][]byte{buf[:1], buf[1:4], {}, buf[4:]}, 100, flags...)
		return buf[:n], err
	},
}

func TestWaitAll(t *testing.T) {
	for name, recv := range receivers {
		for _, flags := range []socket.MsgFlag{socket.MSG_WAITALL, socket.MSG_WAITALL | socket.MSG_PEEK} {
			t.Run(name+" "+flags.String(), func(t *testing.T) {
				t.Run("in pieces", func(t *testing.T) {
					a, b := tcpConns(t)
					var got []byte
					ended := start(func() (err error) { got, err = recv(a, 6, flags); return err })
					for _, piece := range []string{"ab", "cd", "ef"} {
						waitParked(t, 1)
						must(t, b.SendAll([]byte(piece)))
					}
					must(t, within(t, ended))
					if string(got) != "abcdef" {
						t.Errorf("got %q, want abcdef", got)
					}
				})
				t.Run("the stream ends", func(t *testing.T) {
					a, b := tcpConns(t)
					var got []byte
					ended := start(func() (err error) { got, err = recv(a, 6, flags); return err })
					must(t, b.SendAll([]byte("abc")))
					waitParked(t, 1)
					must(t, b.Shutdown(socket.SHUT_WR))
					must(t, within(t, ended))
					if string(got) != "abc" {
						t.Errorf("got %q, want abc", got)
					}
				})
				t.Run("Close", func(t *testing.T) {
					a, b := tcpConns(t)
					must(t, b.SendAll([]byte("abc")))
					_, err := a.Recv(3, socket.MSG_PEEK|socket.MSG_WAITALL)
					must(t, err)
					ended := start(func() error { _, err := recv(a, 6, flags); return err })
					waitParked(t, 1)
					must(t, a.Close())
					wantClosed(t, within(t, ended))
				})
				t.Run("reset", func(t *testing.T) {
					a, b := tcpConns(t)
					must(t, b.SendAll([]byte("abc")))
					_, err := a.Recv(3, socket.MSG_PEEK|socket.MSG_WAITALL)
					must(t, err)
					var got []byte
					ended := start(func() (err error) { got, err = recv(a, 6, flags); return err })
					waitParked(t, 1)
					must(t, b.SetSockOptBytes(socket.SOL_SOCKET, socket.SO_LINGER, lingerBytes(1, 0)))
					must(t, b.Close()) // a reset, by linger 0
					err = within(t, ended)
					// A peek that hadn't got its data before the reset may get the
					// error alone: Linux has thrown the data away by then.
					if err != nil && !errors.Is(err, unix.ECONNRESET) {
						t.Errorf("got error %v, want none or ECONNRESET", err)
					}
					if err == nil && string(got) != "abc" {
						t.Errorf("got %q, want abc", got)
					}
					if flags&socket.MSG_PEEK == 0 {
						must(t, err)
						if _, err := a.Recv(1); !errors.Is(err, unix.ECONNRESET) {
							t.Errorf("the next Recv: got error %v, want ECONNRESET", err)
						}
						if p, err := a.Recv(1); len(p) != 0 || err != nil {
							t.Errorf("the one after that: got %q, %v, want the end", p, err)
						}
					}
				})
				t.Run("MSG_DONTWAIT", func(t *testing.T) {
					a, b := tcpConns(t)
					must(t, b.SendAll([]byte("abc")))
					_, err := a.Recv(3, socket.MSG_PEEK|socket.MSG_WAITALL)
					must(t, err)
					got, err := recv(a, 6, flags|socket.MSG_DONTWAIT)
					if string(got) != "abc" || err != nil {
						t.Errorf("got %q, %v, want what is there", got, err)
					}
				})
			})
		}
	}
}

// TestSendMoreThanFits: without a timeout Send on a stream waits until all is
// taken, however much it is.
func TestSendMoreThanFits(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	sends := map[string]func(s *socket.Socket) (int, error){
		"Send":    func(s *socket.Socket) (int, error) { return s.Send(data) },
		"SendAll": func(s *socket.Socket) (int, error) { return len(data), s.SendAll(data) },
		"SendMsg": func(s *socket.Socket) (int, error) {
			return s.SendMsg([][]byte{data[:1], data[1 : 1<<20], nil, data[1<<20 : 1<<20+1], data[1<<20+1:]}, nil, nil)
		},
	}
	for name, send := range sends {
		t.Run(name, func(t *testing.T) {
			a, b := tcpConns(t)
			ended := start(func() error {
				n, err := send(a)
				if err == nil && n != len(data) {
					t.Errorf("%d bytes were taken, want %d", n, len(data))
				}
				a.Shutdown(socket.SHUT_WR)
				return err
			})
			waitParked(t, 1)
			var got bytes.Buffer
			for {
				p, err := b.Recv(1 << 16)
				must(t, err)
				if len(p) == 0 {
					break
				}
				got.Write(p)
			}
			must(t, within(t, ended))
			if !bytes.Equal(got.Bytes(), data) {
				t.Error("what arrived isn't what was sent")
			}
		})
	}
}

// newReceivers are the calls that receive into memory of their own.
var newReceivers = []string{"Recv", "RecvFrom", "RecvMsg"}

// TestWaitAllLarge: MSG_WAITALL waits for as many bytes as were asked for, however
// many, and takes no memory for what doesn't come.
func TestWaitAllLarge(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef!"), 20<<20/17)
	for _, name := range newReceivers {
		for _, n := range []int{len(data), math.MaxInt} {
			t.Run(name+" "+strconv.Itoa(n), func(t *testing.T) {
				a, b := tcpConns(t)
				var got []byte
				ended := start(func() (err error) {
					got, err = receivers[name](a, n, socket.MSG_WAITALL)
					return err
				})
				sent := start(func() error { return b.SendAll(data) })
				must(t, within(t, sent))
				if n > len(data) {
					must(t, b.Shutdown(socket.SHUT_WR))
				}
				must(t, within(t, ended))
				if !bytes.Equal(got, data) {
					t.Errorf("got %d bytes, want %d", len(got), len(data))
				}
				if cap(got) > 2*len(got) {
					t.Errorf("%d bytes came in %d bytes of memory", len(got), cap(got))
				}
			})
		}
		for _, flags := range []socket.MsgFlag{0, socket.MSG_PEEK} {
			t.Run(name+" the stream ends early "+flags.String(), func(t *testing.T) {
				a, b := tcpConns(t)
				must(t, b.SendAll([]byte("abc")))
				must(t, b.Shutdown(socket.SHUT_WR))
				got, err := receivers[name](a, math.MaxInt, socket.MSG_WAITALL|flags)
				must(t, err)
				if string(got) != "abc" {
					t.Errorf("got %q, want abc", got)
				}
			})
		}
	}
}

// TestPeekAllLarge looks at more than the memory that a call takes at first.
func TestPeekAllLarge(t *testing.T) {
	for _, name := range newReceivers {
		t.Run(name, func(t *testing.T) {
			const size = 1 << 20
			a, b := streamPair(t)
			must(t, b.SetSockOpt(socket.SOL_SOCKET, socket.SO_SNDBUF, size))
			must(t, b.SetBlocking(false))
			data := bytes.Repeat([]byte("abcdefg"), size/7)
			n, err := b.Send(data)
			must(t, err)
			if n <= 256<<10 {
				t.Skipf("only %d bytes fit into the socket: sysctl net.core.wmem_max=1048576", n)
			}
			for _, flags := range []socket.MsgFlag{socket.MSG_PEEK, 0} {
				got, err := receivers[name](a, n, socket.MSG_WAITALL|flags)
				must(t, err)
				if !bytes.Equal(got, data[:n]) {
					t.Errorf("%s: got %d bytes, want the %d that were sent", flags, len(got), n)
				}
			}
		})
	}
}
