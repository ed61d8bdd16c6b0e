package conformance

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
)

// dataModelFields are the fields of Endpoint.Processes that random events fill. Those that the add-on calculates are
// unknown where there is nothing; the others are missing.
var dataModelFields = map[string]struct {
	name       string
	calculated bool
}{"Image": {"process_path", false}, "ParentImage": {"parent_process_path", false}, "CommandLine": {"process", true}, "ParentCommandLine": {"parent_process", true},
	"OriginalFileName": {"original_file_name", true}, "ProcessId": {"process_id", false}}

// dataModel makes the event that Endpoint.Processes would hold.
func (r record) dataModel() doc {
	d := doc{"process_guid": r.id, "tag": []any{"process", "report"}, "dest": r.computer}
	for from, to := range dataModelFields {
		v, ok := r.data[from]
		switch {
		case to.calculated && v == "":
			d[to.name] = "unknown"
		case ok && v != "":
			d[to.name] = v
		}
	}
	return d
}

// tstatsRows runs a search that begins with tstats: its where on the events of the dataset, and what follows on the
// rows, in which a value is given for what is missing.
func tstatsRows(t testing.TB, search string, rows []splRow, id string) []string {
	t.Helper()
	_, command, ok := strings.Cut(search, "| tstats ")
	require.True(t, ok, search)
	command, after, ok := strings.Cut(command, "\n| rename Processes.* AS *\n")
	require.True(t, ok, search)
	command, _, ok = strings.Cut(command, "\n    by")
	require.True(t, ok, search)
	if _, where, some := strings.Cut(command, "\n    where "); some {
		where = strings.ReplaceAll(where, "Processes.", "")
		found := splFound(where+"\n", rows, &splWorld{}, id)
		var kept []splRow
		for _, row := range rows {
			if slices.Contains(found, row[id].(string)) {
				kept = append(kept, row)
			}
		}
		rows = kept
	}
	filled := make([]splRow, len(rows))
	for i, row := range rows {
		filled[i] = maps.Clone(row)
		for _, f := range dataModelFields {
			if filled[i][f.name] == nil {
				filled[i][f.name] = "unknown"
			}
		}
	}
	return splFound(id+"=*\n"+after, filled, &splWorld{}, id)
}

// TestDataModelsAgreeOnRandomRules runs rules and events that nobody would write, by the engine and by tstats.
func TestDataModelsAgreeOnRandomRules(t *testing.T) {
	t.Parallel()
	a := author{rand.New(rand.NewPCG(4, seedOf(t))), append([]string{"", "D:/"}, windowsFolders...)}
	m, err := schema.Load("cim")
	require.NoError(t, err)
	var events []doc
	for i := range 150 {
		r := a.record(i)
		if i%10 == 0 {
			r.data["OriginalFileName"] = "known"
		}
		events = append(events, r.dataModel())
	}
	rows := splRows(t, events)
	var compiled []*ir.Rule
	var queries []string
	refused := map[string]int{}
	for _, r := range a.rules(t, randomRules(t)) {
		q, problems := spl.New().Compile(r, compilers.Options{Model: m})
		if q == nil {
			refused[problems[0].Code]++
			continue
		}
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		compiled, queries = append(compiled, r), append(queries, q.Text)
	}
	wanted := found(t, m, compiled, writeEvents(t, events))
	matches := 0
	for i, r := range compiled {
		assert.ElementsMatch(t, wanted[r], tstatsRows(t, queries[i], rows, "process_guid"), "%s\n%s", r.Source.Description, queries[i])
		matches += len(wanted[r])
	}
	t.Logf("%d rules on %d events, %d matches; refused: %v", len(compiled), len(events), matches, refused)
	assert.Greater(t, matches, 10*len(compiled))
}
