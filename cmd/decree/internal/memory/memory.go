// Package memory bounds the memory of a command: a flag for sizes, and settings of the garbage collector for each
// phase.
package memory

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"

	"github.com/dustin/go-humanize"
)

// Size is the value of a flag that takes a size in bytes, such as 512MiB or 1GiB.
type Size int64

const (
	Default     Size = 1 << 30
	leastMemory Size = 16 << 20
)

// String gives the size with its unit.
func (b *Size) String() string { return humanize.IBytes(uint64(*b)) }

// Set reads a size with its unit.
func (b *Size) Set(text string) error {
	n, err := humanize.ParseBytes(text)
	if err != nil {
		return errors.New("write a size such as 512MiB or 4GiB")
	}
	if n < uint64(leastMemory) || n > math.MaxInt64/2 {
		return fmt.Errorf("%s is out of range: the minimum is %s", text, humanize.IBytes(uint64(leastMemory)))
	}
	*b = Size(n)
	return nil
}

// Type names the value in the help.
func (b *Size) Type() string { return "size" }

// loadingMemory is the memory for loading rules, in bytes. Beyond it the garbage collector works harder, unless what is
// kept needs most of it.
const loadingMemory = 800 << 20

// Short tells the garbage collector that the command ends soon, and keeps most of what it makes. Collecting less often
// saves up to half of its time.
func Short() { debug.SetGCPercent(400) }

// Loading tells the garbage collector that most of what is made now is kept. Collecting less often saves a quarter of
// the loading time. Call loaded when loading ends.
func Loading() (loaded func()) {
	usual, limit := debug.SetGCPercent(400), debug.SetMemoryLimit(loadingMemory)
	g := &growth{}
	g.watch(func(live uint64) bool {
		debug.SetMemoryLimit(loadingLimit(live))
		return true
	})
	return func() {
		g.Lock()
		defer g.Unlock()
		g.ended = true
		debug.SetGCPercent(usual)
		debug.SetMemoryLimit(limit)
	}
}

// growth adapts the collector as what is kept grows: the limit of loading, so that it does not run all the time near
// that.
type growth struct {
	sync.Mutex
	ended bool
}

// watch calls adapt after each collection with the bytes that are kept, until that is false or the growth has ended.
func (g *growth) watch(adapt func(live uint64) bool) {
	runtime.SetFinalizer(new(collected), func(*collected) {
		g.Lock()
		defer g.Unlock()
		if g.ended {
			return
		}
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		if adapt(live[0].Value.Uint64()) {
			g.watch(adapt)
		}
	})
}

// loadingRoom is the memory for what is not kept, in bytes, while more is kept than half of loadingMemory. Rules are
// small and of many sizes, so most of it is gaps between what is kept.
const loadingRoom = 400 << 20

// loadingLimit is the limit while rules are loaded, given what is kept of them. Both are in bytes.
func loadingLimit(live uint64) int64 {
	return max(loadingMemory, int64(live)+max(loadingRoom, int64(live/2)))
}

// collected is made to be collected. It has a pointer, since tiny objects without one may stay.
type collected struct{ _ *collected }

// collectorRoom is the memory for garbage, in bytes. Beyond it the collector works harder.
const collectorRoom = 512 << 20

// littleKept is so little memory, in bytes, that twice as much garbage may lie beside it.
const littleKept = 100 << 20

// garbageBeside is how much garbage of events may lie beside rules, in percent of the bytes that those keep: as much as
// while they were loaded. Every collection goes through all that is kept, which takes a second for some 500 MB.
func garbageBeside(kept uint64) int { return max(50, int(100*loadingRoom/kept)) }

// Limit tells the garbage collector how much a run may keep, beside what is already loaded. Call finishing when all
// events are read.
func Limit(keep Size) (finishing func()) {
	var now runtime.MemStats
	g := &growth{}
	if runtime.ReadMemStats(&now); now.HeapAlloc > loadingMemory/2 {
		runtime.GC() // garbage of loading does not count
		runtime.ReadMemStats(&now)
		debug.SetGCPercent(garbageBeside(now.HeapAlloc))
	} else {
		usual := debug.SetGCPercent(200)
		g.watch(func(live uint64) bool {
			if live <= littleKept {
				return true
			}
			debug.SetGCPercent(usual)
			return false
		})
	}
	debug.SetMemoryLimit(int64(now.HeapAlloc) + int64(keep) + collectorRoom)
	return func() {
		g.Lock()
		defer g.Unlock()
		g.ended = true
		debug.SetGCPercent(finishingPercent)
	}
}

// finishingPercent keeps garbage small while results are made at the end of the input. What waited for the end is large
// and has few pointers, so collecting more often costs little.
const finishingPercent = 40
