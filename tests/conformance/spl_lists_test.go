package conformance

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/stories"
)

// TestSPLListsApartAgreeWithTheEngine asks lists in lookups, of whole values and of parts, and their negation.
func TestSPLListsApartAgreeWithTheEngine(t *testing.T) {
	t.Parallel()
	events, world := splStory(t, stories.Tell())
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	m.ID = []string{"RecordID"}
	file, rows := writeEvents(t, events), splRows(t, events)
	for _, condition := range []string{
		"{Image|filename|expand: '%names%'}", "{CommandLine|contains|expand: '%parts%'}", "{Image|endswith|expand: '%names%'}",
		"{CommandLine|startswith|expand: '%names%'}", "{CommandLine|contains|all|expand: '%parts%'}",
	} {
		for _, not := range []string{"", "not "} {
			rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\n"+
				"lists: {names: [CMD.exe, whoami.exe, cmd], parts: [EXE, '/c']}\ndetection: {s: "+condition+", condition: "+not+"s}\n"), nil)
			require.False(t, found.HasErrors())
			r, found := ir.Lower(rs[0])
			require.Empty(t, found)
			q, found := spl.New().Compile(r, compilers.Options{Model: m, Lists: compilers.ListsApart})
			require.Empty(t, found)
			for _, a := range q.Assets {
				name, isTable := strings.CutSuffix(a.Name, ".csv")
				if !isTable {
					continue
				}
				lines, err := csv.NewReader(strings.NewReader(a.Content)).ReadAll()
				require.NoError(t, err)
				world.lookups[name] = nil
				for _, line := range lines[1:] {
					world.lookups[name] = append(world.lookups[name], splRow{lines[0][0]: line[0]})
				}
			}
			want := RunEngine(t, r, m, file, splVerdicts())
			assert.ElementsMatch(t, want, splFound(q.Text, rows, world, "RecordID"), q.Text)
		}
	}
}
