package conformance

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/tests/fixture"
	"decree/tests/fixture/lowered"
)

const arrayHeader = "sigma-version: 3\nlogsource: {product: azure, service: auditlogs}\nextract: {Verb: {field: OperationName, split: ' ', at: 0}}\n"

// arraySelection writes a selection that mostly tests an array.
func (a author) arraySelection() string {
	return pick(a, []string{"{'TargetResources[" + a.selector() + "]': " + a.arrayMap(1) + "}", "{'TargetResources[" + a.selector() + "].name|contains': r}",
		"{OperationName: add, 'TargetResources[" + a.selector() + "]': " + a.arrayMap(0) + "}", "{Verb: add}"})
}

// arraysRule writes a rule that others read.
func (a author) arraysRule(name string) string {
	text := "title: " + strings.ToUpper(name) + "\nname: " + name + "\n" + arrayHeader + "detection: {s: " + a.arraySelection()
	if second := pick(a, []string{"s or not u", "s or u", "s and not u"}); a.IntN(2) == 0 {
		return text + ", u: " + a.arraySelection() + ", condition: " + second + "}\n---\n"
	}
	return text + ", condition: " + pick(a, []string{"s", "not s"}) + "}\n---\n"
}

// arrayFilter writes a filter, or none.
func (a author) arrayFilter(rules ...string) string {
	if a.IntN(2) == 0 {
		return ""
	}
	return "title: F\nsigma-version: 3\nlogsource: {product: azure, service: auditlogs}\nfilter:\n  rules: " + pick(a, rules) + "\n  f: " + strings.ReplaceAll(a.arraySelection(), "Verb", "Category") + "\n  condition: not f\n"
}

// arraysMeet writes a rule whose array tests meet joins, first_seen, prevalence, suppress, an extract and filters with
// arrays of their own; nil where the reader refuses it.
func (a author) arraysMeet(t *testing.T, suppress bool) *mixed {
	other := a.arraysRule("o")
	conditions := []string{"joins:\n  n: {rule: o, same: [" + pick(a, []string{"Verb", "Category"}) + "], within: 5s" + pick(a, []string{"", ", count: {gte: 2}"}) + "}\n",
		"first_seen:\n  n: {fields: [" + pick(a, []string{"OperationName", "Verb"}) + "], over: 6s" + pick(a, []string{"", ", among: s"}) + "}\n",
		"prevalence:\n  n: {field: " + pick(a, []string{"OperationName", "Verb"}) + pick(a, []string{"", ", among: s"}) + ", local: {distinct: Category, " + pick(a, []string{"lte: 1", "gte: 2"}) + "}}\n"}
	text := "title: T\nname: t\n" + arrayHeader + pick(a, conditions)
	if suppress && a.IntN(2) == 0 {
		text += "suppress: {by: [Verb], for: 3s}\n"
	}
	text += "detection:\n  s: " + a.arraySelection() + "\n  u: " + a.arraySelection() + "\n  condition: " + pick(a, []string{"s and n", "s and not n", "n or s and not u", "not s and n", "(s or u) and n", "u and not (s and n)"}) + "\n"
	filters := a.arrayFilter("any", "[t]", "[o]")
	m := &mixed{text: other + text + "=== filters\n" + filters}
	read, found := parse.Documents("rule.yml", []byte(other+text), nil)
	if found.HasErrors() {
		return nil
	}
	_, found = parse.LinkJoins(read.Rules, nil)
	require.False(t, found.HasErrors(), m.text)
	lowered := filteredBy(t, read.Rules, filters)
	rs, found := ir.LinkJoins([]*ir.Rule{lowered[read.Rules[1]]}, lowered)
	require.Empty(t, found)
	m.rule = rs[0]
	return m
}

// auditEvents are events of Entra's audit log with random arrays, each at its slot of a quarter of a second.
func (a author) auditEvents(slots []int, array func() any) (at []time.Time, out []doc) {
	for i, slot := range slots {
		e := doc{"id": fmt.Sprintf("e%d", i), "OperationName": pick(a, []string{"add user", "Add role", "remove user", "add"}), "Category": pick(a, []string{"x", "y", "X"})}
		if a.IntN(8) > 0 {
			e["TargetResources"] = array()
		}
		at, out = append(at, time.Unix(1700000000, 0).Add(time.Duration(slot)*250*time.Millisecond).UTC()), append(out, e)
	}
	return at, out
}

// TestKQLAgreesWhereArraysMeet runs such rules by the engine and by the query.
func TestKQLAgreesWhereArraysMeet(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := onlySource(t, "sentinel", "auditlogs")
	m.ID = []string{"Id"}
	matched := 0
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", 1)) {
		a := author{rand.New(rand.NewPCG(round, 141)), windowsFolders}
		at, events := a.auditEvents(a.Perm(60)[:40], func() any { return a.array(1) }) // of alerts at one time, Kusto suppresses any
		var rows []doc
		for i, e := range events {
			row := doc{"Id": e["id"], "TimeGenerated": at[i].Format("2006-01-02T15:04:05.000Z"), "OperationName": e["OperationName"], "Category": e["Category"]}
			if array, ok := e["TargetResources"]; ok {
				row["TargetResources"] = array
			}
			rows = append(rows, row)
		}
		var asked []finding
		for len(asked) < fixture.Times(4, 10) {
			written := a.arraysMeet(t, true)
			if written == nil {
				continue
			}
			q, problems := kql.New().Compile(written.rule, compilers.Options{Model: m})
			require.NotNil(t, q, "%s\n%v", written.text, problems)
			want := joinsFound(t, written.rule, docLines(t, rows), engine.Options{Model: m})
			matched += len(want)
			asked = append(asked, finding{written.text, q.Text, want})
		}
		for range fixture.Times(2, 6) {
			text, rs, cs := a.arraysCorrelate(t)
			q, problems := kql.New().CompileCorrelation(cs[0], compilers.Options{Model: m})
			require.NotNil(t, q, "%s\n%v", text, problems)
			want := correlationFound(t, rs, cs, docLines(t, rows), m)
			matched += len(want)
			asked = append(asked, finding{text, q.Text, want})
		}
		queriesFind(t, Recording{Tables: tablesOf(t, m), Events: map[string]string{"AuditLogs": writeEvents(t, rows)}, ID: "Id"}, now, asked, "round ", round, "\n", docLines(t, rows))
	}
	t.Log(matched, "matches")
	assert.Positive(t, matched)
}

// TestSPLAgreesWhereArraysMeet does the same with searches.
func TestSPLAgreesWhereArraysMeet(t *testing.T) {
	t.Parallel()
	m := openModel(t, "splunk-cloud")
	m.ID = []string{"correlationId"}
	matched, compiled, refused := 0, 0, map[string]int{}
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", fixture.Times(10, 40))) {
		a := author{rand.New(rand.NewPCG(round, 151)), windowsFolders}
		slots := make([]int, 40)
		for i := range slots {
			slots[i] = a.IntN(60)
		}
		at, events := a.auditEvents(slots, func() any {
			if round%2 == 0 {
				return a.array(1)
			}
			return a.awkwardArray(1)
		})
		var all []doc
		for i, e := range events {
			properties := doc{"message": "x", "category": e["Category"]}
			if array, ok := e["TargetResources"]; ok {
				properties["targetResources"] = array
			}
			one := splJSONEvent(doc{"correlationId": e["id"], "category": "AuditLogs", "operationName": e["OperationName"], "properties": properties})
			one["sourcetype"], one["_time"] = "azure:monitor:aad", float64(at[i].UnixMilli())/1000
			all = append(all, one)
		}
		rows := splRows(t, all)
		for range 10 {
			written := a.arraysMeet(t, false)
			if written == nil {
				continue
			}
			q, problems := spl.New().Compile(written.rule, compilers.Options{Model: m})
			if q == nil {
				refused[problems[0].Code]++
				continue
			}
			compiled++
			_, err := checkSPL(q.Text)
			require.NoError(t, err, q.Text)
			want := joinsFound(t, written.rule, docLines(t, all), engine.Options{Model: m})
			require.ElementsMatch(t, want, splFound(q.Text, rows, &splWorld{now: 1700000013}, "correlationId"), "%s\n%s\n%s", written.text, q.Text, docLines(t, all))
			matched += len(want)
		}
		for range 10 {
			text, rs, cs := a.arraysCorrelate(t)
			q, problems := spl.New().CompileCorrelation(cs[0], compilers.Options{Model: m})
			if q == nil {
				refused[problems[0].Code]++
				continue
			}
			compiled++
			_, err := checkSPL(q.Text)
			require.NoError(t, err, q.Text)
			want := correlationFound(t, rs, cs, docLines(t, all), m)
			require.ElementsMatch(t, want, splFound(q.Text, rows, &splWorld{now: 1700000013}, "correlationId"), "%s\n%s\n%s", text, q.Text, docLines(t, all))
			matched += len(want)
		}
	}
	t.Logf("%d searches, %d matches; refused: %v", compiled, matched, refused)
	assert.Greater(t, matched, compiled)
}

// arraysCorrelate writes a correlation of rules that test arrays.
func (a author) arraysCorrelate(t *testing.T) (text string, rs []*ir.Rule, cs []*ir.Correlation) {
	t.Helper()
	body := pick(a, []string{"type: event_count, rules: [o], condition: {gte: 2}", "type: event_count, rules: [o, p], condition: {eq: 2}", "type: temporal, rules: [o, p]", "type: temporal, rules: [o, p], condition: o and not p",
		"type: temporal_ordered, rules: [o, p]", "type: value_count, rules: [o, p], condition: {field: OperationName, gte: 2}"})
	group := pick(a, []string{"", ", group-by: [Verb]", ", group-by: [Category]", ", group-by: [Verb, Category]", ", group-by: [Name]"})
	switch {
	case strings.Contains(group, "Name") && !strings.Contains(body, "p]"):
		group = ", group-by: [OperationName]"
	case strings.Contains(group, "Name"):
		group = ", group-by: [k], aliases: {k: {o: OperationName, p: " + pick(a, []string{"OperationName", "Verb"}) + "}}"
	}
	text = a.arraysRule("o") + a.arraysRule("p") + "title: T\ncorrelation: {" + body + ", timespan: " + pick(a, []string{"1s", "3s", "8s"}) + group + "}\n"
	read, found := parse.Documents("rule.yml", []byte(text), nil)
	require.False(t, found.HasErrors(), "%s\n%v", text, found)
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.False(t, found.HasErrors(), "%s\n%v", text, found)
	filters := a.arrayFilter("any", "[p]", "[o]")
	lowered := filteredBy(t, read.Rules, filters)
	for _, r := range read.Rules {
		rs = append(rs, lowered[r])
	}
	cs, found = ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found, text)
	return text + "=== filters\n" + filters, rs, cs
}

// TestKQLAgreesOnWhatTheFirstElementHas: where a join, a first_seen or a correlation takes one value of what elements
// have, it is that of the first, to the engine and to the query.
func TestKQLAgreesOnWhatTheFirstElementHas(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m := onlySource(t, "sentinel", "auditlogs")
	m.ID = []string{"Id"}
	a := author{rand.New(rand.NewPCG(7, seedOf(t))), windowsFolders}
	var rows []doc
	for i, slot := range a.Perm(60)[:40] {
		targets := []any{}
		for range 1 + a.IntN(3) {
			targets = append(targets, doc{"id": pick(a, []any{"u1", "U1", "u2", "u3", 4}), "type": "User", "modifiedProperties": []any{doc{"newValue": pick(a, []any{"x", "y"})}}})
		}
		rows = append(rows, doc{"Id": fmt.Sprintf("e%d", i), "TimeGenerated": time.Unix(1700000000+int64(slot), 0).UTC().Format("2006-01-02T15:04:05.000Z"), "OperationName": pick(a, []any{"Add user", "Delete user"}), "TargetResources": targets})
	}
	const ls = "logsource: {product: azure, service: auditlogs}\n"
	var asked []finding
	for _, meets := range []string{
		"joins: {n: {rule: added, same: [TargetResources.id], before: 20s}}",
		"joins: {n: {rule: added, same: {TargetResources.ModifiedProperties.newValue: properties.targetResources.modifiedProperties.newValue}, within: 3s}}",
		"first_seen: {n: {fields: [TargetResources.id], over: 20s}}",
	} {
		text := "title: A\n" + ls + meets + "\ndetection: {s: {OperationName: Delete user}, condition: s and n}\n---\ntitle: B\nname: added\n" + ls + "detection: {s: {OperationName: Add user}, condition: s}\n"
		r := lowered.Rules(t, text)[0]
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%s\n%v", text, problems)
		want := joinsFound(t, r, docLines(t, rows), engine.Options{Model: m})
		assert.NotEmpty(t, want, text)
		asked = append(asked, finding{text, q.Text, want})
	}
	text := "title: T\ncorrelation: {type: value_count, rules: [a], group-by: [OperationName], timespan: 10s, condition: {field: TargetResources.id, gte: 3}}\n---\ntitle: A\nname: a\n" + ls + "detection: {s: {Id: '*'}, condition: s}\n"
	rs, cs := lowered.Correlations(t, text)
	q, problems := kql.New().CompileCorrelation(cs[0], compilers.Options{Model: m})
	require.NotNil(t, q, "%v", problems)
	want := correlationFound(t, rs, cs, docLines(t, rows), m)
	assert.NotEmpty(t, want)
	asked = append(asked, finding{text, q.Text, want})
	queriesFind(t, Recording{Tables: tablesOf(t, m), Events: map[string]string{"AuditLogs": writeEvents(t, rows)}, ID: "Id"}, now, asked, "rows ", docLines(t, rows))
}
