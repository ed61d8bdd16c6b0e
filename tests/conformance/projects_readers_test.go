package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
	"decree/tests/stories"
)

// TestProjectsInOneRun: in a run of a whole project at a time, each rule and correlation reports what it reports alone,
// although they read the same rules with lookbacks of their own. Rules that look after their events are left out: their
// correlations wait for it, which TestRunsAtATimeAreThoseOfABacktest of the engine tries.
func TestProjectsInOneRun(t *testing.T) {
	t.Parallel()
	reported := map[bool]int{} // of correlations, of rules
	for round := range fixture.Times[uint64](2, 20) {
		a := newProjectAuthor(seedOf(t), round)
		a.meeting = true
		w := projectWorlds(t, a)["mde"]()
		a.crowded = false
		story := a.story()
		for range 10 {
			p := a.project(t)
			if p == nil || strings.Contains(p.text, "within:") || strings.Contains(p.text, "after:") {
				continue
			}
			for _, now := range projectRuns {
				known := &stories.Story{Verdicts: story.Verdicts, Processes: slices.DeleteFunc(slices.Clone(story.Processes), func(one *stories.Process) bool { return one.At.After(now) })}
				got := map[string][]string{}
				for _, r := range w.results(t, p, known, now) {
					got[r.Rule.Source.Title] = append(got[r.Rule.Source.Title], r.EventID)
				}
				rules := w.engine(t, p, known, now)
				for title, ids := range got {
					want := rules[title]
					for _, c := range p.correlations {
						if c.Source.Body.Title == title {
							want = w.reported(t, p, c, known, now)
						}
					}
					slices.Sort(want)
					slices.Sort(ids)
					require.Equal(t, slices.Compact(want), slices.Compact(ids), "%s of %s at %s\n%s", title, p.text, now, listed(known))
					reported[rules[title] == nil] += len(ids)
				}
			}
		}
	}
	assert.Greater(t, reported[true], 50)
	assert.Greater(t, reported[false], 50)
}
