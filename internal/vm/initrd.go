//go:build linux && amd64

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// What the machine's first process finds in its root directory.
const (
	jobFile    = "job.json"
	moduleFile = "%02d.ko"
)

// A job is what the machine has to do.
type job struct {
	Early   int      // so many modules lie beside, to be loaded in order
	Dir     string   // where to run
	Args    []string // what
	Env     []string
	Modules string // what is to be /lib/modules
}

// writeInitrd writes the machine's first file system: this program as its init,
// the modules that reach the host's files, and the job.
func writeInitrd(path string, k kernel, j job) error {
	var a archive
	early, err := k.modules("virtio_pci", "9pnet_virtio", "9p", "overlay")
	if err != nil {
		return err
	}
	j.Early = len(early)
	for i, module := range early {
		if err := a.copy(fmt.Sprintf(moduleFile, i), module); err != nil {
			return err
		}
	}
	if err := a.copy("init", "/proc/self/exe"); err != nil {
		return err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	a.add(jobFile, text)
	return os.WriteFile(path, a.bytes(), 0o600)
}

// archive is a cpio archive of the format that the kernel unpacks: its
// Documentation/driver-api/early-userspace/buffer-format.rst.
type archive struct{ buf bytes.Buffer }

// regular is the mode of a plain file that may be executed, S_IFREG and 0755.
const regular = 0o100755

func (a *archive) add(name string, data []byte) {
	// inode, mode, owner, group, links, time, size, device and node twice, length of the name, check
	fmt.Fprintf(&a.buf, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
		a.buf.Len(), regular, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name)+1, 0, name)
	a.pad()
	a.buf.Write(data)
	a.pad()
}

func (a *archive) pad() { a.buf.Write(make([]byte, -a.buf.Len()&3)) }

func (a *archive) copy(name, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	a.add(name, data)
	return nil
}

func (a *archive) bytes() []byte {
	a.add("TRAILER!!!", nil)
	return a.buf.Bytes()
}
