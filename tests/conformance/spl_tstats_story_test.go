package conformance

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// dataModelStory tells a story as Endpoint.Processes has it. One process of each host has no name that is known.
func dataModelStory(s *stories.Story) []doc {
	var events []doc
	for i, p := range s.Processes {
		d := doc{"tag": []any{"process", "report"}, "id": fmt.Sprint(p.ID), "_time": p.At.Format(time.RFC3339Nano), "dest": p.Host,
			"process_guid": "{" + p.Key() + "}", "process_path": p.Image, "process": p.Command, "user": p.User,
			"parent_process_guid": "{" + p.Parent.Key() + "}", "parent_process_path": p.Parent.Image, "parent_process": p.Parent.Command}
		if i%9 == 4 {
			d["process_guid"] = "unknown"
		}
		if i%9 == 7 {
			d["parent_process_guid"] = "unknown"
		}
		events = append(events, d)
	}
	return events
}

// TestDataModelsLinkProcessesAsTheEngine asks each ancestry and its negation of the rows that tstats gives.
func TestDataModelsLinkProcessesAsTheEngine(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("cim")
	require.NoError(t, err)
	m.ID = []string{"id"}
	for i := range m.Sources { // so that rows tell which event they are of
		if m.Sources[i].Name == "processes" {
			m.Sources[i].Fields["EventRecordID"] = schema.Column{Name: "id"}
			delete(m.Sources[i].Ancestors[1], "CommandLine") // the parent's own event is asked
		}
	}
	events := dataModelStory(deep())
	rows, file := splRows(t, events), writeEvents(t, events)
	var compiled []*ir.Rule
	var queries []string
	for _, a := range deepAncestries {
		for _, condition := range []string{"any and x", "any and not x", "own and x", "own or x"} {
			text := "title: T\nlogsource: {product: windows, category: process_creation}\nancestry:\n  x:\n    " + a + "\ndetection:\n  any: {Image|contains: .}\n  own: {Image|contains: ':\\x\\'}\n  condition: " + condition + "\n"
			r := lowered.Rule(t, text)
			q, problems := spl.New().Compile(r, compilers.Options{Model: m})
			require.NotNil(t, q, "%v", problems)
			_, err := checkSPL(q.Text)
			require.NoError(t, err, q.Text)
			compiled, queries = append(compiled, r), append(queries, q.Text)
		}
	}
	wanted := found(t, m, compiled, file)
	matches := 0
	for i, r := range compiled {
		assert.ElementsMatch(t, wanted[r], tstatsRows(t, queries[i], rows, "id"), queries[i])
		matches += len(wanted[r])
	}
	t.Logf("%d rules, %d matches", len(compiled), matches)
	assert.Greater(t, matches, 5*len(compiled))
}
