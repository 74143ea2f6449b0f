//go:build unix

// Package machine tells tests what the machine under them can't do. Programs for
// another processor run under QEMU's user mode, which translates their system
// calls one by one, and not all of them. .ci/emulate runs the tests so, and names
// the emulator in SOCKET_TEST_EMULATOR.
package machine

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// variable holds the emulator that runs this program: "qemu-s390x-static".
const variable = "SOCKET_TEST_EMULATOR"

// Emulator returns the emulator that runs this program, "" for none.
func Emulator() string { return os.Getenv(variable) }

// Command returns the command line that runs a program built for this machine.
func Command(program string, args ...string) []string {
	line := append([]string{program}, args...)
	if e := Emulator(); e != "" {
		line = append([]string{e}, line...)
	}
	return line
}

// Needs skips the test if the machine lacks one of the features.
func Needs(t testing.TB, features ...Feature) {
	t.Helper()
	for _, f := range features {
		if !f.there() {
			t.Skip(f.missing)
		}
	}
}

// A Feature is what a test may need of the machine.
type Feature struct {
	missing string      // why a test can't run without it
	there   func() bool // probes
}

// native is the probe of what no program can find out for itself without harm.
func native() bool { return Emulator() == "" }

// compiles is what gcc calls the processors that Go calls so.
var compiles = map[string]string{
	"386": "i686", "amd64": "x86_64", "arm": "arm", "arm64": "aarch64", "loong64": "loongarch64",
	"ppc64le": "powerpc64le", "riscv64": "riscv64", "s390x": "s390x",
}

// Compiler returns the command line of a C compiler for this machine: CC, or gcc
// if that is one. It skips the test if there is none.
func Compiler(t testing.TB) []string {
	t.Helper()
	if cc := strings.Fields(os.Getenv("CC")); len(cc) > 0 {
		return cc
	}
	path, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc not found: apt-get install gcc libc6-dev libbluetooth-dev")
	}
	out, err := exec.Command(path, "-dumpmachine").Output()
	if kind, _, _ := strings.Cut(string(out), "-"); err != nil || kind != compiles[runtime.GOARCH] {
		t.Skipf("gcc compiles for %s, not for this program's %s: name a cross compiler in CC", bytes.TrimSpace(out), runtime.GOARCH)
	}
	return []string{path}
}
