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
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// wideSources are log sources that several sources of a model answer.
var wideSources = []rules.LogSource{
	{Product: "windows"},
	{Category: "process_creation"},
	{Product: "windows", Category: "process_creation"},
	{Product: "windows", Category: "process_creation", Service: "sysmon"},
	{Product: "windows", Category: "registry_event"},
}

// wideRecord is an event of one of several logs, under the names of that log.
func (a author) wideRecord(i int) record {
	r := a.record(i)
	switch kind := a.IntN(6); kind {
	case 0, 1: // Security's own names
		r.channel, r.code, r.provider = "Security", "4688", "Microsoft-Windows-Security-Auditing"
		if kind == 1 {
			r.code = "4657"
		}
		for from, to := range map[string]string{"Image": "NewProcessName", "ParentImage": "ParentProcessName", "ProcessId": "NewProcessId"} {
			if v, ok := r.data[from]; ok {
				r.data[to] = v
				delete(r.data, from)
			}
		}
	case 2:
		r.code = "13"
	case 3:
		r.channel, r.code, r.provider = "System", "7045", "Service Control Manager"
	}
	return r
}

// wideRules are random rules of such log sources, some of which name an event by its id.
func (a author) wideRules(t testing.TB, n int) []*ir.Rule {
	var out []*ir.Rule
	all := a.rules(t, n)
	for i, r := range all {
		source := *r.Source
		source.LogSource = wideSources[i%len(wideSources)]
		source.Description = fmt.Sprintf("%+v %s", source.LogSource, source.Description)
		one := *r
		one.Source = &source
		if a.IntN(3) == 0 {
			id := pick(a, []float64{1, 13, 4688, 4657, 7045})
			asks := &ir.Match{Field: ir.Field{Name: "EventID"}, Test: &ir.Number{Op: "eq", Values: []float64{id}}}
			one.Condition = &ir.And{Terms: []ir.Node{one.Condition, asks}}
			source.Description += fmt.Sprintf(" and EventID is %v", id)
		}
		if i%3 == 0 {
			out = append(out, a.wideFilter(&one, all[(i+1)%len(all)]))
			continue
		}
		out = append(out, &one)
	}
	return out
}

// wideFilter adds a second log source to a rule, and a filter of one of the two that suppresses what another rule
// describes.
func (a author) wideFilter(r, described *ir.Rule) *ir.Rule {
	r.Source.OtherLogSources = []rules.LogSource{pick(a, wideSources[1:])}
	f := &rules.Filter{Body: &rules.Rule{LogSource: pick(a, r.Source.LogSources())}}
	r.Source.Description += fmt.Sprintf(" or of %+v, filter of %+v: not %s", r.Source.OtherLogSources[0], f.Body.LogSource, described.Source.Description)
	r.Lists = append(slices.Clone(r.Lists), described.Lists...)
	return r.Filtered(f, &ir.Not{Term: described.Condition})
}

// unlinked leaves out rules that ask of ancestors that an event does not carry: what is linked has tests of its own.
func unlinked(r *ir.Rule) bool {
	linked := false
	for _, n := range append(r.Required(), r.Condition) {
		ir.Inspect(n, func(n ir.Node) bool {
			m, ok := n.(*ir.Match)
			if ok {
				ref, isRef := m.Test.(*ir.FieldRef)
				linked = linked || m.Field.Level > 0 || isRef && ref.Other.Level > 0
			}
			return true
		})
	}
	return !linked
}

func TestKQLAgreesOnWideLogSources(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	a := author{rand.New(rand.NewPCG(11, seedOf(t))), windowsFolders}
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	m.ID = []string{"_ItemId"}
	rows := map[string][]doc{}
	var all []doc
	for i := range 200 {
		r := a.wideRecord(i)
		code, _ := strconv.Atoi(r.code)
		row, table := doc{"_ItemId": r.id, "EventID": code, "Channel": r.channel, "Computer": r.computer}, "WindowsEvent"
		if r.channel == "Security" && a.IntN(2) == 0 {
			table = "SecurityEvent"
			for name, v := range r.data {
				row[name] = v
			}
			name := r.data["NewProcessName"]
			row["Process"] = name[strings.LastIndexByte(name, '\\')+1:]
		} else {
			data := doc{}
			for name, v := range r.data {
				data[name] = v
			}
			row["EventData"] = data
		}
		row["Type"] = table
		rows[table], all = append(rows[table], row), append(all, row)
	}
	events := map[string]string{}
	for table, of := range rows {
		events[table] = writeEvents(t, of)
	}
	var compiled []*ir.Rule
	var queries []string
	unions, refused := 0, map[string]int{}
	both := lowered.Rule(t, "logsource: {product: windows}\ndetection: {s: {EventID: 4688}, k: {ProcessId: 7}, condition: s or k}\n")
	both.Source.Description = "events that the log and a category in it find by different columns"
	for _, r := range append(a.wideRules(t, randomRules(t)), both) {
		if !unlinked(r) {
			continue
		}
		q, problems := kql.New().Compile(r, compilers.Options{Model: m})
		if q == nil {
			refused[problems[0].Code]++
			continue
		}
		if strings.Contains(q.Text, `"\u`) { // which duckdb-kql does not know
			continue
		}
		if strings.Contains(q.Text, "union ") {
			unions++
		}
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	tables := tablesOf(t, m)
	var runnable []string
	var brief []string // DuckDB joins columns of one name and two types, which Kusto keeps apart
	for _, q := range queries {
		brief = append(brief, strings.ReplaceAll(q, "// End environment-specific filter.", "| project _ItemId"))
	}
	for i, checked := range CheckKQL(t, brief, tables, now, m.Time[0]) {
		require.Empty(t, checked.Errors, queries[i])
		runnable = append(runnable, checked.Text)
	}
	wanted := found(t, m, compiled, writeEvents(t, all))
	matches := 0
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: events, ID: "_ItemId"}) {
		assert.ElementsMatch(t, wanted[compiled[i]], got, "%s\n%s", compiled[i].Source.Description, queries[i])
		matches += len(got)
	}
	t.Logf("%d rules, %d of them unions, on %d rows, %d matches; refused: %v", len(compiled), unions, len(all), matches, refused)
	assert.Greater(t, unions, len(compiled)/8)
	assert.Greater(t, matches, 3*len(compiled))
}

func TestEQLAgreesOnWideLogSources(t *testing.T) {
	t.Parallel()
	needEQL(t)
	for _, model := range []string{"ecs", "winlogbeat"} {
		t.Run(model, func(t *testing.T) {
			a := author{rand.New(rand.NewPCG(12, seedOf(t))), windowsFolders}
			m, err := schema.Load(model)
			require.NoError(t, err)
			var docs []doc
			for i := range 200 {
				r := a.wideRecord(i)
				d := r.winlogbeat()
				if model == "ecs" && r.channel == sysmonChannel {
					d = r.defend()
				}
				docs = append(docs, d)
			}
			file := writeEvents(t, docs)
			var compiled []*ir.Rule
			var queries []string
			unions, refused := 0, map[string]int{}
			for _, r := range a.wideRules(t, randomRules(t)) {
				q, problems := eql.New().Compile(r, compilers.Options{Model: m})
				if q == nil {
					refused[problems[0].Code]++
					continue
				}
				if strings.Contains(q.Text, " where (") {
					unions++
				}
				compiled, queries = append(compiled, r), append(queries, q.Text)
			}
			wanted := found(t, m, compiled, file)
			matches := 0
			for i, got := range CheckEQL(t, queries, mappedFor(t, queries, nil), file) {
				require.Nil(t, got.Error, "%s\n%s", compiled[i].Source.Description, queries[i])
				assert.ElementsMatch(t, wanted[compiled[i]], got.IDs, "%s\n%s", compiled[i].Source.Description, queries[i])
				matches += len(got.IDs)
			}
			t.Logf("%d rules, %d of them unions, on %d documents, %d matches; refused: %v", len(compiled), unions, len(docs), matches, refused)
			assert.Greater(t, unions, len(compiled)/8)
			assert.Greater(t, matches, 3*len(compiled))
		})
	}
}

func TestSPLAgreesOnWideLogSources(t *testing.T) {
	t.Parallel()
	a := author{rand.New(rand.NewPCG(13, seedOf(t))), append([]string{"", "D:/"}, windowsFolders...)}
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	var events []doc
	for i := range 200 {
		events = append(events, a.wideRecord(i).splunk(t))
	}
	rows, world := splRows(t, events), &splWorld{}
	var all []*ir.Rule
	var queries []string
	unions, refused := 0, map[string]int{}
	for _, r := range a.wideRules(t, randomRules(t)) {
		q, problems := spl.New().Compile(r, compilers.Options{Model: m, Approximate: []string{"time-part"}})
		if q == nil {
			refused[problems[0].Code]++
			if problems[0].Code == "never-matches" && len(r.Required()) == 0 { // of several log sources, each must be able to
				assert.Empty(t, found(t, m, []*ir.Rule{r}, writeEvents(t, events))[r], "%s\n%v", r.Source.Description, problems)
			}
			continue
		}
		if strings.Count(q.Text, "source=") > 2 {
			unions++
		}
		all, queries = append(all, r), append(queries, q.Text)
	}
	wanted := found(t, m, all, writeEvents(t, events))
	matches := 0
	for i, r := range all {
		_, err := checkSPL(queries[i])
		require.NoError(t, err, queries[i])
		assert.ElementsMatch(t, wanted[r], splFound(queries[i], rows, world, "RecordID"), "%s\n%s", r.Source.Description, queries[i])
		matches += len(wanted[r])
	}
	t.Logf("%d rules, %d of them unions, on %d events, %d matches; refused: %v", len(all), unions, len(events), matches, refused)
	assert.Greater(t, unions, len(all)/8)
	assert.Greater(t, matches, 3*len(all))
}
