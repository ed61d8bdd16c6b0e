package conformance

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TestSPLAgreesOnRegressionData runs every public rule that has a search on the events that Splunk would hold of those
// recorded, by the engine and by the search. They find the same, rule by rule. The engine knows no sources: it is asked
// of those that the rule's table names.
func TestSPLAgreesOnRegressionData(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	var events []doc
	sources := map[string]string{}
	for _, r := range recordings(t, 200) {
		e := r.splunk(t)
		events = append(events, e)
		sources[r.id] = strings.ToLower(e["source"].(string))
	}
	rows := splRows(t, events)
	var compiled []*ir.Rule
	var queries []*compilers.Query
	for _, r := range corpusRules(t) {
		if q, _ := spl.New().Compile(r, compilers.Options{Model: m}); q != nil {
			compiled, queries = append(compiled, r), append(queries, q)
		}
	}
	wanted := found(t, m, compiled, writeEvents(t, events))
	matched, matches := 0, 0
	for i, r := range compiled {
		ls := r.Source.LogSource
		table := strings.ToLower(m.Find(ls.Category, ls.Product, ls.Service)[0].Table)
		want := slices.DeleteFunc(wanted[r], func(id string) bool { return !strings.Contains(table, `"`+sources[id]+`"`) })
		got := splFound(queries[i].Text, rows, &splWorld{}, "RecordID")
		assert.ElementsMatch(t, want, got, "%s\n%s", r.Source.Title, queries[i].Text)
		matches += len(want)
		if len(want) > 0 {
			matched++
		}
	}
	t.Logf("%d rules on %d events: %d rules match, %d matches", len(compiled), len(events), matched, matches)
	assert.GreaterOrEqual(t, matched, 100)
}

// TestSplunkKeepsWhatWindowsWrote runs the same rules on the events as Windows wrote them: what the add-ons make of the
// events and what the model makes of the rules together lose nothing.
func TestSplunkKeepsWhatWindowsWrote(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	windows, err := schema.Load("windows")
	require.NoError(t, err)
	windows.ID = []string{"event.id"}
	var raw, events []doc
	sources := map[string]string{}
	for _, r := range recordings(t, 10) {
		e := r.splunk(t)
		raw, events = append(raw, r.raw()), append(events, e)
		sources[r.id] = strings.ToLower(e["source"].(string))
	}
	rs := slices.DeleteFunc(corpusRules(t), func(r *ir.Rule) bool {
		q, _ := spl.New().Compile(r, compilers.Options{Model: m})
		return q == nil || r.Source.LogSource.Product != "windows"
	})
	before, after := found(t, windows, rs, writeEvents(t, raw)), found(t, m, rs, writeEvents(t, events))
	matches := 0
	for _, r := range rs {
		ls := r.Source.LogSource
		table := strings.ToLower(m.Find(ls.Category, ls.Product, ls.Service)[0].Table)
		elsewhere := func(id string) bool { return !strings.Contains(table, `"`+sources[id]+`"`) } // 4688 is no event of Sysmon's
		want := slices.DeleteFunc(before[r], elsewhere)
		assert.ElementsMatch(t, want, slices.DeleteFunc(after[r], elsewhere), r.Source.Title)
		matches += len(want)
	}
	t.Logf("%d rules on %d events, %d matches", len(rs), len(events), matches)
	assert.NotZero(t, matches)
}

// TestWholeNumbersAreWrittenInOneWay holds the columns to what the base search relies on: what Windows puts in those of
// the type int, if it is a number at all, are digits alone, without zeros before them.
func TestWholeNumbersAreWrittenInOneWay(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	names := map[string]bool{}
	for _, s := range m.Sources {
		for _, c := range s.Fields {
			if c.Type == schema.Int {
				names[c.Name] = true
			}
		}
	}
	seen := map[string]int{}
	for _, r := range recordings(t, 10) {
		for name, v := range r.splunk(t) {
			if text, ok := v.(string); ok && names[name] {
				if n, err := strconv.ParseFloat(text, 64); err == nil {
					assert.Equal(t, strconv.FormatFloat(n, 'f', -1, 64), text, name)
					seen[name]++
				}
			}
		}
	}
	for name := range names {
		assert.NotZero(t, seen[name], "%s: not one recorded", name)
	}
}
