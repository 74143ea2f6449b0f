package compare

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/socket/bench/internal/peer"
	"example.com/socket/bench/internal/work"
)

// The peers in the order in which they are run, the library first.
var peerNames = []string{peer.Ours, "net", "net bare", "x/sys", "raw Go", "mdlayher", "C", "CPython"}

// someWorks are the peers that do only the works that name them.
var someWorks = []string{"net bare", "raw Go"}

// A Work is one thing that is measured through every peer that can do it.
type Work struct {
	Key     string // its letter first
	Name    string
	Spec    work.Spec
	Metrics []Metric
	Peers   []string           // those that do it, nil for all but someWorks
	Targets map[string]float64 // what ours/theirs has to be at most
	Chart   bool               // drawn in the chart
}

// A Metric is one amount of a result. Less is better.
type Metric struct {
	Key, Name string
	Unit      unit
	Target    bool // the work's targets are for it
}

// Letter is the group that -only chooses.
func (w Work) Letter() string { return w.Key[:1] }

func (w Work) does(name string) bool {
	if w.Peers == nil {
		return !slices.Contains(someWorks, name)
	}
	return slices.Contains(w.Peers, name)
}

// A scale sets how much is done.
type scale struct {
	time     time.Duration
	many     int // connections that echo at once, at most
	idle     int // connections that lie idle
	fileSize int
	connects int
}

var (
	fullScale  = scale{300 * time.Millisecond, 1000, 10000, 256 << 20, 5000}
	quickScale = scale{8 * time.Millisecond, 100, 200, 8 << 20, 100}
)

// neverHit is the timeout that is set on every socket of group j.
const neverHit = 5 * time.Second

type targets = map[string]float64

var (
	perCall    = []Metric{{Key: "ns", Unit: duration, Target: true}}
	perMessage = []Metric{
		{Key: "ns", Name: "a message", Unit: duration, Target: true},
		{Key: "cpu", Name: "CPU a message", Unit: duration, Target: true},
	}
	perRequest = []Metric{
		{Key: "ns", Name: "a request", Unit: duration, Target: true},
		{Key: "cpu", Name: "CPU of the server", Unit: duration},
	}
	perMiB       = []Metric{{Key: "ns", Name: "a MiB", Unit: duration, Target: true}}
	perAllocated = []Metric{
		{Key: "ns", Unit: duration},
		{Key: "allocs", Name: "allocations", Unit: count},
		{Key: "bytes", Name: "allocated", Unit: memory},
	}
	perEvent = []Metric{
		{Key: "ns", Unit: duration, Target: true},
		{Key: "few", Name: "with 10", Unit: duration},
		{Key: "growth", Name: "times that of 10", Unit: count},
	}
	perIdle = []Metric{
		{Key: "rss", Name: "resident memory each", Unit: memory, Target: true},
		{Key: "heap", Name: "heap each", Unit: memory},
		{Key: "stack", Name: "stack each", Unit: memory},
		{Key: "threads", Name: "threads in all", Unit: count},
	}
)

// catalog returns the works in the order in which they are run.
func catalog(s scale, file string) []Work {
	works := roundTrips()
	for _, n := range []int{1, min(64, s.many), s.many} {
		works = append(works, Work{
			Key: fmt.Sprint("d", n), Name: fmt.Sprintf("%d echoing at once", n),
			Spec: work.Spec{Kind: "many", N: n}, Metrics: perMessage, Chart: n > 1,
			Targets: targets{"net": 1, "mdlayher": 1, "CPython": 0.7},
		})
	}
	works = append(works, streams()...)
	works = append(works, datagrams()...)
	works = append(works, connects(s)...)
	works = append(works, Work{
		Key: "h", Name: fmt.Sprintf("SendFile of %d MiB", s.fileSize>>20),
		Spec:    work.Spec{Kind: "stream", N: s.fileSize, Mode: "file", File: file},
		Metrics: perMiB, Chart: true,
		Targets: targets{"net": 1, "mdlayher": 1, "C": 1.1},
	}, Work{
		Key: "i", Name: fmt.Sprintf("%d idle connections", s.idle),
		Spec:    work.Spec{Kind: "idle", N: s.idle},
		Metrics: perIdle, Peers: []string{peer.Ours, "net", "mdlayher"},
		Targets: targets{"net": 1},
	})
	works = append(works, withTimeout()...)
	works = append(works, Work{
		Key: "k", Name: "Recv(65536) of 64 bytes",
		Spec:    work.Spec{Kind: "recv", N: 65536},
		Metrics: perAllocated,
	})
	works = append(works, servers()...)
	works = append(works, Work{
		Key: "m", Name: fmt.Sprintf("an event of a selector with %d sockets", s.idle),
		Spec:    work.Spec{Kind: "select", N: s.idle},
		Metrics: perEvent, Peers: []string{peer.Ours, "CPython"},
		Chart: true,
	})
	for i := range works {
		works[i].complete(s)
	}
	return works
}

func (w *Work) complete(s scale) {
	w.Spec.Time = s.time
	if w.Spec.Mode == "" {
		w.Spec.Mode = "-"
	}
}

func roundTrips() []Work {
	return []Work{
		{
			Key: "a", Name: "round trip, one thread", Chart: true,
			Spec: work.Spec{Kind: "roundtrip", N: 64, Mode: "one"}, Metrics: perCall,
			Peers:   []string{peer.Ours, "net", "x/sys", "raw Go", "mdlayher", "C", "CPython"},
			Targets: targets{"net": 0.88, "x/sys": 0.85, "mdlayher": 0.85, "C": 1.04, "CPython": 0.85},
		},
		{
			Key: "b", Name: "round trip, two threads", Chart: true,
			Spec: work.Spec{Kind: "roundtrip", N: 64, Mode: "two"}, Metrics: perCall,
			Targets: targets{"net": 0.85, "x/sys": 0.45, "mdlayher": 0.85, "CPython": 0.4},
		},
		{
			Key: "c", Name: "round trip, two processes", Chart: true,
			Spec: work.Spec{Kind: "roundtrip", N: 64, Mode: "processes"}, Metrics: perCall,
			Targets: targets{"net": 0.9, "mdlayher": 0.9, "C": 1.1},
		},
	}
}

func streams() (works []Work) {
	for _, size := range []int{64 << 10, 1 << 20} {
		for _, mode := range []struct{ key, name string }{{"recv", "Recv"}, {"into", "RecvInto"}} {
			works = append(works, Work{
				Key:  fmt.Sprintf("e%d-%s", size>>10, mode.key),
				Name: fmt.Sprintf("SendAll of %d KiB, %s", size>>10, mode.name),
				Spec: work.Spec{Kind: "stream", N: size, Mode: mode.key}, Metrics: perMiB,
				Targets: targets{"net": 1, "mdlayher": 1, "C": 1.1},
				Chart:   size == 64<<10,
			})
		}
	}
	return works
}

func datagrams() (works []Work) {
	for _, size := range []int{64, 1400} {
		for _, mode := range []struct{ key, name string }{{"", "unconnected"}, {"c", "connected"}} {
			works = append(works, Work{
				Key:  fmt.Sprintf("f%d%s", size, mode.key),
				Name: fmt.Sprintf("UDP, %d bytes, %s", size, mode.name),
				Spec: work.Spec{Kind: "datagram", N: size, Mode: mode.name}, Metrics: perCall,
				Targets: targets{"net": 0.95, "x/sys": 0.85, "mdlayher": 0.8, "C": 1.1, "CPython": 0.8},
				Chart:   size == 64,
			})
		}
	}
	return works
}

func connects(s scale) []Work {
	spec := work.Spec{Kind: "connect", N: s.connects}
	return []Work{
		{
			Key: "g", Name: "connect, accept, close both", Spec: spec, Metrics: perCall, Chart: true,
			Targets: targets{"net": 0.75, "mdlayher": 0.75, "C": 1.08, "CPython": 0.9},
		},
		{
			Key: "g-bare", Name: "the same, net without options", Spec: spec, Metrics: perCall,
			Peers: []string{peer.Ours, "net bare"},
		},
	}
}

// servers returns the works of servers. The clients are this program.
func servers() []Work {
	self, _ := os.Executable() // without it the works fail, and say so
	return []Work{{
		Key: "l", Name: "threading server, 16 clients", Chart: true,
		Spec:    work.Spec{Kind: "server", N: 16, File: self},
		Metrics: perRequest, Peers: []string{peer.Ours, "net", "net bare", "CPython"},
		Targets: targets{"net": 1, "CPython": 0.25},
	}}
}

// withTimeout returns the works of group j: some of the others with a timeout.
func withTimeout() (works []Work) {
	for _, w := range append(roundTrips()[:2], datagrams()[:2]...) {
		w.Chart = w.Key == "a"
		w.Targets = nil
		if w.Key == "a" {
			w.Targets = targets{"net": 0.6, "mdlayher": 0.6, "CPython": 0.8}
		}
		w.Key = "j-" + w.Key
		w.Name += ", timeout"
		w.Spec.Timeout = neverHit
		works = append(works, w)
	}
	return works
}

// judgedByCPU has the works compared by the processor time of the process that
// measures, instead of by time.
func judgedByCPU(works []Work) {
	for i := range works {
		metrics := slices.Clone(works[i].Metrics)
		for j, m := range metrics {
			if m.Key == "ns" {
				metrics[j].Key, metrics[j].Name = "cpu", strings.TrimPrefix(m.Name+", CPU", ", ")
			}
		}
		works[i].Metrics = slices.CompactFunc(metrics, func(a, b Metric) bool { return a.Key == b.Key })
	}
}

// chosen returns the works whose letter is in only, all if that is empty.
func chosen(works []Work, only string) ([]Work, error) {
	only = strings.ReplaceAll(only, ",", "")
	if only == "" {
		return works, nil
	}
	var kept []Work
	found := ""
	for _, w := range works {
		if strings.Contains(only, w.Letter()) {
			kept = append(kept, w)
			found += w.Letter()
		}
	}
	for _, letter := range only {
		if !strings.ContainsRune(found, letter) {
			return nil, fmt.Errorf("no work has the letter %q: a to m", letter)
		}
	}
	return kept, nil
}
