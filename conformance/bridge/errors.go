//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/socket"
)

// A failure is an error, taken apart for Python to make an exception of.
type failure struct {
	Kind   string     `json:"kind"`   // which exception
	Code   int        `json:"code"`   // errno, EAI or h_errno
	Text   string     `json:"text"`   // the code's text, as the library has it
	Causes []*failure `json:"causes"` // those of a "group"
}

// A decodeError is an argument that isn't of the type that the call has there.
type decodeError struct{ cause error }

func (e *decodeError) Error() string { return e.cause.Error() }

func describe(err error) *failure {
	if causes := groupOf(err); causes != nil {
		return describeGroup(err, causes)
	}
	var (
		sys      *socket.Error
		gai      *socket.GAIError
		host     *socket.HError
		argument *socket.ArgumentError
		decoding *decodeError
	)
	switch {
	case errors.As(err, &gai):
		return &failure{Kind: "gaierror", Code: gai.Code, Text: gai.Text}
	case errors.As(err, &host):
		return &failure{Kind: "herror", Code: host.Code, Text: host.Text}
	case errors.As(err, &argument), errors.As(err, &decoding):
		return &failure{Kind: "argument", Text: err.Error()}
	case errors.As(err, &sys):
		return describeErrno(sys)
	case errors.Is(err, os.ErrClosed):
		return &failure{Kind: "closed file", Text: err.Error()}
	case errors.Is(err, errors.ErrUnsupported):
		return &failure{Kind: "file mode", Text: err.Error()}
	case errors.Is(err, io.EOF):
		return &failure{Kind: "eof", Text: err.Error()}
	case errors.Is(err, errNoSuchCall):
		return &failure{Kind: "missing", Text: err.Error()}
	}
	return &failure{Kind: "other", Text: err.Error()}
}

func describeErrno(err *socket.Error) *failure {
	if err.Errno == 0 {
		return &failure{Kind: "timeout", Text: err.Error()}
	}
	code := int(err.Errno)
	_, text, _ := strings.Cut(err.Error(), fmt.Sprintf("[Errno %d] ", code))
	return &failure{Kind: "errno", Code: code, Text: text}
}

// groupOf returns the errors of the addresses that CreateConnection tried, nil for
// any other error, such as a File's, which unwraps to several classes of errors.
func groupOf(err error) []error {
	group, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, cause := range group.Unwrap() {
		var sys *socket.Error
		if !errors.As(cause, &sys) {
			return nil
		}
	}
	return group.Unwrap()
}

func describeGroup(err error, causes []error) *failure {
	f := &failure{Kind: "group", Text: err.Error()}
	for _, cause := range causes {
		f.Causes = append(f.Causes, describe(cause))
	}
	return f
}
