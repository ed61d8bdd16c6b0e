package progress

import (
	"testing"

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
		bar := Bar(s, "events", 10, c.quiet)
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
