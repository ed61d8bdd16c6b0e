package conformance

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
	"decree/tests/fixture/extracts"
)

// extractFields are fields that products store as they are.
var extractFields = []string{"CommandLine", "Image", "OriginalFileName"}

// extractRules makes up rules that read extracted fields.
func extractRules(t testing.TB, r *rand.Rand, n int, ops []string) []*ir.Rule {
	t.Helper()
	var out []*ir.Rule
	for range n {
		text := extracts.Rule(r, extracts.Uses{Ops: ops, Tests: extracts.Tests, Fields: extractFields, LogLines: "logsource: {product: windows, category: process_creation}\n"})
		rs, found := parse.Rules("r.yml", []byte(text), nil)
		require.False(t, found.HasErrors(), "%v\n%s", found, text)
		lowered, found := ir.Lower(rs[0])
		require.False(t, found.HasErrors(), "%v\n%s", found, text)
		lowered.Source.Description = text
		out = append(out, lowered)
	}
	return out
}

// extractRecord is an event with made-up texts, and nothing else that a rule reads.
func extractRecord(r *rand.Rand, i int) record {
	out := author{r, windowsFolders}.record(i)
	out.data = extracts.Event(r, extractFields)
	out.data["ProcessId"] = "1"
	return out
}

// TestKQLAgreesOnExtracts runs made-up rules that read extracted fields by the engine and by the query. DuckDB does not
// split command lines: of these, and of several values, Microsoft's parser reads the queries.
func TestKQLAgreesOnExtracts(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	r := rand.New(rand.NewPCG(7, seedOf(t)))
	m := onlySource(t, "mde", "device_process_events")
	m.ID = []string{"ReportId"}
	var rows []doc
	for i := range 120 {
		rows = append(rows, randomRows[0].row(extractRecord(r, i)))
	}
	file := writeEvents(t, rows)
	tables := tablesOf(t, m)
	compile := func(ops []string, n int) (compiled []*ir.Rule, texts []string) {
		var queries []string
		for _, rule := range extractRules(t, r, n, ops) {
			q, problems := kql.New().Compile(rule, compilers.Options{Model: m})
			if q == nil {
				require.Contains(t, []string{"extract-any", "never-matches"}, problems[0].Code, "%v\n%s", problems, rule.Source.Description)
				continue
			}
			compiled, queries = append(compiled, rule), append(queries, q.Text)
		}
		for i, checked := range CheckKQL(t, queries, tables, now, m.Time[0]) {
			require.Empty(t, checked.Errors, "%s\n%s", compiled[i].Source.Description, queries[i])
			texts = append(texts, checked.Text)
		}
		return compiled, texts
	}
	compile(extracts.Ops, fixture.Times(30, 60))
	run := slices.DeleteFunc(slices.Clone(extracts.Ops), func(op string) bool { return op == "argv" || op == "any" })
	compiled, texts := compile(run, fixture.Times(60, 120))
	wanted := found(t, m, compiled, file)
	matches := 0
	for i, got := range RunKQL(t, texts, Recording{Tables: tables, Events: map[string]string{"DeviceProcessEvents": file}, ID: "ReportId"}) {
		want := wanted[compiled[i]]
		assert.ElementsMatch(t, want, got, "%s\n%s", compiled[i].Source.Description, texts[i])
		matches += len(want)
	}
	t.Logf("%d rules on %d rows, %d matches", len(compiled), len(rows), matches)
	assert.Greater(t, matches, 10*len(compiled))
	assert.False(t, strings.Contains(strings.Join(texts, ""), "parse_command_line"))
}

// TestSPLAgreesOnExtracts does the same with the search.
func TestSPLAgreesOnExtracts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, seedOf(t)))
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	var events []doc
	for i := range 120 {
		events = append(events, extractRecord(r, i).splunk(t))
	}
	rows, world := splRows(t, events), &splWorld{}
	ops := slices.DeleteFunc(slices.Clone(extracts.Ops), func(op string) bool { return op == "argv" })
	all := extractRules(t, r, fixture.Times(60, 150), ops)
	wanted := found(t, m, all, writeEvents(t, events))
	matches, compiled := 0, 0
	for _, rule := range all {
		q, problems := spl.New().Compile(rule, compilers.Options{Model: m})
		if q == nil {
			require.Contains(t, []string{"extract-argv", "never-matches"}, problems[0].Code, "%v\n%s", problems, rule.Source.Description)
			continue
		}
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		assert.ElementsMatch(t, wanted[rule], splFound(q.Text, rows, world, "RecordID"), "%s\n%s", rule.Source.Description, q.Text)
		matches += len(wanted[rule])
		compiled++
	}
	t.Logf("%d rules on %d events, %d matches", compiled, len(events), matches)
	assert.Greater(t, matches, 10*compiled)
}

// TestEQLAgreesOnExtracts does the same with the query, where an expression says what the extract does.
func TestEQLAgreesOnExtracts(t *testing.T) {
	t.Parallel()
	needEQL(t)
	r := rand.New(rand.NewPCG(9, seedOf(t)))
	m, err := schema.Load("winlogbeat")
	require.NoError(t, err)
	var docs []doc
	for i := range 120 {
		docs = append(docs, extractRecord(r, i).winlogbeat())
	}
	file := writeEvents(t, docs)
	var compiled []*ir.Rule
	var queries []string
	refused := map[string]int{}
	for _, rule := range extractRules(t, r, fixture.Times(200, 400), []string{"argv", "any", "split", "part", "map", "letters"}) {
		q, problems := eql.New().Compile(rule, compilers.Options{Model: m})
		if q == nil {
			refused[problems[0].Code]++
			continue
		}
		compiled, queries = append(compiled, rule), append(queries, q.Text)
	}
	matches := eqlAgrees(t, m, compiled, queries, file)
	t.Logf("%d rules on %d documents, %d matches; refused: %v", len(compiled), len(docs), matches, refused)
	assert.Greater(t, matches, 5*len(compiled))
}
