//go:build linux && amd64

// Vm runs the library's tests in a virtual machine with a kernel of Debian's,
// which has what many kernels are built without: AF_CAN, AF_ALG, AF_TIPC, AF_RDS,
// AF_QIPCRTR, SCTP, Bluetooth, network emulation.
//
//	go run ./internal/vm                 # the tests of families and networks
//	go run ./internal/vm -run CAN -v     # some tests, with what they and the kernel print
//	go run ./internal/vm -accel tcg      # without KVM, which is slower
//
// It takes the kernel from Debian's archive and unpacks it into a cache directory:
// nothing is installed. The machine sees this one's files, and so has its Python,
// ip, tc and nft; what it writes is gone when it ends. A test that fails there
// makes the command fail, and so does one that is skipped: the point is that they run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tests are the names of those that need the kernel's modules.
const tests = "^Test(AFALG|ALG|Bluetooth|CAN|Family|MPTCP|Netlink|Network|Packet|Ping|QIPCRTR|RDS|SCTP|TIPC|UDPLite|VSOCK)"

type options struct {
	run     string
	accel   string
	verbose bool
	timeout time.Duration
}

func main() {
	if os.Getpid() == 1 {
		guest()
	}
	var o options
	flag.StringVar(&o.run, "run", tests, "run the tests that match this regular `expression`")
	flag.StringVar(&o.accel, "accel", "", "how the machine runs: kvm or tcg (default kvm where it works)")
	flag.BoolVar(&o.verbose, "v", false, "print all that the machine and the tests print")
	flag.DurationVar(&o.timeout, "timeout", 15*time.Minute, "end the machine after this `time`")
	flag.Parse()
	if err := host(o); err != nil {
		fmt.Fprintln(os.Stderr, "vm:", err)
		os.Exit(1)
	}
}

// host does the work of this side: it prepares the kernel and the tests, starts
// the machine and judges what it prints.
func host(o options) error {
	if err := haveTools(); err != nil {
		return err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	k, err := findKernel(filepath.Join(cache, "socket-vm"))
	if err != nil {
		return err
	}
	if o.accel == "" {
		o.accel = accelerator(k)
	}
	scratch, err := os.MkdirTemp("", "vm")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	j, err := prepare(o, k, scratch)
	if err != nil {
		return err
	}
	initrd := filepath.Join(scratch, "initrd")
	if err := writeInitrd(initrd, k, j); err != nil {
		return err
	}
	return boot(o, k, initrd)
}

// haveTools names the Debian packages of the programs that aren't there.
func haveTools() error {
	var missing []string
	for _, tool := range [][2]string{
		{"apt-get", "apt"}, {"dpkg-deb", "dpkg"}, {"depmod", "kmod"}, {"qemu-system-x86_64", "qemu-system-x86"},
		{"ip", "iproute2"}, {"nft", "nftables"}, {"python3", "python3"},
	} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			missing = append(missing, tool[1])
		}
	}
	if missing != nil {
		return fmt.Errorf("programs are missing: apt-get install --no-install-recommends %s", strings.Join(missing, " "))
	}
	return nil
}

// prepare builds the test binary in scratch and returns the job of running it.
func prepare(o options, k kernel, scratch string) (job, error) {
	root, err := output("", "go", "list", "-f", "{{.Dir}}", "example.com/socket")
	if err != nil {
		return job{}, err
	}
	binary := filepath.Join(scratch, "socket.test")
	cmd := exec.Command("go", "test", "-c", "-o", binary, ".")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return job{}, fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	limit := fmt.Sprintf("-test.timeout=%v", o.timeout)
	return job{
		Dir:     root,
		Args:    []string{binary, "-test.v=test2json", "-test.run=" + o.run, limit},
		Env:     os.Environ(),
		Modules: filepath.Join(k.root, "lib/modules"),
	}, nil
}

// output runs a program and returns the text that it prints.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
