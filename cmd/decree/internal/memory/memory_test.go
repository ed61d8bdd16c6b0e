package memory

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSize(t *testing.T) {
	s := Default
	assert.Equal(t, "1.0 GiB", s.String())
	assert.Equal(t, "size", s.Type())
	require.NoError(t, s.Set("512MiB"))
	assert.EqualValues(t, 512<<20, s)
	assert.EqualError(t, s.Set("much"), "write a size such as 512MiB or 4GiB")
	assert.EqualError(t, s.Set("1KiB"), "1KiB is out of range: the minimum is 16 MiB")
	assert.ErrorContains(t, s.Set("9EiB"), "out of range")
	assert.EqualValues(t, 512<<20, s, "a size that is refused changes nothing")
}

// garbagePercent is the garbage that the collector leaves, in percent of what is kept.
func garbagePercent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func TestPhases(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}()
	Short()
	assert.Equal(t, 400, debug.SetGCPercent(100))
	loaded := Loading()
	assert.EqualValues(t, loadingMemory, debug.SetMemoryLimit(-1))
	runtime.GC()
	loaded()
	assert.Equal(t, limit, debug.SetMemoryLimit(-1))
	assert.Equal(t, 100, debug.SetGCPercent(100))
	finishing := Limit(64 << 20)
	assert.EqualValues(t, 200, garbagePercent(), "little is kept")
	assert.Greater(t, debug.SetMemoryLimit(-1), int64(64<<20)+collectorRoom)
	assert.Less(t, debug.SetMemoryLimit(-1), int64(math.MaxInt64))
	kept := make([]byte, 2*littleKept)
	runtime.GC()
	require.Eventually(t, func() bool { return garbagePercent() == 100 }, time.Minute, time.Millisecond, "much is kept")
	runtime.KeepAlive(kept)
	finishing()
	assert.Less(t, debug.SetGCPercent(100), 100)
}

// TestLoadingLimit: the collector keeps loading small, and has room where more is kept.
func TestLoadingLimit(t *testing.T) {
	assert.EqualValues(t, loadingMemory, loadingLimit(100<<20))
	assert.EqualValues(t, 900<<20, loadingLimit(500<<20))
	assert.EqualValues(t, 3<<30, loadingLimit(2<<30))
}

// TestGarbageBeside: what events leave may take as much room as loading did, and never less than half of the rules.
func TestGarbageBeside(t *testing.T) {
	assert.Equal(t, 100, garbageBeside(loadingRoom))
	assert.Equal(t, 80, garbageBeside(500<<20))
	assert.Equal(t, 50, garbageBeside(4<<30))
}
