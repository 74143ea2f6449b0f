//go:build unix

package program

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"example.com/socket"
	"github.com/google/go-cmp/cmp"
)

// Python prints the same bytes, addresses and times.
func TestAsPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 not found: apt-get install python3")
	}
	var script, got strings.Builder
	script.WriteString("import datetime\n")
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, b := range [][]byte{nil, all, []byte("it's"), []byte(`"`), []byte(`'"\`), []byte("中\r\n")} {
		fmt.Fprintf(&script, "print(bytes.fromhex('%x'))\n", b)
		fmt.Fprintln(&got, Bytes(b))
	}
	fmt.Fprintln(&script, "print(('localhost', 80))")
	fmt.Fprintln(&got, Tuple(socket.Addr("localhost", 80)))
	for _, micro := range []int{0, 1, 120000, 999999} {
		fmt.Fprintf(&script, "print(datetime.datetime(2024, 2, 9, 3, 4, 5, %d))\n", micro)
		fmt.Fprintln(&got, datetime(time.Date(2024, 2, 9, 3, 4, 5, micro*1000+999, time.Local)))
	}
	out, err := exec.Command(python, "-c", script.String()).Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(out), got.String()); diff != "" {
		t.Errorf("(-Python +Go):\n%s", diff)
	}
}

// However a text is cut, its pieces decode to the text.
func TestDecoder(t *testing.T) {
	const text = "aé中🐍z"
	for i := range len(text) + 1 {
		for j := i; j <= len(text); j++ {
			var d Decoder
			var got string
			for _, piece := range []string{text[:i], text[i:j], text[j:]} {
				s, err := d.Decode([]byte(piece))
				if err != nil {
					t.Fatalf("%q after %q: %v", piece, got, err)
				}
				got += s
			}
			if err := d.Close(); err != nil || got != text {
				t.Errorf("cut at %d and %d: %q, %v", i, j, got, err)
			}
		}
	}
}

func TestDecoderErrors(t *testing.T) {
	for _, test := range []struct{ data, decode, close string }{
		{"\xff", `not UTF-8: b'\xff'`, ""},
		{"a\x80", `not UTF-8: b'a\x80'`, ""},
		{"\xc0\xaf", `not UTF-8: b'\xc0\xaf'`, ""},
		{"a\xe4\xb8", "", `unexpected end of UTF-8: b'\xe4\xb8'`},
		{"\xe4a", `not UTF-8: b'\xe4a'`, ""},
	} {
		var d Decoder
		_, err := d.Decode([]byte(test.data))
		if text(err) != test.decode {
			t.Errorf("Decode(%q) = %v, want %s", test.data, err, test.decode)
		}
		if err := d.Close(); text(err) != test.close {
			t.Errorf("Close after %q = %v, want %s", test.data, err, test.close)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestTimes(t *testing.T) {
	for _, n := range []uint{1, 5} {
		var got uint
		for range Times(n) {
			got++
		}
		if got != n {
			t.Errorf("Times(%d) ran %d times", n, got)
		}
	}
	var got uint
	for i := range Times(0) {
		if got = i; got == 1000 {
			break
		}
	}
	if got != 1000 {
		t.Errorf("Times(0) ended after %d", got)
	}
}
