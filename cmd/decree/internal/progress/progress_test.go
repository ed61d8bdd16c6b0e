package progress

import (
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

func TestOnlyATerminalShowsABar(t *testing.T) {
	for _, c := range []struct {
		name            string
		terminal, quiet bool
		shown           bool
	}{{"a file", false, false, false}, {"a terminal", true, false, true}, {"quiet", true, true, false}} {
		s, out, errs := clitest.Streams("")
		s.ErrTerminal = c.terminal
		bar := newBar(s, "events", 10, c.quiet)
		require.NoError(t, bar.RenderBlank())
		assert.Equal(t, c.shown, errs.Len() > 0, c.name)
		assert.Empty(t, out.String())
	}
}

func TestFewStepsNeedNoBar(t *testing.T) {
	for total, shown := range map[int]bool{quick - 1: false, quick: true} {
		s, _, errs := clitest.Streams("")
		s.ErrTerminal = true
		step, end := Steps(s, "files", total)
		for range total {
			step()
		}
		end()
		assert.Equal(t, shown, errs.Len() > 0, total)
	}
}

// TestTheBarOfFilesFitsATerminal: it tells how much of all is read, which file, and how many matches there are.
func TestTheBarOfFilesFitsATerminal(t *testing.T) {
	for name, sizes := range map[string][]int64{"known": {150e6, 999_900_000_000, 5}, "unknown": {-1, 5, 5}} {
		s, _, errs := clitest.Streams("")
		s.ErrTerminal = true
		bar := NewFiles(s, sizes, false)
		bar.Begin("first.evtx")
		require.NoError(t, bar.Read(100e6, 1))
		bar.Begin("folder/A file \u202e with a very long name.evtx")
		for i := range 3 {
			bar.shown = time.Time{}
			time.Sleep(often + time.Millisecond)
			require.NoError(t, bar.Read(int64(i)*300e9+500, 123456))
		}
		bar.shown = time.Time{}
		require.NoError(t, bar.Read(2e12, 1), "a file that grew")
		require.NoError(t, bar.Finish())
		for line := range strings.SplitSeq(errs.String(), "\r") {
			assert.LessOrEqual(t, uniseg.StringWidth(line), 80, line)
		}
		assert.Contains(t, errs.String(), "2/3 A", name)
		assert.Contains(t, errs.String(), "123456 matches", name)
		assert.NotContains(t, errs.String(), "\u202e", name)
		assert.Equal(t, name == "known", strings.Contains(errs.String(), "%"), name)
	}
}

func TestTheBarOfEmptyFilesHasNoError(t *testing.T) {
	s, _, _ := clitest.Streams("")
	s.ErrTerminal = true
	for _, sizes := range [][]int64{{0}, {}, nil} {
		bar := NewFiles(s, sizes, false)
		for range sizes {
			bar.Begin("x")
			require.NoError(t, bar.Read(0, 0))
		}
		require.NoError(t, bar.Finish())
	}
}
