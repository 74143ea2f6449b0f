//go:build linux && amd64

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// A kernel is one of Debian's that has been unpacked.
type kernel struct {
	version string // as uname -r prints it
	root    string // the directory that holds its boot and lib
}

func (k kernel) image() string { return filepath.Join(k.root, "boot/vmlinuz-"+k.version) }

// imagePackage finds in apt-cache's answer the package that the metapackage stands
// for.
var imagePackage = regexp.MustCompile(`Depends: (linux-image-(\d\S+))`)

// findKernel returns the newest kernel that the archive has, from the cache if it
// is there.
func findKernel(cache string) (kernel, error) {
	text, err := output("", "apt-cache", "depends", "linux-image-amd64")
	if err != nil {
		return kernel{}, err
	}
	found := imagePackage.FindStringSubmatch(text)
	if found == nil {
		return kernel{}, fmt.Errorf("the archive has no linux-image-amd64 (try apt-get update):\n%s", text)
	}
	k := kernel{version: found[2], root: filepath.Join(cache, found[2])}
	if _, err := os.Stat(k.image()); err == nil {
		return k, nil
	}
	return k, k.unpack(found[1])
}

// unpack downloads the package and unpacks it. The directory gets its name when
// all is done.
func (k kernel) unpack(name string) error {
	if err := os.MkdirAll(filepath.Dir(k.root), 0o755); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(k.root), "new")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	if _, err := output(scratch, "apt-get", "download", "-q", name); err != nil {
		return err
	}
	packages, err := filepath.Glob(filepath.Join(scratch, "*.deb"))
	if err != nil || len(packages) != 1 {
		return fmt.Errorf("apt-get download %s left the packages %q, want one (%w)", name, packages, err)
	}
	root := filepath.Join(scratch, "root")
	if _, err := output("", "dpkg-deb", "-x", packages[0], root); err != nil {
		return err
	}
	// The package leaves the list of dependencies to its installation.
	if _, err := output("", "depmod", "-b", root, k.version); err != nil {
		return err
	}
	return os.Rename(root, k.root)
}

var insmod = regexp.MustCompile(`(?m)^insmod (\S+)`)

// modules returns the files of modules and of what they depend on, in the order
// in which they have to be loaded.
func (k kernel) modules(names ...string) ([]string, error) {
	var files []string
	seen := make(map[string]bool)
	for _, name := range names {
		text, err := output("", "modprobe", "-d", k.root, "-S", k.version, "--show-depends", name)
		if err != nil {
			return nil, err
		}
		for _, line := range insmod.FindAllStringSubmatch(text, -1) {
			if !seen[line[1]] {
				seen[line[1]] = true
				files = append(files, line[1])
			}
		}
	}
	return files, nil
}
