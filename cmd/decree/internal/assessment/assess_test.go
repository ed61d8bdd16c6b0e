package assessment

import (
	"io"
	"testing"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheLibrarysTestsNoticeEveryChange asks of the library what it recommends.
func TestTheLibrarysTestsNoticeEveryChange(t *testing.T) {
	set, err := ruleset.Load(&stdio.Streams{Err: io.Discard}, nil, ruleset.Filters{}, ruleset.Lists{})
	require.NoError(t, err)
	tests, err := ruletests.Load(set, nil)
	require.NoError(t, err)
	all, err := (&Flags{coverage: true, mutate: true}).Assess(tests)
	require.NoError(t, err)
	require.Len(t, all, len(set.Rules), "every rule has tests")
	for _, a := range all {
		for _, g := range a.Coverage.Goals {
			assert.True(t, g.Met, "%s: %s: %s", a.Rule, g.At, g.What)
		}
		for _, m := range a.Mutation.Survivors {
			t.Errorf("%s: %s: %s", a.Rule, m.At, m.Change)
		}
		assert.Positive(t, a.Mutation.Killed)
	}
}
