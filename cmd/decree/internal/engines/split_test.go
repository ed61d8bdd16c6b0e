package engines

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/engine"
)

// TestSplit: a correlation is split where a model runs some of its rules and none runs all of them. Its finding names
// the shipped data models that have all of its log sources.
func TestSplit(t *testing.T) {
	for other, hint := range map[string]string{
		"product: linux, category: process_creation": "a run in which all events are of one of these data models can: ",
		"product: nobody, service: nothing":          "no shipped data model has the log sources of all its rules",
	} {
		clitest.Files(t, "-- c.yml --\ntitle: C\ncorrelation: {type: temporal, rules: [a, b], group-by: [User], timespan: 1h}\n---\ntitle: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n---\ntitle: B\nname: b\nlogsource: {"+other+"}\ndetection: {s: {Image: x}, condition: s}\n")
		s, _, _ := clitest.Streams("")
		loaded, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"c.yml"}})
		require.NoError(t, err)
		opt := engine.Options{Correlations: loaded.LoweredCorrelations()}
		split := New(loaded.Lowered(), models(t, "windows"), opt, false)
		assert.True(t, split.Split(), other)
		at := 0
		for at < len(split.Found) && split.Found[at].Code != notRun {
			at++
		}
		require.Less(t, at, len(split.Found), other)
		assert.Contains(t, split.Found[at].Hint, hint, other)
		assert.False(t, New(loaded.Lowered(), models(t, "cloud"), opt, false).Split(), "no rule of it is run")
	}
	clitest.Files(t, "-- c.yml --\ntitle: C\ncorrelation: {type: temporal, rules: [a, b], group-by: [User], timespan: 1h}\n---\ntitle: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n---\ntitle: B\nname: b\nlogsource: {product: linux, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n")
	s, _, _ := clitest.Streams("")
	loaded, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"c.yml"}})
	require.NoError(t, err)
	opt := engine.Options{Correlations: loaded.LoweredCorrelations()}
	for want, all := range map[string][]string{
		"":                         {"mde"},
		"windows has only some of": {"windows", "mde"},
		"windows, linux has only":  {"windows", "mde", "linux", "cloud"},
		" ":                        {"mde", "cloud"}, // nothing of it is an event of the other
	} {
		es := New(loaded.Lowered(), models(t, all...), opt, false)
		assert.False(t, es.Split(), "one model runs all of it")
		assert.Empty(t, es.Misnamed())
		assert.Empty(t, es.Uncountable())
		var told []string
		for _, d := range es.Found {
			if d.Code == notRun {
				told = append(told, d.Message)
			}
		}
		if want = strings.TrimSpace(want); want == "" {
			assert.Empty(t, told, all)
			continue
		}
		require.Len(t, told, 1, all)
		assert.Contains(t, told[0], want)
	}
}

// TestCorrelationsOfOtherProducts: a correlation of whose log sources the data models have none is one of the rules
// that are not run, as a collection has many. It is said once.
func TestCorrelationsOfOtherProducts(t *testing.T) {
	clitest.Files(t, "-- c.yml --\ntitle: C\ncorrelation: {type: temporal, rules: [a, b], group-by: [User], timespan: 1h}\n---\ntitle: A\nname: a\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}\n---\ntitle: B\nname: b\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: x}, condition: s}\n")
	s, _, _ := clitest.Streams("")
	loaded, err := ruleset.Load(s, &project.Project{}, ruleset.Selection{Paths: []string{"c.yml"}})
	require.NoError(t, err)
	opt := engine.Options{Correlations: loaded.LoweredCorrelations()}
	for model, want := range map[string][]string{
		"linux":   {"no-log-source", "no-log-source", "no-log-source"}, // both rules and the correlation
		"windows": {"no-log-source", notRun},
	} {
		var codes []string
		for _, d := range New(loaded.Lowered(), models(t, model), opt, false).Found {
			codes = append(codes, d.Code)
		}
		assert.ElementsMatch(t, want, codes, model)
	}
}
