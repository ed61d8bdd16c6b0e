package conformance

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/tests/fixture"
)

// comparedFields are the fields that a rule of randomJoins compares or counts.
var comparedFields = regexp.MustCompile(`(?:same|fields|distinct): (?:\[[^\]]*\]|\{[^}]*\}|\w+)`)

// extractsOf makes up the extracts P and Q of a rule, of which some are made of others.
func extractsOf(r *rand.Rand) string {
	one := func(fields ...string) string {
		f := fields[r.IntN(len(fields))]
		return strings.ReplaceAll([]string{"{field: F, split: ':', at: 0}", "{field: F, split: ':', at: -1}", "{field: F, lower: true}", "{field: F, re: '(?i)([uv])'}", "{field: F, trim: 'n:', upper: true}",
			"{field: F, map: [{startswith: u, to: U}, {equals: [v, none], to: one}]}", "{field: F, map: [{contains: ':', to: u}], default: v}", "{text: 'u{F}'}", "{text: '{F}{V}'}"}[r.IntN(9)], "F", f)
	}
	return "extract: {P: " + one("U", "V", "W", "W") + ", Q: " + one("U", "W", "P") + "}\n"
}

// joinedByExtracts has the rules of a text, and those that they join, compare extracts in place of some fields.
func joinedByExtracts(r *rand.Rand, others, text string) (inputs, joining string) {
	made := map[string]string{"U": "P", "V": "Q", "W": "P"}
	text = comparedFields.ReplaceAllStringFunc(text, func(part string) string {
		key, names, _ := strings.Cut(part, ": ")
		return key + ": " + regexp.MustCompile(`\b[UVW]\b`).ReplaceAllStringFunc(names, func(name string) string {
			if other := made[name]; r.IntN(3) > 0 && !strings.Contains(names, other) {
				return other
			}
			return name
		})
	})
	add := func(section string) string { return extractsOf(r) + section }
	inputs = regexp.MustCompile(`(?m)^detection: `).ReplaceAllStringFunc(others, add)
	return inputs, strings.Replace(text, "detection:\n", add("detection:\n"), 1)
}

// TestKQLJoinsByExtracts runs queries of random joins and first_seen conditions that compare and count extracted
// values.
func TestKQLJoinsByExtracts(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := kqlEvents()
	matched := 0
	for round := range fixture.Times[uint64](1, 2) {
		events := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 81))))
		lines := kqlRows(t, events)
		rec := eventsTable(t, m, events, "ReportId")
		var all []finding
		for seed := range uint64(12) {
			r := rand.New(rand.NewPCG(round, 900+seed))
			inputs, text := joinedByExtracts(r, engineInputs, randomJoins(r, "{product: windows}"))
			rule := joinedRule(t, inputs, text)
			want := joinsFound(t, rule, lines, engine.Options{Model: m})
			q, found := kql.New().Compile(rule, compilers.Options{Model: m})
			require.Empty(t, found, text)
			matched += len(want)
			all = append(all, finding{inputs + text, q.Text, want})
		}
		queriesFind(t, rec, now, all, "round ", round, "\n", splShow(events))
	}
	assert.Greater(t, matched, 20)
}

// TestSPLJoinsByExtracts does the same with searches, on events of which some have several values.
func TestSPLJoinsByExtracts(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	m.ID = []string{"id"}
	matched := 0
	for seed := range fixture.Times[uint64](200, 3000) {
		r := rand.New(rand.NewPCG(seed, 83))
		inputs, text := joinedByExtracts(r, splInputs, randomJoins(r, []string{"{product: windows, service: security}", "{product: windows, category: process_creation}"}[r.IntN(2)]))
		rule := joinedRule(t, inputs, text)
		q, found := spl.New().Compile(rule, compilers.Options{Model: m, Approximate: []string{"all"}})
		require.NotNil(t, q, "%s\n%v", text, found)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := singleWhereMapped(inputs+text, splRandomEvents(r))
		want := joinsFound(t, rule, splunkLines(t, events), engine.Options{Model: m})
		var got []string
		for _, row := range splRun(q.Text, events) {
			got = append(got, row["id"].(string))
		}
		require.ElementsMatch(t, want, got, "seed %d\n%s\n%s\n%s", seed, inputs+text, q.Text, splShow(events))
		matched += len(want)
	}
	assert.Greater(t, matched, 200)
}

// singleWhereMapped leaves fields one value if rules map some: a search maps only fields of one value, and says so.
func singleWhereMapped(text string, events []splRow) []splRow {
	if strings.Contains(text, "map:") {
		for _, e := range events {
			if many, ok := e["U"].([]string); ok {
				e["U"] = many[0]
			}
		}
	}
	return events
}

// splunkLines writes events as Splunk exports them.
func splunkLines(t *testing.T, events []splRow) string {
	t.Helper()
	return docLines(t, events)
}

// docLines writes documents, each as a line of JSON.
func docLines[D ~map[string]any](t *testing.T, events []D) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		line, err := json.Marshal(e)
		require.NoError(t, err)
		b.Write(append(line, '\n'))
	}
	return b.String()
}
