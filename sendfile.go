//go:build unix

package socket

import (
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// SendFile sends a file from offset on, count bytes of it or, with count -1
// (Python's None), all up to its end: Python's socket.sendfile(file, offset,
// count) and sendfile(2). It returns how many bytes were sent, which may be fewer
// than count where the file ends, also beside an error. If any were sent, the
// file's position is behind them afterwards; before, it doesn't matter. The
// timeout is for each piece that the socket takes, not for the whole.
//
// A file that has no size sends nothing: pipes, devices, files of /proc. Where
// sendfile(2) can't be had (netbsd, openbsd, solaris, aix; a file system that
// doesn't have it) the file is read and sent, from offset on as well; Python
// begins at the file's position then if offset is 0.
//
// Errors: an *ArgumentError if the socket isn't of type SOCK_STREAM, if its
// timeout is 0, if count is 0 or below -1; os.ErrClosed for a closed file;
// ErrTimeout; else those of Send.
func (s *Socket) SendFile(file *os.File, offset, count int64) (int64, error) {
	const op = "sendfile"
	if err := s.checkSendFile(op, file, offset, count); err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return 0, err
	}
	if s.GetTimeout() == 0 {
		return 0, &ArgumentError{op, "timeout", 0, "one, or NoTimeout: non-blocking sockets are not supported"}
	}
	t := transfer{op: op, s: s, file: file, offset: offset, left: count}
	return t.run()
}

func (s *Socket) checkSendFile(op string, file *os.File, offset, count int64) error {
	if file == nil {
		return &ArgumentError{op, "file", nil, "an open *os.File"}
	}
	if err := s.checkOpen(op); err != nil {
		return err
	}
	switch {
	case s.kind&SOCK_STREAM == 0: // a test of one bit, which SOCK_SEQPACKET passes too, as in Python
		return &ArgumentError{op, "socket", s.kind, "SOCK_STREAM: only SOCK_STREAM type sockets are supported"}
	case count == 0 || count < -1:
		return &ArgumentError{op, "count", count,
			"-1 (all) or 1 and more: count must be a positive integer (got " + strconv.FormatInt(count, 10) + ")"}
	case offset < 0:
		return &ArgumentError{op, "offset", offset, "0 or more"}
	}
	return nil
}

// ReadFrom sends what it reads from r until the end of r, and returns how many
// bytes that was: io.ReaderFrom, which io.Copy uses. On a stream it is sendfile(2)
// if r is an *os.File of a regular file, or an *io.LimitedReader of one; the
// file's position moves with what was sent. Else it reads into a buffer and sends
// that, each read as one datagram on a datagram socket. Deadlines and the timeout
// hold for each piece. A nil error is the end of r; bytes that were read but could
// not be sent are lost, except from a regular file.
func (s *Socket) ReadFrom(r io.Reader) (int64, error) {
	const op = "readfrom"
	if r == nil {
		return 0, &ArgumentError{op, "reader", nil, "an io.Reader"}
	}
	if err := s.checkOpen(op); err != nil {
		return 0, err
	}
	src, limited := r, (*io.LimitedReader)(nil)
	if lr, ok := r.(*io.LimitedReader); ok && lr.R != nil {
		src, limited = lr.R, lr
	}
	if file, ok := regularFile(src); ok && s.kind == SOCK_STREAM {
		if n, err, ok := s.readFile(op, file, limited); ok {
			return n, err
		}
	}
	return s.readLoop(op, r)
}

// readFile sends a regular file from its position on. ok is false if it has no
// position.
func (s *Socket) readFile(op string, file sendable, limited *io.LimitedReader) (n int64, err error, ok bool) {
	pos, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err, false
	}
	t := transfer{op: op, s: s, file: file, offset: pos, left: -1}
	if limited == nil {
		n, err = t.run()
		return n, err, true
	}
	if t.left = max(limited.N, 0); t.left > 0 {
		n, err = t.run()
		limited.N -= n
	}
	return n, err, true
}

// copySize is how much is read at a time where sendfile(2) doesn't do.
const copySize = 64 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copySize]byte) }}

// readLoop reads and sends.
func (s *Socket) readLoop(op string, r io.Reader) (total int64, err error) {
	buf := copyBuffers.Get().(*[copySize]byte)
	defer copyBuffers.Put(buf)
	for {
		n, readErr := r.Read(buf[:])
		if n > 0 {
			sent, err := s.fd.SendAll(buf[:n], 0, s.GetTimeout())
			total += int64(sent)
			if err != nil {
				return total, failure(op, nil, err)
			}
		}
		if readErr == io.EOF {
			return total, nil
		}
		if readErr != nil {
			return total, readErr
		}
	}
}

// sendable is what a file must offer to be sent.
type sendable interface {
	fs.File
	io.Seeker
	io.ReaderAt
	syscall.Conn
	Name() string
}

var _ sendable = (*os.File)(nil)

// regularFile returns r as a regular file that has a size; files of /proc have
// none, and have to be read. The file may come in a wrapper of package os, which
// io.Copy finds behind File.WriteTo; a wrapper of someone else's may read
// differently, and is read.
func regularFile(r io.Reader) (sendable, bool) {
	file, ok := r.(sendable)
	if !ok {
		return nil, false
	}
	if _, plain := r.(*os.File); !plain && reflect.TypeOf(r).PkgPath() != "os" {
		return nil, false
	}
	info, err := file.Stat()
	return file, err == nil && info.Mode().IsRegular() && info.Size() > 0
}

// maxPiece is how much one sendfile(2) is asked for, as in Python.
const maxPiece = 1 << 30

// A transfer sends a part of a file.
type transfer struct {
	op      string
	s       *Socket
	file    sendable
	offset  int64 // of the next byte to send
	left    int64 // how many bytes to send; -1: all up to the end
	reading bool  // sendfile(2) doesn't do: read and send
}

// run sends until there is no more, and then sets the file's position.
func (t *transfer) run() (sent int64, err error) {
	for t.left != 0 {
		var n int
		n, err = t.piece()
		sent += int64(n)
		t.offset += int64(n)
		if t.left > 0 {
			t.left -= int64(n)
		}
		if err != nil || n == 0 {
			break
		}
	}
	if sent > 0 {
		if _, seekErr := t.file.Seek(t.offset, io.SeekStart); err == nil {
			err = seekErr
		}
	}
	return sent, err
}

// piece sends some more; 0 is the end of the file.
func (t *transfer) piece() (int, error) {
	size := int64(maxPiece)
	if t.left > 0 {
		size = min(size, t.left)
	}
	if !t.reading {
		n, err := t.sendFile(int(size))
		if !slices.Contains(fileErrnos, err) {
			return n, failure(t.op, nil, err)
		}
		t.reading = true
	}
	return t.readSend(int(min(size, copySize)))
}

// fileErrnos are what sendfile(2) answers if it can't read the file: reading it
// works then, or fails with a better error.
var fileErrnos = []error{unix.ENOSYS, unix.EINVAL, unix.ENOTSUP, unix.EOPNOTSUPP, unix.ESPIPE, unix.EBADF, unix.EOVERFLOW}

// sendFile calls sendfile(2). The file can't be closed under it; a Close of it
// meanwhile ends the transfer with the next piece.
func (t *transfer) sendFile(size int) (n int, err error) {
	conn, err := t.file.SyscallConn()
	if err != nil {
		return 0, err
	}
	held := conn.Control(func(file uintptr) {
		n, err = t.s.fd.SendFile(int(file), t.offset, size, t.s.GetTimeout())
	})
	if held != nil {
		return 0, &os.PathError{Op: t.op, Path: t.file.Name(), Err: os.ErrClosed}
	}
	return n, err
}

// readSend reads a piece of the file and sends it.
func (t *transfer) readSend(size int) (int, error) {
	buf := copyBuffers.Get().(*[copySize]byte)
	defer copyBuffers.Put(buf)
	n, err := t.file.ReadAt(buf[:size], t.offset)
	if n == 0 {
		if err == io.EOF {
			err = nil
		}
		return 0, err
	}
	for sent := 0; sent < n; {
		k, err := t.s.fd.Send(buf[sent:n], 0, t.s.GetTimeout())
		if sent += k; err != nil {
			return sent, failure(t.op, nil, err)
		}
	}
	return n, nil
}
