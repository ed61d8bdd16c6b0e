package evaluation

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

func parse(t *testing.T, args ...string) Flags {
	t.Helper()
	var f Flags
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	f.AddTo(cmd)
	cmd.SetArgs(append([]string{}, args...))
	require.NoError(t, cmd.Execute())
	return f
}

func TestOptions(t *testing.T) {
	clitest.Files(t, "-- known.csv --\nsha1,GlobalPrevalence\naa,5\n")
	f := parse(t)
	opt, err := f.Options()
	require.NoError(t, err)
	assert.Equal(t, DefaultModel, opt.Model.Name)
	assert.Nil(t, opt.Reputation)
	assert.True(t, opt.Now.IsZero())
	f = parse(t, "-m", "mde", "--reputation", "known.csv", "--now", "2026-03-02T12:00:00Z", "--filters", "dir")
	opt, err = f.Options()
	require.NoError(t, err)
	assert.Equal(t, "mde", opt.Model.Name)
	assert.NotNil(t, opt.Reputation)
	assert.Equal(t, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), opt.Now)
	assert.Equal(t, "dir", f.Filters.Dir)
}

func TestWrongOptions(t *testing.T) {
	clitest.Files(t, "-- x --\n")
	for want, args := range map[string][]string{
		`unknown model "mdee"`: {"-m", "mdee"},
		"none.yml":             {"--model-file", "none.yml"},
		"none.csv":             {"--reputation", "none.csv"},
		"--now yesterday is not an RFC 3339 time: write it as 2026-03-02T12:00:00Z": {"--now", "yesterday"},
	} {
		f := parse(t, args...)
		_, err := f.Options()
		assert.ErrorContains(t, err, want)
	}
}
