package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestSourcesThatAFilterTakesAwayAreNamed: Sysmon has no SubjectUserName, so that its events are not asked.
func TestSourcesThatAFilterTakesAwayAreNamed(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	for filter, want := range map[string]int{"SubjectUserName: a": 1, "User: a": 0} {
		lowered := func(detection string) *ir.Rule {
			return lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {"+detection+"}\n  condition: s\n")
		}
		r := lowered(`Image|endswith: '\x.exe'`)
		r.Filter = &ir.Not{Term: lowered(filter).Condition}
		_, found := New([]*ir.Rule{r}, Options{Model: m})
		require.Len(t, found, want, filter)
		if want > 0 {
			require.Equal(t, "several-sources", found[0].Code)
			require.Contains(t, found[0].Message, "is not asked of sysmon_process_creation (no SubjectUserName)")
		}
	}
}

// TestNotAsked: a source without a field by which the rule itself excludes is named; what a filter takes away is not,
// nor what no source can answer.
func TestNotAsked(t *testing.T) {
	m, err := schema.Load("windows")
	require.NoError(t, err)
	for _, c := range []struct {
		detection, filter string
		want              []NotAsked
	}{
		{detection: `s: {Image: x}, no: {OriginalFileName: y}, condition: s and not no`, want: []NotAsked{{LogSource: "security_process_creation", Field: "OriginalFileName"}}},
		{detection: `s: {Image: x, CurrentDirectory: null}, condition: s`, want: []NotAsked{{LogSource: "security_process_creation", Field: "CurrentDirectory"}}},
		{detection: `s: {OriginalFileName: x}, condition: s`},
		{detection: `s: {Image: x}, no: {CommandLine: y}, condition: s and not no`},
		{detection: `s: {Image: x}, condition: s`, filter: `s: {SubjectUserName: y}, condition: s`},
	} {
		lowered := func(detection string) *ir.Rule {
			return lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {"+detection+"}\n")
		}
		r := lowered(c.detection)
		if c.filter != "" {
			r.Filter = &ir.Not{Term: lowered(c.filter).Condition}
		}
		e, _ := New([]*ir.Rule{r}, Options{Model: m})
		got := e.NotAsked()
		for i := range got {
			require.Same(t, r, got[i].Rule)
			got[i].Rule = nil
		}
		require.Equal(t, c.want, got, c.detection)
	}
}

// TestWhatASourceCannotBeAskedIsNamed with the reason, whether the rule asks the test or excludes by it; not if the
// source is asked for the rest of the rule, or if no source answers.
func TestWhatASourceCannotBeAskedIsNamed(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	named := []NotAsked{{LogSource: "security_process_creation", Field: "User", Why: "the domain and the name of User are in two columns: a pattern cannot span both"}}
	for detection, want := range map[string][]NotAsked{
		"s: {User|re: a.b}, condition: s":                            named,
		"s: {Image: x}, no: {User|re: a.b}, condition: s and not no": named,
		"s: {Image: x}, p: {User|re: a.b}, condition: s or p":        nil,
		"s: {User: x}, condition: s":                                 nil,
	} {
		r := lowered.Rule(t, "detection: {"+detection+"}\n")
		e, _ := New([]*ir.Rule{r}, Options{Model: m})
		got := e.NotAsked()
		for i := range got {
			got[i].Rule = nil
		}
		require.Equal(t, want, got, detection)
	}
}
