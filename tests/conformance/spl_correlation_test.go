package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// splInputs are rules of two log sources, of which an event may match several: in part said by the base search, in part
// by where.
const splInputs = `title: A
name: a
logsource: {product: windows, service: security}
` + kindsOfLists + `detection: {s: {Kind|expand: '%kinds%'}, condition: s}
---
title: B
name: b
logsource: {product: windows, service: security}
detection: {s: {Other|cased: X}, condition: s}
---
title: C
name: c
logsource: {product: windows, category: process_creation}
detection: {s: {Kind|endswith: x}, condition: s}
---
`

var splMeant = map[string]func(splRow) bool{
	"a": func(e splRow) bool { return e["source"] == "XmlWinEventLog:Security" && e["Kind"] == "x" },
	"b": func(e splRow) bool { return e["source"] == "XmlWinEventLog:Security" && e["Other"] == "X" },
	"c": func(e splRow) bool {
		other, _ := e["Other"].(string)
		return e["source"] != "XmlWinEventLog:Security" && e["EventCode"] == "1" && e["Kind"] == "x" && !strings.EqualFold(other, "x")
	},
}

// splCorrelation lowers the last correlation of a text that stands beside the rules a, b and c.
func splCorrelation(t *testing.T, text string) *ir.Correlation {
	t.Helper()
	read, found := parse.Documents("rule.yml", []byte(splInputs+text), nil)
	require.Empty(t, found, text)
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.Empty(t, found, text)
	out, found := ir.LowerCorrelations(linked, filteredInputs(t, read.Rules))
	require.Empty(t, found)
	return out[slices.IndexFunc(out, func(c *ir.Correlation) bool { return c.Source.Body.Title == "T" })]
}

type correlationCompiler interface {
	CompileCorrelation(*ir.Correlation, compilers.Options) (*compilers.Query, diag.Diagnostics)
}

// splRandomEvents are events close together in time, many at the same one, with few values in either case, some
// missing, some several.
func splRandomEvents(r *rand.Rand) []splRow {
	pick := func(values ...any) any { return values[r.IntN(len(values))] }
	var out []splRow
	for i := range 5 + r.IntN(30) {
		e := splRow{"id": strconv.Itoa(i), "_time": 1700000000 + float64(r.IntN(80))/4, "source": pick("XmlWinEventLog:Security", "WinEventLog:Microsoft-Windows-Sysmon/Operational"),
			"EventCode": pick("1", "1", "3"), "Kind": pick("x", "x", "y"), "Other": pick("X", "x", nil),
			"U": pick("u", "U", "v", "none", nil, []string{"u", "w"}), "V": pick("u", "v", "V", "u1", "none", nil), "W": pick("1:u", "1", ":", "", "u", nil),
			"N": pick("1", "2", "2.5", "-3", "10", "0.1", "many", nil)}
		for k, v := range e {
			if v == nil {
				delete(e, k)
			}
		}
		out = append(out, e)
	}
	return out
}

// splRandomCorrelation writes a correlation, or a chain of two.
func splRandomCorrelation(r *rand.Rand) string {
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	alone := r.IntN(3) == 2
	one := func(title, name string, inputs []string) string {
		r.Shuffle(len(inputs), func(i, j int) { inputs[i], inputs[j] = inputs[j], inputs[i] })
		inputs = inputs[:1+r.IntN(len(inputs))]
		kind := pick("event_count", "value_count", "value_sum", "value_avg", "value_min", "value_max", "value_percentile", "temporal", "temporal", "temporal_ordered", "temporal_ordered")
		if alone && r.IntN(10) == 0 {
			kind = "value_median"
		}
		bound := func(around int) string {
			return pick("gt", "gte", "gte", "lt", "lte", "eq", "neq") + ": " + strconv.Itoa(r.IntN(around))
		}
		bounds := bound(5)
		if more := bound(5); r.IntN(3) == 0 && strings.Split(more, ":")[0] != strings.Split(bounds, ":")[0] {
			bounds += ", " + more
		}
		condition := ""
		switch kind {
		case "event_count":
			condition = "{" + bounds + "}"
		case "value_count":
			condition = "{field: " + pick("U", "W", "[V, W]", "ip", "[ip, U]") + ", " + bounds + "}"
		case "value_percentile":
			condition = "{field: N, percentile: " + pick("1", "50", "66.6", "95", "100") + ", " + bounds + "}"
		case "temporal":
			condition = pick("", "{"+bounds+"}", inputs[0], inputs[0]+" and not "+inputs[len(inputs)-1], inputs[0]+" or not "+inputs[len(inputs)-1])
		case "temporal_ordered":
		default:
			condition = "{field: N, " + bounds + "}"
		}
		text := "title: " + title + "\n" + name + "correlation:\n  type: " + kind + "\n  rules: [" + strings.Join(inputs, ", ") + "]\n  timespan: " + pick("1s", "2s", "5s", "10s") + "\n"
		if condition != "" {
			text += "  condition: " + condition + "\n"
		}
		group := pick("", "U", "[U, W]", "ip", "[ip, V]")
		if group != "" {
			text += "  group-by: " + group + "\n"
		}
		if strings.Contains(group+condition, "ip") {
			var of []string
			for _, in := range inputs {
				if in != "d" || r.IntN(2) == 0 {
					of = append(of, in+": "+pick("U", "V"))
				}
			}
			if len(of) > 0 {
				text += "  aliases: {ip: {" + strings.Join(of, ", ") + "}}\n"
			}
		}
		return text
	}
	above := []string{"d", "a", "c"}[:1+2*r.IntN(2)]
	if alone {
		return one("T", "", []string{"a", "b", "c"})
	}
	return one("D", "name: d\n", []string{"a", "b", "c"}) + "---\n" + one("T", "", above)
}

// TestSPLCorrelationsFindWhatTheyMean runs compiled correlations over random events and compares the rows with what
// every match compared with every other gives.
func TestSPLCorrelationsFindWhatTheyMean(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-windows")
	matched := map[rules.CorrelationType]int{}
	exact, more := 0, 0
	for seed := range fixture.Times[uint64](300, 3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := splRandomCorrelation(r)
		c := splCorrelation(t, text)
		q, found := spl.New().(correlationCompiler).CompileCorrelation(c, compilers.Options{Model: m, Approximate: []string{"all"}})
		if q == nil {
			require.Equal(t, "correlation-groups", found[0].Code, "%s\n%v", text, found)
			continue
		}
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		events := splRandomEvents(r)
		var want, got []string
		for _, o := range (naive{events: events, rules: splMeant}).correlate(c) {
			want = append(want, events[o.event]["id"].(string))
		}
		for _, row := range splRun(q.Text, events) {
			got = append(got, row["id"].(string))
		}
		if c.Source.Type == rules.ValueMedian { // finds more, as its note says
			assert.Subset(t, got, want, "seed %d\n%s\n%s\n%s", seed, text, q.Text, splShow(events))
			exact += len(want)
			more += len(got) - len(want)
			continue
		}
		slices.Sort(want)
		slices.Sort(got)
		if !assert.Equal(t, want, got, "seed %d\n%s\n%s\n%s", seed, text, q.Text, splShow(events)) {
			return
		}
		matched[c.Source.Type] += len(want)
	}
	t.Log(matched, "median:", exact, "and", more, "more")
	assert.Greater(t, exact, 4*more, "of the median's matches")
	for _, kind := range []rules.CorrelationType{rules.EventCount, rules.ValueCount, rules.ValueSum, rules.ValueAvg, rules.ValueMin, rules.ValueMax, rules.ValuePercentile, rules.Temporal, rules.TemporalOrdered} {
		assert.Greater(t, matched[kind], fixture.Times(5, 100), kind)
	}
}

func splShow(events []splRow) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%v\n", e)
	}
	return b.String()
}

// openModel is a data model whose logs may have any field, as the made-up events of these tests have.
func openModel(t testing.TB, name string) *schema.Model {
	t.Helper()
	m, err := schema.Load(name)
	require.NoError(t, err)
	for i := range m.Sources {
		m.Sources[i].Log = ""
	}
	return m
}
