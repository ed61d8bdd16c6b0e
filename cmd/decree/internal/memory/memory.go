// Package memory bounds what a command keeps: a flag for sizes, and what the garbage collector is told in each phase.
package memory

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"

	"github.com/dustin/go-humanize"
)

// Size is the value of a flag that takes a size, as 512MiB or 1GiB.
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

// loadingMemory is what loading rules may take before the garbage collector works harder.
const loadingMemory = 3 << 30

// Loading tells the garbage collector that what is made now is mostly kept: to look for garbage less often meanwhile takes
// a quarter off the time. The function it gives ends that.
func Loading() (loaded func()) {
	usual, limit := debug.SetGCPercent(400), debug.SetMemoryLimit(loadingMemory)
	return func() {
		debug.SetGCPercent(usual)
		debug.SetMemoryLimit(limit)
	}
}

// collectorRoom is how much garbage may lie about beside what is kept, before the collector works harder.
const collectorRoom = 512 << 20

// Limit tells the garbage collector how much a run may keep beside what is loaded already.
func Limit(keep Size) {
	var now runtime.MemStats
	if runtime.ReadMemStats(&now); now.HeapAlloc > loadingMemory/2 {
		runtime.GC() // so that what loading left over does not count
		runtime.ReadMemStats(&now)
	}
	debug.SetMemoryLimit(int64(now.HeapAlloc) + int64(keep) + collectorRoom)
}

// Finishing bounds what results take while they are made, beside what waited for the end. That is large, and most of it without
// pointers: to look for garbage more often costs little.
func Finishing() { debug.SetGCPercent(40) }
