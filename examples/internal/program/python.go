//go:build unix

package program

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/socket"
)

// Bytes prints as Python prints a bytes object: b'caf\xc3\xa9\n'.
type Bytes []byte

func (b Bytes) String() string {
	quote := byte('\'')
	if strings.Contains(string(b), "'") && !strings.Contains(string(b), `"`) {
		quote = '"'
	}
	out := []byte{'b', quote}
	for _, c := range b {
		switch {
		case c == quote || c == '\\':
			out = append(out, '\\', c)
		case c == '\t':
			out = append(out, `\t`...)
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\r':
			out = append(out, `\r`...)
		case c < ' ' || c > '~':
			out = fmt.Appendf(out, `\x%02x`, c)
		default:
			out = append(out, c)
		}
	}
	return string(append(out, quote))
}

// Tuple is an address as Python prints one: ('127.0.0.1', 8080).
func Tuple(addr socket.Address) string {
	return fmt.Sprintf("('%s', %d)", addr.Host(), addr.Port())
}

// Now is the time as Python prints datetime.now(), which leaves the fraction
// out if it is 0.
func Now() string { return datetime(time.Now()) }

func datetime(t time.Time) string {
	if t.Nanosecond() < int(time.Microsecond) {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02 15:04:05.000000")
}

// A Decoder turns the pieces of a stream into text. A character whose bytes
// came in two pieces stays whole: its first bytes wait in the Decoder. It is
// Python's codecs.getincrementaldecoder("utf-8").
type Decoder struct {
	tail []byte
}

// Decode returns the text that is complete with data.
func (d *Decoder) Decode(data []byte) (string, error) {
	data = append(d.tail, data...)
	n := len(data) - cutOff(data)
	d.tail = append([]byte(nil), data[n:]...)
	if !utf8.Valid(data[:n]) {
		return "", errors.New("not UTF-8: " + Bytes(data[:n]).String())
	}
	return string(data[:n]), nil
}

// Close reports the first bytes of a character whose rest never came.
func (d *Decoder) Close() error {
	if len(d.tail) == 0 {
		return nil
	}
	return errors.New("unexpected end of UTF-8: " + Bytes(d.tail).String())
}

// cutOff returns how many bytes at the end of data begin a character without
// ending it.
func cutOff(data []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(data); n++ {
		if last := data[len(data)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}
