package conformance

import (
	"encoding/csv"
	"fmt"
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
			r, text := splListsApart(t, m, "lists: {names: [CMD.exe, whoami.exe, cmd], parts: [EXE, '/c']}\ndetection: {s: "+condition+", condition: "+not+"s}\n", world)
			want := RunEngine(t, r, m, file, splVerdicts())
			assert.ElementsMatch(t, want, splFound(text, rows, world, "RecordID"), text)
		}
	}
}

// splListsApart compiles a rule with its lists in lookups, which it adds to the world.
func splListsApart(t *testing.T, m *schema.Model, rule string, world *splWorld) (r *ir.Rule, text string) {
	rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\n"+rule), nil)
	require.False(t, found.HasErrors())
	r, found = ir.Lower(rs[0])
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
	return r, q.Text
}

// TestSPLListsApartCompareLettersAsTheEngine asks lists whose values have letters that a lookup, which compares in
// lower case, would not find: ς and σ are the same to rules, and the Kelvin sign is no k.
func TestSPLListsApartCompareLettersAsTheEngine(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	m.ID = []string{"RecordID"}
	var events []doc
	for i, name := range []string{"ΣΑΣ.exe", "σας.exe", "σασ.exe", "\u212Aelvin.exe", "kelvin.exe", "Ärger.exe", "äRGER.EXE", "other.exe"} {
		events = append(events, record{id: fmt.Sprint(i + 1), channel: sysmonChannel, code: "1", computer: "h", instant: "2026-03-01T10:00:00Z", data: map[string]string{"Image": `C:\` + name, "CommandLine": name}}.splunk(t))
	}
	file, rows := writeEvents(t, events), splRows(t, events)
	for rule, want := range map[string][]string{
		"lists: {n: [σας.exe, Ärger.exe]}\ndetection: {s: {Image|filename|expand: '%n%'}, condition: s}\n":       {"1", "2", "3", "6", "7"},
		"lists: {n: [σας.exe, Ärger.exe]}\ndetection: {s: {CommandLine|expand: '%n%'}, condition: not s}\n":      {"4", "5", "8"},
		"lists: {n: [\u212Aelvin, ÄRG]}\ndetection: {s: {CommandLine|startswith|expand: '%n%'}, condition: s}\n": {"4", "6", "7"},
		"lists: {n: [σας.exe]}\ndetection: {s: {CommandLine|expand: '%n%'}, condition: s}\n":                     {"1", "2", "3"},
	} {
		world := &splWorld{lookups: map[string][]splRow{}}
		r, text := splListsApart(t, m, rule, world)
		assert.ElementsMatch(t, want, RunEngine(t, r, m, file, splVerdicts()), "the engine: %s", rule)
		assert.ElementsMatch(t, want, splFound(text, rows, world, "RecordID"), "%s\n%s", rule, text)
	}
}
