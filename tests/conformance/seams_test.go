package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
)

// seamsBegin is the time of events at t = 0, in seconds.
const seamsBegin = 1700000000

// seam is a case of testdata/seams: rules in which sections of the language meet, events chosen by hand, and what the
// rule or the correlation T finds among them. Its files:
//
//	rule.yml, filters.yml  the rules, and the filters laid over them
//	events                 JSON lines: id, t (seconds), is (the source of seams.yml) and columns
//	finds                  ids; then lines `kql` or `spl`, with: `finds` and ids, where a missing value is not the same
//	                       there; `refused` and a code; `notes` and a code, where the query says that it differs
//
// A line `now` in its comment has the time of a scheduled run.
type seam struct {
	name, text   string
	now          time.Time
	events       []map[string]any
	rules        []*ir.Rule
	correlations []*ir.Correlation
	finds        []string
	apart        map[string][]string // dialect -> words of its line
}

func readSeam(t *testing.T, file string) *seam {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	s := &seam{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), apart: map[string][]string{}}
	for line := range strings.Lines(string(archive.Comment)) {
		var after float64
		if n, _ := fmt.Sscanf(line, "now %g", &after); n == 1 {
			s.now = seamTime(after)
		}
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
		s.text += "-- " + f.Name + " --\n" + string(f.Data)
	}
	for line := range strings.Lines(files["events"]) {
		var e map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &e), line)
		s.events = append(s.events, e)
	}
	first, rest, _ := strings.Cut(files["finds"], "\n")
	s.finds = strings.Fields(first)
	for line := range strings.Lines(rest) {
		words := strings.Fields(line)
		s.apart[words[0]] = words[1:]
	}
	found := s.read(t, files["rule.yml"], files["filters.yml"])
	require.False(t, found.HasErrors(), "%v", found)
	return s
}

// read lowers the rules and lays the filters over them.
func (s *seam) read(t *testing.T, text, filters string) diag.Diagnostics {
	read, found := parse.Documents("rule.yml", []byte(text), nil)
	if found.HasErrors() {
		return found
	}
	if _, found = parse.LinkJoins(read.Rules, read.Correlations); found.HasErrors() {
		return found
	}
	lowered := filteredBy(t, read.Rules, filters)
	for _, r := range read.Rules {
		s.rules = append(s.rules, lowered[r])
	}
	s.rules, _ = ir.LinkJoins(s.rules, lowered)
	for _, r := range s.rules {
		lowered[r.Source] = r
	}
	linked, found := parse.Link(read.Rules, read.Correlations)
	if found.HasErrors() {
		return found
	}
	s.correlations, found = ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found)
	return nil
}

func seamTime(t float64) time.Time { return time.UnixMilli(int64((seamsBegin + t) * 1000)).UTC() }

// wanted is what must be found in a dialect's model.
func (s *seam) wanted(dialect string) []string {
	if apart := s.apart[dialect]; len(apart) > 0 && apart[0] == "finds" {
		return apart[1:]
	}
	return s.finds
}

// found is what the engine finds in lines of a model.
func (s *seam) found(t *testing.T, m *schema.Model, lines string) []string {
	e, found := engine.New(s.rules, engine.Options{Correlations: s.correlations, Model: m, Now: s.now})
	require.False(t, found.HasErrors(), "%v", found)
	in, err := event.NewReader("x.ndjson", strings.NewReader(lines), event.Options{})
	require.NoError(t, err)
	require.NoError(t, e.Run(in, "x", 1, nil))
	results, _, err := e.Finish()
	require.NoError(t, err)
	ids := []string{}
	for _, r := range results {
		if r.Rule.Source.Title == "T" {
			ids = append(ids, r.EventID)
		}
	}
	slices.Sort(ids)
	return ids
}

// compile writes the query of T. It is nil where the case says that the dialect refuses it.
func (s *seam) compile(t *testing.T, d compilers.Dialect, m *schema.Model) *compilers.Query {
	q, found := s.query(d, m)
	if apart := s.apart[d.Name()]; len(apart) > 0 && apart[0] == "refused" {
		if assert.Nil(t, q, "%s of %s is not refused", d.Name(), s.name) {
			assert.Equal(t, apart[1], found[0].Code, s.name)
		}
		return nil
	}
	require.NotNil(t, q, "%s of %s: %v", d.Name(), s.name, found)
	return q
}

// query is that of T.
func (s *seam) query(d compilers.Dialect, m *schema.Model) (*compilers.Query, diag.Diagnostics) {
	if n := len(s.correlations); n > 0 {
		return d.CompileCorrelation(s.correlations[n-1], compilers.Options{Model: m})
	}
	return d.Compile(s.rules[len(s.rules)-1], compilers.Options{Model: m})
}

// holds compares what a query finds with what is wanted, or sees that a note says that they differ.
func (s *seam) holds(t *testing.T, d compilers.Dialect, q *compilers.Query, got []string) {
	if apart := s.apart[d.Name()]; len(apart) > 0 && apart[0] == "notes" {
		assert.True(t, slices.ContainsFunc(q.Notes, func(n compilers.Note) bool { return n.Code == apart[1] }), "%s of %s: %v", d.Name(), s.name, q.Notes)
		assert.NotEqual(t, s.wanted(d.Name()), got, "%s of %s no longer differs", d.Name(), s.name)
		return
	}
	assert.ElementsMatch(t, s.wanted(d.Name()), got, "%s of %s\n%s\n%s", d.Name(), s.name, s.text, q.Text)
}

// table is where Kusto has an event.
func (s *seam) table(e map[string]any) string {
	switch e["is"] {
	case "process", "network":
		return "Sysmon"
	case "system":
		return "System"
	}
	return "Security"
}

var seamCodes = map[any]string{"process": "1", "network": "3", "security": "4624", "system": "7045"}

// kustoRows are the events of a case as rows of Kusto, in order.
func (s *seam) kustoRows(number int) (rows []doc) {
	for _, e := range s.events {
		row := doc{"Timestamp": seamTime(e["t"].(float64)).Format("2006-01-02 15:04:05.000"), "ReportId": fmt.Sprint(e["id"]), "Type": s.table(e), "Case": fmt.Sprint(number)}
		if row["Type"] != "System" {
			row["EventCode"] = seamCodes[e["is"]]
		}
		for name, v := range e {
			if name != "id" && name != "t" && name != "is" {
				row[name] = v
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// splunkRows are the events as Splunk has them.
func (s *seam) splunkRows() (rows []splRow) {
	for _, e := range s.events {
		row := splRow{"_time": seamsBegin + e["t"].(float64), "id": fmt.Sprint(e["id"]), "source": s.table(e), "EventCode": seamCodes[e["is"]]}
		for name, v := range e {
			switch v := v.(type) {
			case nil:
			case []any:
				var texts []string
				for _, one := range v {
					texts = append(texts, fmt.Sprint(one))
				}
				switch len(texts) {
				case 0:
				case 1:
					row[name] = texts[0]
				default:
					row[name] = texts
				}
			case map[string]any:
				for below, one := range v {
					row[name+"."+below] = fmt.Sprint(one)
				}
			default:
				if name != "id" && name != "t" && name != "is" {
					row[name] = fmt.Sprint(v)
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// TestSeams runs the cases of testdata/seams by the engine, as SPL and as KQL. In Kusto the tables have the events of
// all cases, and a column tells of which case an event is.
func TestSeams(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	files, err := filepath.Glob("testdata/seams/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	splunk, err := schema.LoadFile("testdata/seams/spl.yml")
	require.NoError(t, err)
	kusto, err := os.ReadFile("testdata/seams/kql.yml")
	require.NoError(t, err)
	var tables Tables
	all := map[string][]doc{}
	var cases []*seam
	var queries []*compilers.Query
	var runnable []string
	for i, file := range files {
		s := readSeam(t, file)
		rows := s.splunkRows()
		assert.ElementsMatch(t, s.wanted("spl"), s.found(t, splunk, docLines(t, rows)), "the engine on %s in Splunk\n%s", s.name, s.text)
		if q := s.compile(t, spl.New(), splunk); q != nil {
			_, err := checkSPL(q.Text)
			require.NoError(t, err, q.Text)
			s.holds(t, spl.New(), q, splFound(q.Text, rows, &splWorld{now: float64(s.now.UnixMilli()) / 1000}, "id"))
		}
		_, m := modelFile(t, strings.ReplaceAll(string(kusto), "CASE", fmt.Sprint(i)))
		tables = tablesOf(t, m)
		own := s.kustoRows(i)
		for _, row := range own {
			all[row["Type"].(string)] = append(all[row["Type"].(string)], row)
		}
		assert.ElementsMatch(t, s.wanted("kql"), s.found(t, m, docLines(t, own)), "the engine on %s in Kusto\n%s", s.name, s.text)
		if q := s.compile(t, kql.New(), m); q != nil {
			clock := s.now
			if clock.IsZero() {
				clock = seamTime(3600)
			}
			runnable = append(runnable, checkedAt(t, tables, clock.Format(time.RFC3339), "Timestamp", []finding{{rule: s.text, query: q.Text}})...)
			cases, queries = append(cases, s), append(queries, q)
		}
	}
	events := map[string]string{}
	for table := range tables {
		events[table] = writeEvents(t, all[table])
	}
	for i, got := range RunKQL(t, runnable, Recording{Tables: tables, Events: events, ID: "ReportId"}) {
		cases[i].holds(t, kql.New(), queries[i], got)
	}
}
