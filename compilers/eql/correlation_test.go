package eql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

const processes = `title: A
name: a
logsource: {product: windows, category: process_creation}
extract: {Part: {field: Path, split: /, at: 0}}
detection: {s: {CommandLine: x}, condition: s}
---
title: B
name: b
logsource: {product: windows, category: process_creation}
detection: {s: {CommandLine: y}, condition: s}
---
title: Old
name: old
logsource: {product: windows, category: process_creation}
ancestry: {above: {ancestor: {level: 2, CommandLine: z}}}
detection: {s: {CommandLine: y}, condition: s and above}
---
title: D
name: d
correlation: {type: event_count, rules: [a], timespan: 1h, condition: {gte: 2}}
---
`

// correlated compiles the correlation T of a text that stands behind processes.
func correlated(t *testing.T, text string, accept ...string) (*compilers.Query, []string) {
	t.Helper()
	_, cs := lowered.Correlations(t, processes+"title: T\ncorrelation: "+text)
	q, found := New().CompileCorrelation(cs[len(cs)-1], compilers.Options{Model: model(), Approximate: accept})
	var codes []string
	for _, d := range found {
		codes = append(codes, d.Code)
	}
	return q, codes
}

// many is a correlation before another one.
const many = "{type: event_count, rules: [a], group-by: [Path], timespan: 1m, condition: {gte: 3}}\nname: many\n---\ntitle: After it\ncorrelation: "

func TestCorrelationsAsSequences(t *testing.T) {
	event := func(command, by string) string {
		filled := ""
		if by != "" { // an empty text is not a group
			filled, by = " and\n    ?"+by+" != \"\"", " by "+by
		}
		return "[process where ?host.os.type : \"windows\" and\n    ?event.type : \"start\" and\n    ?process.command_line : \"" + command + "\"" + filled + "\n    // Begin environment-specific filter.\n    // End environment-specific filter.\n  ]" + by
	}
	for _, c := range []struct{ text, want string }{
		{"{type: event_count, rules: [a], timespan: 1h, condition: {gte: 5}}", "sequence with maxspan=3600s\n  " + event("x", "") + " with runs=5\n"},
		{"{type: event_count, rules: [a], group-by: [Path], timespan: 90s, condition: {gt: 5}}", "sequence with maxspan=90s\n  " + event("x", "file.path") + " with runs=6\n"},
		{"{type: temporal_ordered, rules: [a, b], group-by: [who], aliases: {who: {a: Path, b: OriginalFileName}}, timespan: 1m}",
			"sequence with maxspan=60s\n  " + event("x", "file.path") + "\n  " + event("y", "process.pe.original_file_name") + "\n"},
		{many + "{type: temporal_ordered, rules: [many, b], group-by: [who], aliases: {who: {many: Path, b: OriginalFileName}}, timespan: 5m}",
			"sequence with maxspan=60s\n  " + event("x", "file.path") + " with runs=3\n  " + event("y", "process.pe.original_file_name") + "\n"},
		{many + "{type: temporal_ordered, rules: [many, b], group-by: [Path], timespan: 30s}",
			"sequence with maxspan=30s\n  " + event("x", "file.path") + " with runs=3\n  " + event("y", "file.path") + "\n"},
	} {
		q, codes := correlated(t, c.text, sequenceGap)
		require.Empty(t, codes, c.text)
		i := strings.Index(q.Text, "sequence with")
		require.GreaterOrEqual(t, i, 0, q.Text)
		assert.Equal(t, c.want, q.Text[i:])
		assert.Equal(t, []string{sequenceGap, "correlation-period"}, []string{q.Notes[0].Code, q.Notes[1].Code})
	}
}

// TestJoinsByTheFirstColumnThatIsNotNull: if a value is spread over several columns, one that is empty is the value, as
// in the rule, and the event is in no group.
func TestJoinsByTheFirstColumnThatIsNotNull(t *testing.T) {
	_, cs := lowered.Correlations(t, `title: A
name: a
logsource: {product: m365, service: threat_management}
detection: {s: {eventSource: x}, condition: s}
---
title: T
correlation: {type: event_count, rules: [a], group-by: [eventName], timespan: 1h, condition: {gte: 2}}
`)
	q, found := New().CompileCorrelation(cs[0], compilers.Options{Model: lowered.Model(t, "ecs"), Approximate: []string{sequenceGap}})
	require.NotNil(t, q, "%v", found)
	assert.Contains(t, q.Text, `(?event.action != "" or (?event.action == null and ?rule.name != ""))`)
	assert.Contains(t, q.Text, "by ?event.action, ?rule.name with runs=2")

	text, number, address := schema.Column{Name: "a"}, schema.Column{Name: "b", Type: schema.Int}, schema.Column{Name: "c", Type: schema.IP}
	for _, c := range []struct {
		columns []schema.Column
		want    string
	}{
		{[]schema.Column{text}, `?a != ""`},
		{[]schema.Column{text, number, address}, `?a != "" or (?a == null and ?b != null) or (?a == null and ?b == null and ?c != null)`},
	} {
		_, filled := joinKeys(c.columns, nil)
		assert.Equal(t, c.want, whereSyntax.Print(filled).Stage(""))
	}
	_, filled := joinKeys([]schema.Column{address}, nil)
	assert.Nil(t, filled)
}

// TestHowFarASequenceReaches: the query does not choose its period, so its notes say what the detection rule must look
// back.
func TestHowFarASequenceReaches(t *testing.T) {
	c := &ir.Correlation{Timespan: 10 * time.Minute, Source: &rules.Correlation{Body: &rules.Rule{}}}
	assert.Contains(t, periodNote(c).Message, "choose it 10m longer")
	c.Source.Body.Schedule.Lookback = 2 * time.Hour
	assert.Contains(t, periodNote(c).Message, "look back 130m")
}

// TestGroupByAFieldThatNoEventHas is refused as a condition on it is, also where any name would have a column.
func TestGroupByAFieldThatNoEventHas(t *testing.T) {
	for by, want := range map[string]int{"Usre": 1, "User": 0, "host": 0} {
		_, cs := lowered.Correlations(t, processes+"title: T\ncorrelation: {type: event_count, rules: [a], group-by: ["+by+"], timespan: 1h, condition: {gte: 5}}")
		_, found := New().CompileCorrelation(cs[len(cs)-1], compilers.Options{Model: lowered.Model(t, "winlogbeat"), Approximate: []string{"all"}})
		require.Len(t, found, want, by)
		if want > 0 {
			assert.Equal(t, "correlation-field", found[0].Code)
		}
	}
}

func TestCorrelationsThatAreNoSequence(t *testing.T) {
	for _, c := range []struct{ text, code string }{
		{"{type: event_count, rules: [a, b], timespan: 1h, condition: {gte: 5}}", "correlation"},
		{"{type: event_count, rules: [a], timespan: 1h, condition: {gte: 5, lte: 9}}", "correlation"},
		{"{type: event_count, rules: [a], timespan: 1h, condition: {lt: 5}}", "correlation"},
		{"{type: event_count, rules: [a], timespan: 1h, condition: {gte: 101}}", "correlation"},
		{"{type: event_count, rules: [a], timespan: 1h, condition: {gte: 1}}", "correlation"},
		{"{type: value_count, rules: [a], timespan: 1h, condition: {gte: 5, field: Path}}", "correlation"},
		{"{type: temporal, rules: [a, b], timespan: 1h}", "correlation"},
		{many + "{type: temporal_ordered, rules: [many, b], timespan: 1h}", "correlation"},
		{many + "{type: temporal_ordered, rules: [b, many], group-by: [Path], timespan: 1h}", "correlation"},
		{many + "{type: temporal_ordered, rules: [many, b], group-by: [OriginalFileName], timespan: 1h}", "correlation"},
		{many + "{type: event_count, rules: [many], timespan: 1h, condition: {gte: 2}}", "correlation"},
		{strings.Replace(many, "gte", "lt", 1) + "{type: temporal_ordered, rules: [many, b], group-by: [Path], timespan: 1h}", "correlation"},
		{"{type: event_count, rules: [a], group-by: [Path], timespan: 1m, condition: {gte: 3}}\nname: many\nsuppress: {by: [Path], for: 1h}\n---\ntitle: After it\ncorrelation: {type: temporal_ordered, rules: [many, b], group-by: [Path], timespan: 1h}", "correlation"},
		{"{type: temporal_ordered, rules: [a, old], timespan: 1h}", "correlation-ancestor"},
		{"{type: temporal_ordered, rules: [a, b], group-by: [Nothing], timespan: 1h}", "correlation-field"},
		{"{type: event_count, rules: [a], group-by: [Part], timespan: 1h, condition: {gte: 5}}", "correlation-extract"},
	} {
		q, codes := correlated(t, c.text, "all")
		assert.Nil(t, q, c.text)
		assert.Contains(t, codes, c.code, c.text)
	}
	_, codes := correlated(t, "{type: event_count, rules: [a], timespan: 1h, condition: {gte: 5}}")
	assert.Equal(t, []string{sequenceGap}, codes, "what was not accepted")
}
