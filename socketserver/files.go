//go:build unix

package socketserver

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"sync"

	"example.com/socket"
)

// fileBuffer is the size of a buffer if none is given: Python's
// io.DEFAULT_BUFFER_SIZE.
const fileBuffer = 8192

// errTimedOutFile has Python's words.
var errTimedOutFile = errors.New("cannot read from timed out object")

// A Reader is the file that a handler reads its request from: Python's rfile. Its
// methods may be called from any goroutine.
//
// A read of a stream that timed out ends the reading, as in Python: every later
// one answers "cannot read from timed out object". After Finish the error is
// os.ErrClosed; so it is of the zero Reader.
type Reader struct {
	mu       sync.Mutex
	src      *source
	buf      *bufio.Reader
	bytewise bool   // without a buffer: buf has a byte at most
	part     []byte // the beginning of a line whose end hasn't come yet
	closed   bool
}

// source is what a Reader reads from.
type source struct {
	r        io.Reader
	timedOut bool
}

func (s *source) Read(p []byte) (int, error) {
	if s.timedOut {
		return 0, errTimedOutFile
	}
	n, err := s.r.Read(p)
	s.timedOut = errors.Is(err, socket.ErrTimeout)
	return n, err
}

// byByte reads a byte at a time.
type byByte struct{ r io.Reader }

func (b byByte) Read(p []byte) (int, error) { return b.r.Read(p[:min(len(p), 1)]) }

func newReader(conn *socket.Socket, size int) *Reader {
	src := &source{r: conn}
	if size == 0 {
		return &Reader{src: src, buf: bufio.NewReaderSize(byByte{src}, 0), bytewise: true}
	}
	if size < 0 {
		size = fileBuffer
	}
	return &Reader{src: src, buf: bufio.NewReaderSize(src, size)} // 16 bytes at least
}

func newPacketReader(packet []byte) *Reader {
	src := &source{r: bytes.NewReader(packet)}
	return &Reader{src: src, buf: bufio.NewReaderSize(src, len(packet))}
}

// isClosed is true of a Reader that reads from nothing too.
func (r *Reader) isClosed() bool { return r.closed || r.src == nil }

// Read reads what there is, at least one byte, into p, and io.EOF at the end.
// Python's read(n) goes on until it has n bytes, which is io.ReadFull, and its
// read() until the end, which is io.ReadAll.
func (r *Reader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.isClosed():
		return 0, os.ErrClosed
	case len(r.part) > 0:
		n := copy(p, r.part)
		r.part = r.part[n:]
		return n, nil
	case r.bytewise && r.buf.Buffered() == 0:
		return r.src.Read(p)
	}
	return r.buf.Read(p)
}

// ReadLine returns the next line with its end: Python's readline(limit). A limit,
// if there is one, is how many bytes are returned at most; the rest of the line is
// left for the next call. A negative one is none. A last line without an end is
// returned as it is; after it comes io.EOF, where Python returns an empty line.
// The line is the caller's to keep.
//
// A handler that reads lines from strangers should have a limit, or a client can
// fill the memory with one line.
//
// If there is an error before the line's end has come, no part of it is returned;
// it is kept for the next call.
func (r *Reader) ReadLine(limit ...int) ([]byte, error) {
	most := -1
	switch {
	case len(limit) > 1:
		return nil, &socket.ArgumentError{Op: "readline", Name: "number of arguments", Value: len(limit), Want: "at most one limit"}
	case len(limit) == 1:
		most = limit[0]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.isClosed() {
		return nil, os.ErrClosed
	}
	line, err := r.line(most)
	if err == nil || err == io.EOF && len(line) > 0 {
		return line, nil
	}
	r.part = line
	return nil, err
}

// line returns the line as far as it came.
func (r *Reader) line(most int) (line []byte, err error) {
	line, r.part = r.part, nil
	if most >= 0 && len(line) > most {
		line, r.part = line[:most:most], line[most:]
		return line, nil
	}
	for most < 0 || len(line) < most {
		if _, err := r.buf.Peek(1); err != nil {
			return line, err
		}
		piece, _ := r.buf.Peek(r.buf.Buffered())
		if most >= 0 {
			piece = piece[:min(len(piece), most-len(line))]
		}
		end := bytes.IndexByte(piece, '\n')
		if end >= 0 {
			piece = piece[:end+1]
		}
		line = append(line, piece...)
		r.buf.Discard(len(piece))
		if end >= 0 {
			break
		}
	}
	return line, nil
}

// ReadLines returns all lines up to the end: Python's readlines(). On an error it
// returns the lines before it too.
func (r *Reader) ReadLines() ([][]byte, error) {
	var lines [][]byte
	for line, err := range r.Lines() {
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// Lines returns the lines up to the end, to range over: Python's "for line in
// self.rfile". An error is the last item, beside a nil line.
func (r *Reader) Lines() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			line, err := r.ReadLine()
			if err == io.EOF || !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// Close closes the Reader, but not the connection: Python's close(). It waits for
// a read that another goroutine is in.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return nil
}

// A Writer is the file that a handler writes its answer to: Python's wfile. Its
// methods may be called from any goroutine, so that others can write to the client
// too; what one call writes stays together. The zero Writer is a closed one.
type Writer struct {
	mu     sync.Mutex
	w      io.Writer
	buf    *bufio.Writer // nil without a buffer
	closed bool
}

func newWriter(conn *socket.Socket, size int) *Writer {
	w := &Writer{w: conn}
	if size < 0 {
		size = fileBuffer
	}
	if size > 0 {
		w.buf = bufio.NewWriterSize(conn, size)
		w.w = w.buf
	}
	return w
}

func newPacketWriter() *Writer { return &Writer{w: new(bytes.Buffer)} }

// packet returns what was written to a datagram's Writer, and closes it.
func (w *Writer) packet() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return w.w.(*bytes.Buffer).Bytes()
}

// isClosed is true of a Writer that writes to nothing too.
func (w *Writer) isClosed() bool { return w.closed || w.w == nil }

// Write sends all of p, or puts it into the buffer: Python's write(data). The
// connection's timeout is for the whole. After an error a Writer with a buffer
// sends nothing more. After Finish the error is os.ErrClosed.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isClosed() {
		return 0, os.ErrClosed
	}
	return w.w.Write(p)
}

// WriteString is Write for a string.
func (w *Writer) WriteString(text string) (int, error) { return w.Write([]byte(text)) }

// Flush sends what the buffer holds, if there is one: Python's flush().
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isClosed() {
		return os.ErrClosed
	}
	return w.flush()
}

func (w *Writer) flush() error {
	if w.buf == nil {
		return nil
	}
	return w.buf.Flush()
}

// Close flushes the Writer and closes it, but not the connection: Python's
// close(). A second Close does nothing.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return w.flush()
}
