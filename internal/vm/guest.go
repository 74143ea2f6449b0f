//go:build linux && amd64

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// needed are the modules of what the tests test.
var needed = []string{
	"af_alg", "algif_hash", "algif_skcipher", "algif_aead", "algif_rng",
	"bluetooth", "rfcomm", "can", "can_raw", "can_bcm", "can_isotp", "can_j1939", "vcan",
	"nf_tables", "nft_limit", "nft_numgen", "nft_reject_inet", "sch_netem", "veth",
	"qrtr", "rds", "rds_tcp", "sctp", "tipc", "vsock", "vsock_loopback",
}

// guest is the machine's first process. It never returns.
func guest() {
	plainConsole()
	status, err := work()
	if err != nil {
		fmt.Println("vm:", err)
	}
	fmt.Printf("\n"+exitLine+"\n", status)
	unix.Sync()
	unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART) // which QEMU takes as the end
	select {}
}

// plainConsole ends the console's way of putting a carriage return before the end
// of each line.
func plainConsole() {
	const console = 1
	if t, err := unix.IoctlGetTermios(console, unix.TCGETS); err == nil {
		t.Oflag &^= unix.OPOST
		unix.IoctlSetTermios(console, unix.TCSETS, t)
	}
}

// work runs the job and returns its exit status.
func work() (int, error) {
	j, err := readJob()
	if err != nil {
		return 1, err
	}
	if err := enterFiles(); err != nil {
		return 1, err
	}
	if err := prepareSystem(j); err != nil {
		return 1, err
	}
	cmd := exec.Command(j.Args[0], j.Args[1:]...)
	cmd.Dir, cmd.Env = j.Dir, j.Env
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	err = cmd.Run()
	if cmd.ProcessState == nil {
		return 1, err
	}
	return cmd.ProcessState.ExitCode(), nil
}

// readJob reads the job and loads the modules that came with it.
func readJob() (j job, err error) {
	text, err := os.ReadFile(jobFile)
	if err != nil {
		return j, err
	}
	if err := json.Unmarshal(text, &j); err != nil {
		return j, err
	}
	for i := range j.Early {
		if err := load(fmt.Sprintf(moduleFile, i)); err != nil {
			return j, err
		}
	}
	return j, nil
}

func load(module string) error {
	f, err := os.Open(module)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.FinitModule(int(f.Fd()), "", 0); err != nil && err != unix.EEXIST {
		return fmt.Errorf("loading %s: %w", module, err)
	}
	return nil
}

type mount struct{ source, target, kind, data string }

// enterFiles makes the host's files the root directory, under a layer in memory
// that takes what is written.
func enterFiles() error {
	for _, m := range []mount{
		{"host", "/host", "9p", "trans=virtio,version=9p2000.L,cache=loose,msize=512000"},
		{"memory", "/memory", "tmpfs", ""},
		{"overlay", "/new", "overlay", "lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work"},
		{"proc", "/new/proc", "proc", ""},
		{"sysfs", "/new/sys", "sysfs", ""},
		{"devtmpfs", "/new/dev", "devtmpfs", ""},
		{"devpts", "/new/dev/pts", "devpts", ""},
		{"tmpfs", "/new/dev/shm", "tmpfs", ""},
		{"tmpfs", "/new/run", "tmpfs", ""},
	} {
		if m.kind == "overlay" {
			if err := mkdirs("/memory/upper", "/memory/work"); err != nil {
				return err
			}
		}
		if err := m.mount(); err != nil {
			return err
		}
	}
	// Not chroot alone: who is in one may not make a user namespace.
	if err := unix.Chdir("/new"); err != nil {
		return err
	}
	if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
		return fmt.Errorf("moving the root: %w", err)
	}
	if err := unix.Chroot("."); err != nil {
		return err
	}
	return unix.Chdir("/")
}

func (m mount) mount() error {
	if err := mkdirs(m.target); err != nil {
		return err
	}
	if err := unix.Mount(m.source, m.target, m.kind, 0, m.data); err != nil {
		return fmt.Errorf("mounting %s: %w", m.target, err)
	}
	return nil
}

func mkdirs(paths ...string) error {
	for _, path := range paths {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// prepareSystem loads the modules and brings the interfaces up. What fails is
// told, and shows in the tests.
func prepareSystem(j job) error {
	if err := mkdirs("/lib/modules"); err != nil {
		return err
	}
	if err := unix.Mount(j.Modules, "/lib/modules", "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mounting %s: %w", j.Modules, err)
	}
	os.Setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	for _, module := range needed {
		tell("modprobe", module)
	}
	tell("ip", "link", "set", "up", "lo")
	tell("ip", "link", "add", "vcan0", "type", "vcan")
	tell("ip", "link", "set", "up", "vcan0")
	return nil
}

// tell runs a program and prints what is wrong.
func tell(name string, args ...string) {
	cmd := exec.Command(name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Printf("vm: %s: %v %s\n", filepath.Base(cmd.String()), err, out)
	}
}
