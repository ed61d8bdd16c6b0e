package conformance

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// readFields are the lines of a correlation that name fields.
var readFields = regexp.MustCompile(`(?m)^  (?:group-by|aliases|condition): .*$`)

// correlationByExtracts makes up a correlation that groups by and counts extracts in place of fields, with its rules
// before it.
func correlationByExtracts(t *testing.T, r *rand.Rand, others string) (text string, rs []*ir.Rule, cs []*ir.Correlation) {
	t.Helper()
	text = readFields.ReplaceAllStringFunc(splRandomCorrelation(r), func(line string) string {
		return strings.NewReplacer("U", "P", "W", "Q").Replace(line)
	})
	text = regexp.MustCompile(`(?m)^detection: `).ReplaceAllStringFunc(others, func(section string) string { return extractsOf(r) + section }) + text
	read, found := parse.Documents("rule.yml", []byte(text), nil)
	require.Empty(t, found, text)
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.Empty(t, found, text)
	lowered := filteredInputs(t, read.Rules)
	for _, rule := range read.Rules {
		rs = append(rs, lowered[rule])
	}
	cs, found = ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found, text)
	return text, rs, cs
}

// correlationFound are the ids of the events by which the engine completes the last of some correlations, sorted.
func correlationFound(t *testing.T, rs []*ir.Rule, cs []*ir.Correlation, lines string, m *schema.Model) []string {
	t.Helper()
	e, found := engine.New(rs, engine.Options{Correlations: cs, Model: m})
	require.Empty(t, found)
	in, err := event.NewReader("x.ndjson", strings.NewReader(lines), event.Options{})
	require.NoError(t, err)
	require.NoError(t, e.Run(in, "x", 1, nil))
	results, _, err := e.Finish()
	require.NoError(t, err)
	ids := []string{}
	for _, found := range results {
		if found.Rule.Source == cs[len(cs)-1].Source.Body {
			ids = append(ids, found.EventID)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestKQLCorrelatesByExtracts runs queries of random correlations that group by and count extracted values.
func TestKQLCorrelatesByExtracts(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := kqlEvents()
	matched := 0
	for round := range fixture.Times[uint64](1, 2) {
		events := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 91))))
		lines := kqlRows(t, events)
		rec := eventsTable(t, m, events, "Event")
		var all []finding
		for seed := range uint64(12) {
			text, rs, cs := correlationByExtracts(t, rand.New(rand.NewPCG(round, 950+seed)), engineInputs)
			want := correlationFound(t, rs, cs, lines, m)
			q, found := kql.New().CompileCorrelation(cs[len(cs)-1], compilers.Options{Model: m})
			require.Empty(t, found, text)
			matched += len(want)
			all = append(all, finding{text, q.Text, want})
		}
		queriesFind(t, rec, now, all, "round ", round, "\n", splShow(events))
	}
	assert.Greater(t, matched, 10)
}

// TestSPLCorrelatesByExtracts does the same with searches.
func TestSPLCorrelatesByExtracts(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	m.ID = []string{"id"}
	matched, refused := 0, 0
	for seed := range fixture.Times[uint64](150, 3000) {
		r := rand.New(rand.NewPCG(seed, 93))
		text, rs, cs := correlationByExtracts(t, r, splInputs)
		c := cs[len(cs)-1]
		q, found := spl.New().(correlationCompiler).CompileCorrelation(c, compilers.Options{Model: m, Approximate: []string{"all"}})
		if q == nil {
			require.Contains(t, []string{"correlation-groups", "correlation-extract"}, found[0].Code, "%s\n%v", text, found)
			refused++
			continue
		}
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := singleWhereMapped(text, splRandomEvents(r))
		if c.Source.Type == rules.ValueMedian {
			continue
		}
		want := correlationFound(t, rs, cs, splunkLines(t, events), m)
		var got []string
		for _, row := range splRun(q.Text, events) {
			got = append(got, row["id"].(string))
		}
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s", seed, text, q.Text, splShow(events))
		matched += len(want)
	}
	assert.Greater(t, matched, 100)
	assert.Less(t, refused, int(fixture.Times[uint64](75, 1500)))
}
