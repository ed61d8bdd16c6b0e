package conformance

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// recordings are the events of the public rules' regression data, a quarter of public telemetry's process
// creations, and every nth of its events.
func recordings(t testing.TB, every int) []record {
	t.Helper()
	var all []record
	add := func(system, data doc) {
		r := record{id: fmt.Sprintf("e%d", len(all)), data: map[string]string{}}
		for to, names := range map[*string][]string{&r.channel: {"Channel"}, &r.code: {"EventID"}, &r.computer: {"Computer", "Hostname"}, &r.provider: {"Provider_Name", "SourceName"}, &r.instant: {"@timestamp"}} {
			for _, name := range names {
				if v, ok := system[name]; ok && *to == "" {
					*to = fmt.Sprint(v)
				}
			}
		}
		for name, v := range data {
			if _, known := system[name]; v != nil && (!known || !isSystem[name]) {
				r.data[name] = fmt.Sprint(v)
			}
		}
		all = append(all, r)
	}
	folder := corpusFolder(t, "regression_data")
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		f, err := os.Open(path)
		require.NoError(t, err)
		defer func() { require.NoError(t, f.Close()) }()
		for d := jsonDecoder(f); ; {
			var e struct {
				Event struct{ System, EventData doc }
			}
			if err := d.Decode(&e); errors.Is(err, io.EOF) {
				return nil
			} else {
				require.NoError(t, err, path)
			}
			system := e.Event.System
			system["Provider_Name"] = field(system, "Provider.#attributes.Name")
			system["@timestamp"] = field(system, "TimeCreated.#attributes.SystemTime")
			add(system, e.Event.EventData)
		}
	}))
	for file, nth := range map[string]int{"windows-process.ndjson.gz": 4, "windows.ndjson.gz": every} {
		sample(t, filepath.Join(folder, "..", "..", "events", file), nth, func(e doc) { add(e, e) })
	}
	return all
}

// isSystem are the fields of a flat event that are not its data.
var isSystem = map[string]bool{"Channel": true, "EventID": true, "Computer": true, "Hostname": true, "Provider_Name": true, "SourceName": true,
	"@timestamp": true, "TimeCreated": true, "Level": true, "Keywords": true, "Task": true}

func jsonDecoder(r io.Reader) *json.Decoder {
	d := json.NewDecoder(r)
	d.UseNumber()
	return d
}

// sample reads every nth event of a file.
func sample(t testing.TB, path string, every int, use func(doc)) {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for n := 0; lines.Scan(); n++ {
		if n%every == 0 {
			var e doc
			require.NoError(t, jsonDecoder(strings.NewReader(lines.Text())).Decode(&e))
			use(e)
		}
	}
	require.NoError(t, lines.Err())
}

// raw is the record as it was, with the document's id.
func (r record) raw() doc {
	e := doc{"event": doc{"id": r.id}, "@timestamp": r.instant, "Channel": r.channel, "EventID": r.code, "Computer": r.computer, "Provider_Name": r.provider}
	for name, v := range r.data {
		e[name] = v
	}
	return e
}

// TestEQLAgreesOnRegressionData runs every public Windows rule that has a query on the documents that Elastic
// would hold of the events, by the engine and by the query. They find the same, rule by rule.
func TestEQLAgreesOnRegressionData(t *testing.T) {
	t.Parallel()
	all := recordings(t, 200)
	public := corpusRules(t)
	cases := []struct {
		model    string
		document func(record) doc
		matched  int // rules that match something, at least
	}{
		{"winlogbeat", record.winlogbeat, 120},
		{"ecs", record.defend, 105},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			m, err := schema.Load(c.model)
			require.NoError(t, err)
			var docs []doc
			for _, r := range all {
				if d := c.document(r); d != nil {
					docs = append(docs, d)
				}
			}
			var compiled []*ir.Rule
			var queries []string
			for _, r := range public {
				if q, _ := eql.New().Compile(r, compilers.Options{Model: m}); q != nil && r.Source.LogSource.Product == "windows" {
					compiled, queries = append(compiled, r), append(queries, q.Text)
				}
			}
			file := writeEvents(t, docs)
			wanted := found(t, m, compiled, file)
			matched, matches := 0, 0
			for i, got := range CheckEQL(t, queries, nil, file) {
				require.Nil(t, got.Error, queries[i])
				want := wanted[compiled[i]]
				assert.ElementsMatch(t, want, got.IDs, "%s\n%s", compiled[i].Source.Title, queries[i])
				matches += len(want)
				if len(want) > 0 {
					matched++
				}
			}
			t.Logf("%d rules on %d documents: %d rules match, %d matches", len(compiled), len(docs), matched, matches)
			assert.GreaterOrEqual(t, matched, c.matched)
		})
	}
}

// found runs the engine: rule -> the ids it matches.
func found(t testing.TB, m *schema.Model, rs []*ir.Rule, file string) map[*ir.Rule][]string {
	e, problems := engine.New(rs, engine.Options{Model: m})
	isFilters := func(d diag.Diagnostic) bool { return d.Code == "several-sources" } // a source that lacks what a filter reads, in queries too
	require.Empty(t, slices.DeleteFunc(problems, isFilters))
	log, err := event.Open(file, event.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	for {
		ev, err := log.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		require.NoError(t, e.Add(ev))
	}
	results, _, err := e.Finish()
	require.NoError(t, err)
	ids := map[*ir.Rule][]string{}
	for _, res := range results {
		ids[res.Rule] = append(ids[res.Rule], res.EventID)
	}
	return ids
}

// notInDefend are fields that Elastic Defend does not record. ECS has places for some, which Elastic's Windows
// integration fills.
var notInDefend = []string{"Description", "Product", "Company", "FileVersion"}

// TestDocumentsKeepWhatWindowsWrote runs the same rules on the events as Windows wrote them: what Elastic makes
// of the events and what the model makes of the rules together lose nothing.
func TestDocumentsKeepWhatWindowsWrote(t *testing.T) {
	t.Parallel()
	all := recordings(t, 10)
	public := corpusRules(t)
	windows, err := schema.Load("windows")
	require.NoError(t, err)
	windows.ID = []string{"event.id"}
	cases := []struct {
		model    string
		document func(record) doc
		lost     []string // fields
	}{
		{"winlogbeat", record.winlogbeat, nil},
		{"ecs", record.defend, notInDefend},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			m, err := schema.Load(c.model)
			require.NoError(t, err)
			var rs []*ir.Rule
			for _, r := range public {
				if q, _ := eql.New().Compile(r, compilers.Options{Model: m}); q != nil && r.Source.LogSource.Product == "windows" && !reads(r, c.lost) {
					rs = append(rs, r)
				}
			}
			var raw, docs []doc
			for _, r := range all {
				if d := c.document(r); d != nil {
					raw, docs = append(raw, r.raw()), append(docs, d)
				}
			}
			before, after := found(t, windows, rs, writeEvents(t, raw)), found(t, m, rs, writeEvents(t, docs))
			matches := 0
			for _, r := range rs {
				assert.ElementsMatch(t, before[r], after[r], r.Source.Title)
				matches += len(before[r])
			}
			t.Logf("%d rules on %d events, %d matches", len(rs), len(docs), matches)
			assert.NotZero(t, matches)
		})
	}
}

// reads tells whether a rule reads one of some fields.
func reads(r *ir.Rule, fields []string) bool {
	found := false
	ir.Inspect(r.Condition, func(n ir.Node) bool {
		m, ok := n.(*ir.Match)
		found = found || ok && slices.Contains(fields, m.Field.Name)
		return true
	})
	return found
}
