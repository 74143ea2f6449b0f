//go:build unix

package socket

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// fileBuffer is the size of a File's buffers: Python's io.DEFAULT_BUFFER_SIZE.
const fileBuffer = 8192

// A File reads and writes a socket through buffers: what Python's
// socket.makefile() returns. It is an io.ReadWriteCloser. Its methods may be
// called from any goroutine; reads and writes don't wait for each other.
//
// The socket's timeout holds for each receive and each send that a method needs.
// A read that timed out ends the reading: what a line had so far is lost, and
// every later read of this File answers "cannot read from timed out object". The
// socket, its other Files and this one's writes go on. With the timeout 0 a read
// that finds nothing answers ErrBlockingIO, and so does a write that finds both
// the buffer and the socket full.
//
// A File that is dropped without Close doesn't send what it still holds, unlike
// Python's.
type File struct {
	sock               *Socket
	mode               string
	readable, writable bool
	closed             atomic.Bool

	rmu    sync.Mutex // held by a read
	source *fileSource
	r      *bufio.Reader
	part   []byte // the beginning of a line whose end hasn't come yet

	turn  chan struct{} // filled by a write: a lock that Close can try for
	waits chan struct{} // filled by a write that waits for the peer
	w     bytes.Buffer  // kept when a send fails, which a bufio.Writer's isn't
}

// MakeFile returns a File on the socket: Python's socket.makefile(mode). The mode
// is made of the letters r, w and b in any order; without r and w it is for
// reading. Anything else is an *ArgumentError. Reading and writing are buffered,
// 8192 bytes each; there is no other buffering.
//
// With b the bytes are passed as they are. Without it the File is Python's text
// file, but for the decoding: a line's end "\r\n" or "\r" is read as "\n", the
// bytes are those that came, and what is written stays as it is.
//
// The descriptor is closed when the socket and all its Files are, in whatever
// order. Until then the socket works on after its Close, as in Python. On a
// datagram socket each receive is one datagram, an empty one is the end, and
// what is flushed at once is one datagram.
func (s *Socket) MakeFile(mode string) (*File, error) {
	if strings.Trim(mode, "rwb") != "" {
		return nil, &ArgumentError{"makefile", "mode", mode,
			"letters out of r, w and b: invalid mode '" + mode + "' (only r, w, b allowed)"}
	}
	f := &File{sock: s, turn: make(chan struct{}, 1), waits: make(chan struct{}, 1)}
	f.writable = strings.Contains(mode, "w")
	f.readable = strings.Contains(mode, "r") || !f.writable
	text := !strings.Contains(mode, "b")
	if f.readable {
		f.mode = "r"
		f.startReading(text)
	}
	if f.writable {
		f.mode += "w"
	}
	if !text {
		f.mode += "b"
	}
	s.mu.Lock()
	s.files++
	s.mu.Unlock()
	return f, nil
}

// startReading puts the readers on top of each other.
func (f *File) startReading(text bool) {
	f.source = &fileSource{sock: f.sock}
	var r io.Reader = f.source
	if text {
		r = &newlineReader{r: r}
	}
	f.r = bufio.NewReaderSize(r, fileBuffer)
}

// dropFile takes a File away, and closes the descriptor if that was the last
// user of it.
func (s *Socket) dropFile() error {
	s.mu.Lock()
	s.files--
	last := s.files == 0 && s.closed
	s.mu.Unlock()
	if !last {
		return nil
	}
	return s.reallyClose()
}

// usable returns why a method can't be carried out, nil if it can.
func (f *File) usable(op string, allowed bool, denied string) error {
	if f.closed.Load() {
		return errFileClosed(op)
	}
	if !allowed {
		return errFileMode(op, denied)
	}
	return nil
}

// Read reads what there is, at least one byte, into p. At the end of the stream
// it returns io.EOF. Python's read(n) goes on until it has n bytes, which is
// io.ReadFull, and its read() until the end, which is io.ReadAll.
func (f *File) Read(p []byte) (int, error) {
	f.rmu.Lock()
	defer f.rmu.Unlock()
	if err := f.usable("read", f.readable, "not readable"); err != nil {
		return 0, err
	}
	if len(f.part) > 0 {
		n := copy(p, f.part)
		f.part = f.part[n:]
		return n, nil
	}
	return f.r.Read(p)
}

// ReadLine returns the next line with its end: Python's readline(). A last line
// without an end is returned as it is; after it comes io.EOF, where Python
// returns an empty line. The line is the caller's to keep.
//
// If there is an error before the line's end has come, no part of it is
// returned. It is kept for the next call, so that with the timeout 0 lines come
// whole, where Python returns the pieces.
func (f *File) ReadLine() ([]byte, error) {
	f.rmu.Lock()
	defer f.rmu.Unlock()
	if err := f.usable("readline", f.readable, "not readable"); err != nil {
		return nil, err
	}
	line, err := f.r.ReadBytes('\n')
	if len(f.part) > 0 {
		line = append(f.part, line...)
		f.part = nil
	}
	switch {
	case err == nil, err == io.EOF && len(line) > 0:
		return line, nil
	case !f.source.timedOut:
		f.part = line
	}
	return nil, err
}

// ReadLines returns all lines up to the end of the stream: Python's readlines().
// On an error it returns the lines before it too.
func (f *File) ReadLines() ([][]byte, error) {
	var lines [][]byte
	for line, err := range f.Lines() {
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Lines returns the lines up to the end of the stream, to range over: Python's
// "for line in file". An error is the last item, beside a nil line.
//
//	for line, err := range f.Lines() {
func (f *File) Lines() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			line, err := f.ReadLine()
			if err == io.EOF || !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// A fileSource is the socket as a File reads it: Python's SocketIO.readinto.
type fileSource struct {
	sock     *Socket
	timedOut bool
}

func (r *fileSource) Read(p []byte) (int, error) {
	if r.timedOut {
		return 0, errTimedOutFile("read")
	}
	n, err := r.sock.fd.Recv(p, 0, r.sock.GetTimeout())
	switch {
	case err != nil:
		err = failure("read", nil, err)
		r.timedOut = isTimeout(err)
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// A newlineReader turns "\r\n" and "\r" into "\n". A "\r" that comes last is
// turned at once, and a "\n" that comes first after it left out: the line needn't
// wait for the next byte.
type newlineReader struct {
	r      io.Reader
	sawEnd bool // the last byte was a "\r"
}

func (t *newlineReader) Read(p []byte) (int, error) {
	for {
		n, err := t.r.Read(p)
		kept := t.translate(p[:n])
		if kept > 0 || err != nil {
			return kept, err
		}
	}
}

// translate works in p itself and returns how much is left of it.
func (t *newlineReader) translate(p []byte) (kept int) {
	if !t.sawEnd && bytes.IndexByte(p, '\r') < 0 {
		return len(p)
	}
	for _, c := range p {
		second := c == '\n' && t.sawEnd
		t.sawEnd = c == '\r'
		if second {
			continue
		}
		if c == '\r' {
			c = '\n'
		}
		p[kept] = c
		kept++
	}
	return kept
}

// Write puts p into the buffer, and sends as much as doesn't fit: Python's
// write(). Flush or Close sends the rest. It returns how much of p was taken,
// which is less than len(p) only beside an error. After an error that passes,
// such as a timeout, what was taken is still there to be sent.
func (f *File) Write(p []byte) (int, error) {
	return f.inTurn("write", func() (int, error) { return f.put(p) })
}

// WriteString is Write for a string.
func (f *File) WriteString(text string) (int, error) {
	return f.Write([]byte(text))
}

// Flush sends what the buffer holds: Python's flush(). On a File for reading it
// does nothing.
func (f *File) Flush() error {
	if !f.writable {
		return f.usable("flush", true, "")
	}
	_, err := f.inTurn("flush", func() (int, error) { return 0, f.flush() })
	return err
}

// Close flushes the buffer and closes the File: Python's close(). The descriptor
// stays open as long as the socket or another File of it isn't closed; with the
// last of them it is closed, and calls that wait on it end with net.ErrClosed. If
// flushing fails the File is closed all the same, and the error is returned. A
// second Close does nothing.
//
// Flushing waits as Flush does, up to the timeout. A Write of another goroutine
// that waits for the peer isn't waited for: it ends with the descriptor.
func (f *File) Close() error {
	if f.closed.Swap(true) {
		return nil
	}
	var unsent error
	select {
	case f.turn <- struct{}{}:
		unsent = f.finish("close")
		<-f.turn
	case <-f.waits:
	}
	if err := f.sock.dropFile(); unsent == nil {
		return err
	}
	return unsent
}

// inTurn runs a write when no other runs.
func (f *File) inTurn(op string, write func() (int, error)) (int, error) {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	if err := f.usable(op, f.writable, "not writable"); err != nil {
		return 0, err
	}
	n, err := write()
	if err = failure(op, nil, err); f.closed.Load() {
		// Close came meanwhile and didn't wait: the buffer is ours to send.
		if unsent := f.finish(op); err == nil {
			err = unsent
		}
	}
	return n, err
}

// finish flushes for the last time.
func (f *File) finish(op string) error {
	err := f.flush()
	f.w = bytes.Buffer{}
	return failure(op, nil, err)
}

// put is Write in turn.
func (f *File) put(p []byte) (taken int, err error) {
	if f.w.Len()+len(p) > fileBuffer {
		err = f.flush()
	}
	for err == nil && len(p)-taken > fileBuffer {
		var n int
		n, err = f.send(p[taken:])
		taken += n
	}
	rest := p[taken:]
	if err != nil && !wouldBlock(err) {
		return taken, err
	}
	if room := fileBuffer - f.w.Len(); len(rest) > room {
		rest = rest[:room]
	} else {
		err = nil
	}
	f.w.Write(rest)
	return taken + len(rest), err
}

// flush is Flush in turn. What can't be sent stays in the buffer.
func (f *File) flush() error {
	for f.w.Len() > 0 {
		n, err := f.send(f.w.Bytes())
		f.w.Next(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// send sends some of p, and lets Close know if it has to wait for that.
func (f *File) send(p []byte) (int, error) {
	timeout := f.sock.GetTimeout()
	n, err := f.sock.fd.Send(p, 0, 0) // doesn't wait
	if timeout == 0 || !wouldBlock(err) {
		return n, err
	}
	f.waits <- struct{}{}
	n, err = f.sock.fd.Send(p, 0, timeout)
	select {
	case <-f.waits:
	default: // Close took it
	}
	return n, err
}

// Fileno returns the descriptor's number, -1 once the File is closed: Python's
// fileno() and name.
func (f *File) Fileno() int {
	if f.closed.Load() {
		return -1
	}
	return f.sock.Fileno()
}

// Mode returns the mode: r, w or rw, and b if that was given.
func (f *File) Mode() string { return f.mode }

// Readable reports whether the File is open for reading: Python's readable().
func (f *File) Readable() bool { return f.readable && !f.closed.Load() }

// Writable reports whether the File is open for writing: Python's writable().
func (f *File) Writable() bool { return f.writable && !f.closed.Load() }

// String describes the File: <socket.File fd=4 mode=rb>.
func (f *File) String() string {
	label := ""
	if f.closed.Load() {
		label = "[closed] "
	}
	return "<socket.File " + label + "fd=" + strconv.Itoa(f.Fileno()) + " mode=" + f.mode + ">"
}
