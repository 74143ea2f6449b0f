//go:build linux && amd64

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// accelerator returns kvm where a kernel runs under it. There are machines that
// have /dev/kvm and on which a guest comes to no end. The trial is a kernel that
// has no first process: it panics, and restarts, which ends QEMU.
func accelerator(k kernel) string {
	const limit = 10 * time.Second
	f, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err == nil {
		f.Close()
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		_, err = qemu(ctx, k, "kvm", "panic=-1").Output()
		err = errors.Join(err, ctx.Err())
	}
	if err != nil {
		fmt.Println("vm: no KVM:", err)
		return "tcg"
	}
	return "kvm"
}

// qemu is a machine that runs k, with the console on its standard output.
func qemu(ctx context.Context, k kernel, accel, parameters string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "qemu-system-x86_64", append([]string{
		"-accel", accel, "-cpu", "max,-arch-capabilities", "-smp", "2", "-m", "2048",
		"-kernel", k.image(), "-append", "console=ttyS0 " + parameters,
		"-display", "none", "-serial", "stdio", "-monitor", "none", "-nic", "none", "-no-reboot",
	}, args...)...)
}

// boot starts the machine and judges what its tests print.
func boot(o options, k kernel, initrd string) error {
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	level := "loglevel=1"
	if o.verbose {
		level = "loglevel=7"
	}
	fmt.Printf("vm: Linux %s under %s\n", k.version, o.accel)
	machine := qemu(ctx, k, o.accel, "panic=-1 "+level, "-initrd", initrd,
		"-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap")
	machine.Stderr = os.Stderr
	events := exec.Command("go", "tool", "test2json")
	console, err := machine.StdoutPipe()
	if err != nil {
		return err
	}
	events.Stdin, events.Stderr = console, os.Stderr
	stream, err := events.StdoutPipe()
	if err != nil {
		return err
	}
	if err := errors.Join(machine.Start(), events.Start()); err != nil {
		return err // and with this program those that have started end
	}
	r, err := follow(stream, o.verbose)
	if err := errors.Join(err, events.Wait(), machine.Wait(), ctx.Err()); err != nil {
		return fmt.Errorf("the machine: %w", err)
	}
	return r.judge()
}
