package socket_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Errors that can't be had at will are made by a seccomp(2) filter on one thread:
// the kernel answers an errno there to one system call, and doesn't make it.

// refusal is what the kernel refuses.
type refusal struct {
	call  uintptr // the system call's number
	errno unix.Errno
	arg   int // which argument must be value for that; 0: any call
	value uint32
}

// apply runs f on a thread of its own, on which the kernel refuses.
func (r refusal) apply(t *testing.T, f func()) {
	t.Helper()
	if _, ok := socketcalls[r.call]; ok && r.arg != 0 {
		t.Skip("a filter doesn't see the arguments of socketcall(2), through which x/sys goes here")
	}
	installed := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Never unlocked: the thread ends with the goroutine, the filter with it.
		runtime.LockOSThread()
		err := r.install()
		installed <- err
		if err == nil {
			f()
		}
	}()
	if err := <-installed; errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		t.Skipf("no seccomp filters here (%v): needs a kernel with CONFIG_SECCOMP_FILTER, not qemu-user", err)
	} else {
		must(t, err)
	}
	within(t, done)
}

// install puts the filter on the thread: seccomp(2).
func (r refusal) install() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := r.filter()
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return errno
	}
	return nil
}

// filter is the program that judges each system call's struct seccomp_data.
func (r refusal) filter() []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	unless := func(value uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: value, Jf: skip}
	}
	end := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	refuse, allow := end(unix.SECCOMP_RET_ERRNO|uint32(r.errno)), end(unix.SECCOMP_RET_ALLOW)
	program := []unix.SockFilter{load(0)}
	if r.arg == 0 {
		program = append(program, unless(uint32(r.call), 1), refuse)
	} else {
		program = append(program, unless(uint32(r.call), 3), load(argOffset(r.arg)), unless(r.value, 1), refuse)
	}
	if number, ok := socketcalls[r.call]; ok && r.arg == 0 {
		program = append(program, load(0), unless(sysSocketcall, 3), load(argOffset(1)), unless(number, 1), refuse)
	}
	return append(program, allow)
}

// argOffset is where the lower half of an argument, counted from 1, is.
func argOffset(n int) uint32 {
	offset := uint32(16 + 8*(n-1))
	if native.Uint16([]byte{0, 1}) == 1 {
		offset += 4
	}
	return offset
}

// openDescriptors returns what is open, number and what it is.
func openDescriptors(t testing.TB) map[string]string {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	open := make(map[string]string)
	for _, entry := range entries {
		// What is gone by now was the directory itself.
		if what, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name())); err == nil {
			open[entry.Name()] = what
		}
	}
	return open
}

// wantNoneNew fails if something is open that wasn't before, without waiting for
// the garbage collector.
func wantNoneNew(t testing.TB, before map[string]string) {
	t.Helper()
	for number, what := range openDescriptors(t) {
		if before[number] != what {
			t.Errorf("descriptor %s is left: %s", number, what)
		}
	}
}
