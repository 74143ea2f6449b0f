//go:build linux

package socket_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"example.com/socket"
	"golang.org/x/sys/unix"
)

// The helpers of rows: those of Row in differential.py, and a few of Python's
// own functions.

func init() {
	for name, helper := range map[string]func(*diffCall) (any, error){
		"tmp":         (*diffCall).tmp,
		"abstract":    (*diffCall).abstract,
		"pipe":        (*diffCall).pipe,
		"readable":    func(c *diffCall) (any, error) { return nil, c.poll(unix.POLLIN) },
		"writable":    func(c *diffCall) (any, error) { return nil, c.poll(unix.POLLOUT) },
		"fill":        (*diffCall).fill,
		"receive":     (*diffCall).receive,
		"nonblocking": (*diffCall).nonblocking,
		"file":        (*diffCall).file,
		"opened":      func(c *diffCall) (any, error) { return diffResult(os.Open(c.text(0))) },
		"packed":      (*diffCall).packed,

		"len":       func(c *diffCall) (any, error) { return len(c.bytes(0)), nil },
		"list":      (*diffCall).list,
		"bytes":     (*diffCall).toBytes,
		"bytearray": func(c *diffCall) (any, error) { return &diffBuffer{make([]byte, c.int(0))}, nil },
	} {
		diffFunctions[name] = helper
	}
}

// tmp returns a path in the row's directory, filled up to a length.
func (c *diffCall) tmp() (any, error) {
	name, _ := c.arg(0, "name", "").(string)
	path := c.dir + "/" + name
	if length := c.diffRun.int(c.arg(1, "length", 0)); length > len(path) {
		path += strings.Repeat("x", length-len(path))
	}
	return path, nil
}

// abstract returns an abstract name of the row's own, filled up to a length.
func (c *diffCall) abstract() (any, error) {
	var rest []byte
	if c.has(0) {
		rest = c.bytes(0)
	}
	name := "\x00" + filepath.Base(c.dir) + string(rest)
	if length := c.diffRun.int(c.arg(1, "length", 0)); length > len(name) {
		name += strings.Repeat("x", length-len(name))
	}
	return []byte(name), nil
}

// pipe returns two descriptors that aren't sockets.
func (c *diffCall) pipe() (any, error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	c.fds = append(c.fds, fds[:]...)
	return diffTuple{diffFd(fds[0]), diffFd(fds[1])}, nil
}

// poll waits until a socket is ready.
func (c *diffCall) poll(events int16) error {
	fds := []unix.PollFd{{Fd: int32(c.socket(0).Fileno()), Events: events}}
	for {
		_, err := unix.Poll(fds, int(diffPatience.Milliseconds()))
		if err != unix.EINTR {
			return err
		}
	}
}

// fill sends until the kernel takes no more.
func (c *diffCall) fill() (any, error) {
	s := c.socket(0)
	if err := s.SetTimeout(0); err != nil {
		return nil, err
	}
	for {
		_, err := s.Send(bytes.Repeat([]byte("x"), 65536))
		if errors.Is(err, socket.ErrBlockingIO) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// receive receives n bytes, in as many calls as it takes.
func (c *diffCall) receive() (any, error) {
	data, n := []byte{}, c.int(1)
	for len(data) < n {
		more, err := c.socket(0).Recv(n - len(data))
		if err != nil || len(more) == 0 {
			return data, err
		}
		data = append(data, more...)
	}
	return data, nil
}

// nonblocking reports whether O_NONBLOCK is set.
func (c *diffCall) nonblocking() (any, error) {
	flags, err := unix.FcntlInt(uintptr(c.int(0)), unix.F_GETFL, 0)
	return flags&unix.O_NONBLOCK != 0, err
}

// file returns a file opened for reading, with a content.
func (c *diffCall) file() (any, error) {
	f, err := os.CreateTemp(c.dir, "f")
	if err == nil {
		_, err = f.Write(c.bytes(0))
	}
	if err == nil {
		_, err = f.Seek(0, 0)
	}
	return f, err
}

// packed returns an array of ints, as descriptors are sent.
func (c *diffCall) packed() (any, error) {
	var b []byte
	for _, v := range c.items(c.at(0)) {
		b = binary.NativeEndian.AppendUint32(b, uint32(c.diffRun.int(v)))
	}
	return b, nil
}

// toBytes is bytes(n), or a bytearray's content.
func (c *diffCall) toBytes() (any, error) {
	if n, ok := c.at(0).(int); ok {
		return make([]byte, n), nil
	}
	return bytes.Clone(c.bytes(0)), nil
}
