package assessment

import (
	"io"
	"slices"
	"testing"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/tests/fixture"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheLibrarysTestsNoticeEveryChange asks of the library what it recommends: by default of one rule, since each
// change of a rule is run.
func TestTheLibrarysTestsNoticeEveryChange(t *testing.T) {
	set, err := ruleset.Load(&stdio.Streams{Err: io.Discard}, &project.Project{}, ruleset.Selection{Library: true})
	require.NoError(t, err)
	tests := ruletests.Load(set, nil)
	require.Len(t, tests.Tested, len(set.Whole()), "every rule has tests")
	tests.Tested = slices.DeleteFunc(tests.Tested, func(r ruletests.Tested) bool { return r.Rule.Correlation != nil }) // these are not measured
	tests.Tested = tests.Tested[:fixture.Times(1, len(tests.Tested))]
	all, err := (&Flags{coverage: true, mutate: true}).Assess(tests)
	require.NoError(t, err)
	require.Len(t, all, len(tests.Tested))
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
