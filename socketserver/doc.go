//go:build unix

// Package socketserver is Python's socketserver module for Go: servers that take
// requests, and handlers that answer them. It is built on package socket's public
// calls.
//
//	Python                                        Go
//	class MyTCPHandler(                           type MyTCPHandler struct {
//	    socketserver.BaseRequestHandler):             socketserver.BaseRequestHandler
//	                                              }
//
//	    def handle(self):                         func (h *MyTCPHandler) Handle() error {
//	        data = self.request.recv(1024)            data, err := h.Request.Recv(1024)
//	                                                  if err != nil {
//	                                                      return err
//	                                                  }
//	        self.request.sendall(data.upper())        return h.Request.SendAll(bytes.ToUpper(data))
//	                                              }
//
//	server = socketserver.TCPServer(              server, err := socketserver.NewTCPServer(
//	    ("localhost", 9999), MyTCPHandler)            socket.Addr("localhost", 9999), socketserver.Class[MyTCPHandler])
//	with server:                                  defer server.ServerClose()
//	    server.serve_forever()                    err = server.ServeForever()
//
// TCPServer, UDPServer, UnixStreamServer and UnixDatagramServer handle one request
// at a time. Their Threading forms give each request a goroutine, where Python
// starts a thread. There are no Forking forms: a Go program can't fork.
//
// Those who don't port anything need only ListenAndServe and
// ListenAndServePacket, or Serve and ServePacket for a socket that is there.
//
// # Overriding
//
// A Python class becomes a Go type that embeds what the class inherits from, and
// a method that is overridden becomes a method of the same name:
//
//	class MyServer(socketserver.ThreadingTCPServer):    type MyServer struct{ socketserver.ThreadingTCPServer }
//	    def verify_request(self, request, client):      func (s *MyServer) VerifyRequest(request socketserver.Request, client socket.Address) bool {
//	        if client[0] != "127.0.0.1":                    if client.Host() != "127.0.0.1" {
//	            return False                                    return false
//	                                                        }
//	        return super().verify_request(                  return s.ThreadingTCPServer.VerifyRequest(request, client)
//	            request, client)                        }
//
//	MyServer.allow_reuse_address = True                 server, err := socketserver.New(addr, handler, func(s *MyServer) {
//	server = MyServer(addr, handler)                        s.AllowReuseAddress = true
//	                                                    })
//
// Embedding alone would not do it: in Go, an embedded type's methods don't call
// those of the type around it. So New keeps the outermost type as the interface
// Server, and all calls of hooks go through that. Functions in fields would do
// without New, but they read worse where servers are ported: a class has its hooks
// and its state in one place, super() is the embedded type's method, a handler
// finds the server's own fields by h.Server.(*MyServer), and a hook whose
// signature is wrong doesn't compile unless its name is wrong too.
//
// The class of a handler is a function that is called with each request, as it is
// a callable in Python. Class makes one of a type.
//
// # The life of a server
//
// New makes the socket, binds it and makes it listen; if any of that fails it
// leaves nothing behind. ServeForever waits for a request and calls, in this order,
// GetRequest, VerifyRequest, ProcessRequest, which calls FinishRequest, which runs
// the handler, and ShutdownRequest, which calls CloseRequest; then ServiceActions.
// Shutdown ends it, and waits for that; so does the end of the context that Serve
// takes. ServerClose closes the socket, and waits for the requests that still are
// handled in goroutines.
//
// A handler that returns an error or panics hurts its own request only:
// HandleError is told, which prints it, and the request is closed.
//
// While it waits the loop parks its goroutine, holding no thread.
//
// All methods may be called from any goroutine. Fields are to be set before the
// server serves.
//
// # Differences from Python
//
// Shutdown doesn't wait for the poll interval, and it doesn't block for ever if
// the loop hasn't begun yet or is the caller's own. HandleRequest returns the error
// of GetRequest, which Python drops. A server that is closed while it serves ends
// with net.ErrClosed, where Python's goes on. The loop doesn't spin when it is out
// of descriptors.
package socketserver
