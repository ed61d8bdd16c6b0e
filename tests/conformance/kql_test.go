package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

func mde(t testing.TB) (*schema.Model, Tables) {
	t.Helper()
	m, err := schema.Load("mde")
	require.NoError(t, err)
	tables := Tables{}
	for _, s := range m.Sources {
		tables[s.Table] = s.Columns
	}
	return m, tables
}

// compileKQL compiles a rule of the library.
func compileKQL(t testing.TB, file string) string {
	t.Helper()
	m, _ := mde(t)
	r := lowered.Shipped(t, file)
	return compileIR(t, r, m)
}

func compileIR(t testing.TB, r *ir.Rule, m *schema.Model) string {
	t.Helper()
	q, found := kql.New().Compile(r, compilers.Options{Model: m})
	require.Empty(t, found)
	return q.Text
}

func recording(t testing.TB) Recording {
	_, tables := mde(t)
	testdata := filepath.Join(root(), "tests", "stories", "testdata")
	return Recording{Tables: tables, ID: "ReportId", Profiles: filepath.Join(testdata, "reputation.csv"),
		Events: map[string]string{"DeviceProcessEvents": filepath.Join(testdata, "defender.ndjson.gz")}}
}

const now = "2026-03-02T12:00:00Z"

// TestKQLFindsTheStory runs the reference rule's own query on the recorded intrusion.
func TestKQLFindsTheStory(t *testing.T) {
	t.Parallel()
	require.Equal(t, now, stories.Now.Format("2006-01-02T15:04:05Z"))
	query := compileKQL(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
	rec := recording(t)
	checked := CheckKQL(t, []string{query}, rec.Tables, now, "Timestamp")[0]
	require.Empty(t, checked.Errors, query)
	assert.Equal(t, stories.Tell().Wanted(), RunKQL(t, []string{checked.Text}, rec)[0])
}

// TestKQLParserFindsMistakes makes sure that a wrong column, type or word would be noticed.
func TestKQLParserFindsMistakes(t *testing.T) {
	t.Parallel()
	_, tables := mde(t)
	good := `DeviceProcessEvents | where FileName =~ "a" | summarize n = count() by SHA1 | invoke FileProfile(SHA1, 1000) | where GlobalPrevalence < 5`
	bad := []string{
		strings.Replace(good, "FileName", "FilName", 1),
		strings.Replace(good, "=~", "=~~", 1),
		strings.Replace(good, "GlobalPrevalence", "Prevalence", 1),
		strings.Replace(good, "FileProfile", "FilesProfile", 1),
		strings.Replace(good, `FileName =~ "a"`, `ProcessId startswith 5`, 1),
	}
	results := CheckKQL(t, append([]string{good}, bad...), tables, "", "")
	require.Empty(t, results[0].Errors)
	for i, r := range results[1:] {
		assert.NotEmpty(t, r.Errors, bad[i])
	}
}

var hostile = []string{`"`, `\`, `\"`, `a\`, `" or true //`, "a\nb", "a\r\tb", "\x00\x01\x7f", "`", "'", `@"`, "```x", "ÅÆ\u2028é\U0001F600\U000E0001", "// x", "%_*?", `C:\Windows\`, `\u0041`}

// TestKQLQuoting reads every hostile value back through Microsoft's parser.
func TestKQLQuoting(t *testing.T) {
	t.Parallel()
	needKusto(t)
	m, tables := mde(t)
	var queries []string
	var want [][]string
	opt := compilers.Options{Model: m, NoIndexTerms: true} // they are other texts
	for _, v := range hostile {
		for _, cased := range []bool{true, false} {
			r := &ir.Rule{Source: &rules.Rule{Title: "quoting " + v, Description: v, LogSource: rules.LogSource{Category: "process_creation"}},
				Condition: &ir.Match{Field: ir.Field{Name: "CommandLine"}, Test: &ir.Text{Op: ir.Contains, Values: []string{v}, Cased: cased}}}
			q, found := kql.New().Compile(r, opt)
			require.Empty(t, found)
			queries = append(queries, q.Text)
			literal := v
			if !cased && compilers.FoldsBeyondASCII(v) {
				literal = "(?i)" + v
			}
			want = append(want, []string{"ProcessCreated", literal})
		}
	}
	for i, r := range CheckKQL(t, queries, tables, "", "") {
		assert.Empty(t, r.Errors, queries[i])
		assert.Equal(t, want[i], r.Strings, queries[i])
	}
}

// TestKQLGolden has the parser read the golden queries, whose filter names a column of its own.
func TestKQLGolden(t *testing.T) {
	t.Parallel()
	for model, folder := range map[string]string{"mde": ".", "sentinel": "sentinel", "asim": "asim"} {
		t.Run(model, func(t *testing.T) {
			m, err := schema.Load(model)
			require.NoError(t, err)
			files, err := filepath.Glob(filepath.Join(root(), "compilers", "kql", "testdata", folder, "*.kql"))
			require.NoError(t, err)
			files = slices.DeleteFunc(files, func(f string) bool { // TestKQLParserAcceptsCorrelations reads these
				return strings.HasPrefix(filepath.Base(f), "correlation_")
			})
			require.NotEmpty(t, files)
			var queries []string
			for _, f := range files {
				text, err := os.ReadFile(f)
				require.NoError(t, err)
				queries = append(queries, string(text))
			}
			for i, r := range CheckKQL(t, queries, tablesOf(t, m), "", "") {
				assert.Empty(t, r.Errors, "%s\n%s", files[i], queries[i])
			}
		})
	}
}

// TestKQLPlaces has the parser read queries with what may stand for a table. Tables are bound. Of functions and of
// other workspaces it knows nothing: there only the syntax counts.
func TestKQLPlaces(t *testing.T) {
	t.Parallel()
	m, tables := mde(t)
	own := []string{"MyProcesses", `["a table"]`, "union MyProcesses, DeviceProcessEvents", `union isfuzzy=true DeviceProcessEvents, ["a table"]`}
	tables["MyProcesses"], tables["a table"] = tables["DeviceProcessEvents"], tables["DeviceProcessEvents"]
	places := append(own, "MyProcesses()", `_Im_ProcessCreate(starttime=ago(7d), pack=true)`, `MyEvents("a, b", -5, 1.5, 2h, datetime(2026-01-01))`,
		`workspace("soc").DeviceProcessEvents`, `workspace('00000000-0000-0000-0000-000000000000').DeviceProcessEvents`, `cluster("c").database("d").DeviceProcessEvents`,
		`workspace("soc").["Device Process Events"]`, `union DeviceProcessEvents, workspace("a").DeviceProcessEvents`, `union isfuzzy=true DeviceProcessEvents, MyEvents()`)
	r := lowered.Shipped(t, "windows/process_creation/sql_server_suspicious_grandchild.yml")
	var queries []string
	for _, p := range places {
		require.NoError(t, kql.CheckTable(p))
		q, found := kql.New().Compile(r, compilers.Options{Model: m, Table: compilers.Places{"DeviceProcessEvents": p}})
		require.Empty(t, found)
		require.Contains(t, q.Text, p+"\n")
		queries = append(queries, q.Text)
	}
	broken := strings.Replace(queries[0], "MyProcesses\n", "MyProcesses(\n", 1)
	results := CheckKQL(t, append(queries, broken), tables, "", "")
	const syntax = "KS0"
	for i, checked := range results[:len(places)] {
		if i < len(own) {
			assert.Empty(t, checked.Errors, places[i])
		}
		assert.NotContains(t, strings.Join(checked.Errors, "\n"), syntax, places[i])
	}
	assert.Contains(t, strings.Join(results[len(places)].Errors, "\n"), syntax)
}
