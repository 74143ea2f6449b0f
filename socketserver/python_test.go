//go:build unix

package socketserver_test

import (
	_ "embed"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/socket"
	"example.com/socket/socketserver"
	"github.com/google/go-cmp/cmp"
)

//go:embed testdata/recorder.py
var recorderPy string

// An event is a hook that was called, and the request for which it was.
type event [2]string

// recorder is what the recording servers share. It is class Recorder in
// recorder.py.
type recorder struct {
	mu        sync.Mutex
	events    []event
	words     map[int]string // of a connection, by its descriptor
	datagrams bool
}

func (r *recorder) record(hook, word string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event{hook, word})
}

func (r *recorder) last() event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[len(r.events)-1]
}

func (r *recorder) word(request socketserver.Request) string {
	if r.datagrams {
		return string(request.Packet)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.words[request.Fileno()]
}

// peek notes the word that a connection begins with.
func (r *recorder) peek(request socketserver.Request) {
	if r.datagrams {
		return
	}
	data, err := request.Recv(100, socket.MSG_PEEK)
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.words[request.Fileno()] = string(data)
}

func (r *recorder) rec() *recorder { return r }

// recording is a server that embeds a recorder.
type recording interface {
	socketserver.Server
	rec() *recorder
}

// A recordHandler is class Handler in recorder.py.
type recordHandler struct {
	socketserver.BaseRequestHandler
}

func (h *recordHandler) step(name string) error {
	r := h.Server.(recording).rec()
	word := r.word(h.Request)
	r.record(name, word)
	if word == name {
		return errors.New("failed in " + name)
	}
	return nil
}

func (h *recordHandler) Setup() error { return h.step("setup") }

func (h *recordHandler) Handle() error {
	if err := h.step("handle"); err != nil {
		return err
	}
	if data := h.Request.Packet; data != nil {
		_, err := h.Request.SendTo([]byte(strings.ToUpper(string(data))), h.ClientAddress)
		return err
	}
	data, err := h.Request.Recv(100)
	if err != nil {
		return err
	}
	return h.Request.SendAll([]byte(strings.ToUpper(string(data))))
}

func (h *recordHandler) Finish() error { return h.step("finish") }

// The servers that record, as they are for Python's class of that name.
type (
	threadingTCPRecorder struct {
		socketserver.ThreadingMixIn
		tcpRecorder
	}
	threadingUDPRecorder struct {
		socketserver.ThreadingMixIn
		udpRecorder
	}
)

// A recordingServer is what the test needs of one.
type recordingServer interface {
	recording
	ServeForever(...time.Duration) error
	attributes() *socketserver.TCPServer
}

func (s *tcpRecorder) attributes() *socketserver.TCPServer { return &s.TCPServer }
func (s *udpRecorder) attributes() *socketserver.TCPServer { return &s.TCPServer }

// newRecording makes a server of type S.
func newRecording[S any, P interface {
	*S
	recordingServer
}](addr socket.Address) (recordingServer, error) {
	return socketserver.New(addr, socketserver.Class[recordHandler], func(s P) {
		s.attributes().AddressFamily = addr.Family()
		s.rec().datagrams = s.attributes().SocketType == socket.SOCK_DGRAM
		s.rec().words = make(map[int]string)
	})
}

// converse is the client: one request that is served, and one for each way in
// which one may fail.
func converse(t *testing.T, addr socket.Address, datagrams bool) {
	t.Helper()
	for _, word := range []string{"one", "refuse", "setup", "handle", "finish", "last"} {
		want := strings.ToUpper(word)
		if word == "refuse" || word == "setup" || word == "handle" {
			want = ""
		}
		if !datagrams {
			conn := dial(t, addr)
			must(t, conn.SendAll([]byte(word)))
			if got := rest(t, conn); got != want {
				t.Errorf("%s: the answer is %q, want %q", word, got, want)
			}
			continue
		}
		conn := dial(t, addr, socket.SOCK_DGRAM)
		if want == "" {
			must(t, conn.SendAll([]byte(word)))
		} else if got := ask(t, conn, word); got != want {
			t.Errorf("%s: the answer is %q, want %q", word, got, want)
		}
	}
}

// The same client at Python's server and at this package's: the same hooks are
// called, in the same order, for each class.
func TestHooksAreCalledAsInPython(t *testing.T) {
	for _, test := range []struct {
		class string
		make  func(socket.Address) (recordingServer, error)
	}{
		{"TCPServer", newRecording[tcpRecorder]},
		{"UDPServer", newRecording[udpRecorder]},
		{"UnixStreamServer", newRecording[tcpRecorder]},
		{"UnixDatagramServer", newRecording[udpRecorder]},
		{"ThreadingTCPServer", newRecording[threadingTCPRecorder]},
		{"ThreadingUDPServer", newRecording[threadingUDPRecorder]},
		{"ThreadingUnixStreamServer", newRecording[threadingTCPRecorder]},
		{"ThreadingUnixDatagramServer", newRecording[threadingUDPRecorder]},
	} {
		t.Run(test.class, func(t *testing.T) {
			datagrams := strings.Contains(test.class, "UDP") || strings.Contains(test.class, "Datagram")
			want := pythonEvents(t, test.class, datagrams)
			got := goEvents(t, test.make, strings.Contains(test.class, "Unix"), datagrams)
			if len(want) < 40 {
				t.Errorf("Python called only %d hooks: %v", len(want), want)
			}
			if strings.HasPrefix(test.class, "Threading") {
				// What is done for two requests at once has no order.
				if diff := cmp.Diff(byRequest(want), byRequest(got)); diff != "" {
					t.Errorf("hooks of each request (-Python +Go):\n%s", diff)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("hooks (-Python +Go):\n%s", diff)
			}
		})
	}
}

func pythonEvents(t *testing.T, class string, datagrams bool) (events []event) {
	t.Helper()
	args := []string{class}
	if strings.Contains(class, "Unix") {
		args = append(args, filepath.Join(t.TempDir(), "python"))
	}
	python := python(t).Start(t, recorderPy, args...)
	var addr socket.Address
	if len(args) > 1 {
		python.Line()
		addr = socket.UnixAddr(args[1])
	} else {
		host, port := python.Listening()
		addr = socket.Addr(host, port)
	}
	converse(t, addr, datagrams)
	must(t, json.Unmarshal([]byte(python.Wait()), &events))
	return events
}

func goEvents(t *testing.T, make func(socket.Address) (recordingServer, error), unixFamily, datagrams bool) []event {
	t.Helper()
	var addr socket.Address = anyPort
	if unixFamily {
		addr = socket.UnixAddr(filepath.Join(t.TempDir(), "go"))
	}
	s, err := make(addr)
	must(t, err)
	ended := start(s.ServeForever, 20*time.Millisecond)
	converse(t, s.attributes().ServerAddress, datagrams)
	s.Shutdown()
	must(t, await(t, ended, "the loop has ended"))
	must(t, s.ServerClose())
	return s.rec().events
}

// byRequest returns the hooks of each request, and those of none but the rounds
// of the loop.
func byRequest(events []event) map[string][]string {
	hooks := make(map[string][]string)
	for _, e := range events {
		if e[0] != "service_actions" {
			hooks[e[1]] = append(hooks[e[1]], e[0])
		}
	}
	return hooks
}

// tcpRecorder is class Recorder in recorder.py.
type tcpRecorder struct {
	socketserver.TCPServer
	recorder
}

func (s *tcpRecorder) ServerBind() error {
	s.record("server_bind", "")
	return s.TCPServer.ServerBind()
}

func (s *tcpRecorder) ServerActivate() error {
	s.record("server_activate", "")
	return s.TCPServer.ServerActivate()
}

func (s *tcpRecorder) ServerClose() error {
	s.record("server_close", "")
	return s.TCPServer.ServerClose()
}

func (s *tcpRecorder) ServiceActions() {
	if s.last()[0] == "close_request" {
		s.record("service_actions", "")
	}
	s.TCPServer.ServiceActions()
}

func (s *tcpRecorder) GetRequest() (socketserver.Request, socket.Address, error) {
	request, client, err := s.TCPServer.GetRequest()
	if err == nil {
		s.peek(request)
		s.record("get_request", s.word(request))
	}
	return request, client, err
}

func (s *tcpRecorder) VerifyRequest(request socketserver.Request, client socket.Address) bool {
	s.record("verify_request", s.word(request))
	return s.TCPServer.VerifyRequest(request, client) && s.word(request) != "refuse"
}

func (s *tcpRecorder) ProcessRequest(request socketserver.Request, client socket.Address) error {
	s.record("process_request", s.word(request))
	return s.TCPServer.ProcessRequest(request, client)
}

func (s *tcpRecorder) FinishRequest(request socketserver.Request, client socket.Address) error {
	s.record("finish_request", s.word(request))
	return s.TCPServer.FinishRequest(request, client)
}

func (s *tcpRecorder) ShutdownRequest(request socketserver.Request) error {
	s.record("shutdown_request", s.word(request))
	return s.TCPServer.ShutdownRequest(request)
}

func (s *tcpRecorder) CloseRequest(request socketserver.Request) error {
	s.record("close_request", s.word(request))
	return s.TCPServer.CloseRequest(request)
}

func (s *tcpRecorder) HandleError(request socketserver.Request, client socket.Address, err error) {
	s.record("handle_error "+err.Error(), s.word(request))
}

// udpRecorder is class Recorder in recorder.py.
type udpRecorder struct {
	socketserver.UDPServer
	recorder
}

func (s *udpRecorder) ServerBind() error {
	s.record("server_bind", "")
	return s.UDPServer.ServerBind()
}

func (s *udpRecorder) ServerActivate() error {
	s.record("server_activate", "")
	return s.UDPServer.ServerActivate()
}

func (s *udpRecorder) ServerClose() error {
	s.record("server_close", "")
	return s.UDPServer.ServerClose()
}

func (s *udpRecorder) ServiceActions() {
	if s.last()[0] == "close_request" {
		s.record("service_actions", "")
	}
	s.UDPServer.ServiceActions()
}

func (s *udpRecorder) GetRequest() (socketserver.Request, socket.Address, error) {
	request, client, err := s.UDPServer.GetRequest()
	if err == nil {
		s.peek(request)
		s.record("get_request", s.word(request))
	}
	return request, client, err
}

func (s *udpRecorder) VerifyRequest(request socketserver.Request, client socket.Address) bool {
	s.record("verify_request", s.word(request))
	return s.UDPServer.VerifyRequest(request, client) && s.word(request) != "refuse"
}

func (s *udpRecorder) ProcessRequest(request socketserver.Request, client socket.Address) error {
	s.record("process_request", s.word(request))
	return s.UDPServer.ProcessRequest(request, client)
}

func (s *udpRecorder) FinishRequest(request socketserver.Request, client socket.Address) error {
	s.record("finish_request", s.word(request))
	return s.UDPServer.FinishRequest(request, client)
}

func (s *udpRecorder) ShutdownRequest(request socketserver.Request) error {
	s.record("shutdown_request", s.word(request))
	return s.UDPServer.ShutdownRequest(request)
}

func (s *udpRecorder) CloseRequest(request socketserver.Request) error {
	s.record("close_request", s.word(request))
	return s.UDPServer.CloseRequest(request)
}

func (s *udpRecorder) HandleError(request socketserver.Request, client socket.Address, err error) {
	s.record("handle_error "+err.Error(), s.word(request))
}
