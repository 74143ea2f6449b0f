package sockaddr

import "golang.org/x/sys/unix"

// struct sockaddr_alg, linux/if_alg.h.
const (
	algTypeOff = 2
	algFeatOff = 16
	algMaskOff = 20
	algNameOff = 24
	algSize    = unix.SizeofSockaddrALG

	// ALGTypeMax and ALGNameMax are the sizes of the two texts, each with its
	// NUL.
	ALGTypeMax = algFeatOff - algTypeOff
	ALGNameMax = algSize - algNameOff
)

// ALG is what a sockaddr_alg says.
type ALG struct {
	Type, Name string
	Feat, Mask uint32
}

// SetALG makes r a sockaddr_alg. It reports false if a text is too long.
func (r *Raw) SetALG(a ALG) bool {
	if len(a.Type) >= ALGTypeMax || len(a.Name) >= ALGNameMax {
		return false
	}
	r.start(unix.AF_ALG, algSize)
	copy(r.B[algTypeOff:], a.Type)
	r.put32(algFeatOff, a.Feat)
	r.put32(algMaskOff, a.Mask)
	copy(r.B[algNameOff:], a.Name)
	return true
}

// ALG reads a sockaddr_alg; ok is false if r is too short to be one.
func (r *Raw) ALG() (a ALG, ok bool) {
	if r.Len < algNameOff {
		return a, false
	}
	a = ALG{
		Type: r.text(algTypeOff, ALGTypeMax),
		Name: r.text(algNameOff, ALGNameMax),
		Feat: r.get32(algFeatOff),
		Mask: r.get32(algMaskOff),
	}
	return a, true
}
