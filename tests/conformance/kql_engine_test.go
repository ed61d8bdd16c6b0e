package conformance

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// RunEngine gives the ids of the events of a recording that a rule matches, in order.
func RunEngine(t testing.TB, r *ir.Rule, model *schema.Model, file, reputation string) []string {
	t.Helper()
	e, found := engine.New([]*ir.Rule{r}, engine.Options{Model: model, Reputation: verdictsIn(t, reputation), Now: stories.Now})
	require.Empty(t, found)
	events, err := event.Open(file, event.Options{})
	require.NoError(t, err)
	require.NoError(t, e.Run(events, file, 1, nil))
	require.NoError(t, events.Close())
	results, _, err := e.Finish()
	require.NoError(t, err)
	ids := []string{}
	for _, res := range results {
		ids = append(ids, res.EventID)
	}
	return ids
}

// reputations are the reputation tables that were read, by their files: many rules ask the same one.
var reputations sync.Map

func verdictsIn(t testing.TB, file string) rarity.Reputation {
	if known, ok := reputations.Load(file); ok {
		return known.(rarity.Reputation)
	}
	table, err := rarity.LoadTable(file, rarity.ColumnsOf())
	require.NoError(t, err)
	reputations.Store(file, table)
	return table
}

const header = "title: T\nlogsource: {product: windows, category: process_creation}\nschedule: {every: 1h, lookback: 2h}\n"

// detections are conditions on the story's events, one for each way a query compares.
var detections = map[string]string{
	"equals":              "s: {CommandLine: whoami}\n  condition: s",
	"equals, cased":       "s: {Image|cased|endswith: WHOAMI.EXE}\n  condition: s",
	"contains any":        "s: {CommandLine|contains: [who, NET]}\n  condition: s",
	"contains all":        "s: {Image|contains|all: [job, '12']}\n  condition: s",
	"starts":              "s: {Image|startswith: 'c:\\windows\\'}\n  condition: s",
	"starts with a quote": "s: {ParentCommandLine|startswith: '\"cmd.exe\" /c'}\n  condition: not s",
	"wildcards":           "s: {Image: '*\\job000?.exe'}\n  condition: s",
	"wildcard in the end": "s: {Image: 'C:\\Windows\\*'}\n  condition: not s",
	"regex":               "s: {CommandLine|re: 'job0[0-9]{2}7'}\n  condition: s",
	"regex, any case":     "s: {Image|re|i: '(WHOAMI|net1?)\\.exe$'}\n  condition: s",
	"file names":          "s: {Image|filename: [whoami.exe, procdump]}\n  condition: s",
	"file name in a text": "s: {CommandLine|filename: [whoami.exe, cmd.exe]}\n  condition: s",
	"word":                "s: {CommandLine|word: [who, net, user]}\n  condition: s",
	"word, cased":         "s: {CommandLine|word|cased: cmd.exe}\n  condition: s",
	"word anywhere":       "s: {'|word': whoami}\n  condition: s",
	"part of a file name": "s: {Image|filename|contains: [oam, 'j?b']}\n  condition: s",
	"start of a name":     "s: {CommandLine|filename|startswith: who}\n  condition: s",
	"file name, regex":    "s: {CommandLine|filename|re: '^[a-z]+[.]exe$'}\n  condition: s",
	"bits":                "s: {ProcessId|bits: 0x44}\n  condition: s",
	"number":              "s: {ProcessId|gte: 1100}\n  condition: s",
	"not a number":        "s: {ProcessId|lt: 1100}\n  condition: not s",
	"missing number":      "s: {LogonId|gt: 0}\n  condition: not s",
	"missing text":        "s: {OriginalFileName|contains: a}\n  condition: not s",
	"field to field":      "s: {ParentCommandLine|fieldref: CommandLine}\n  condition: not s",
	"field ends a field":  "s: {ParentCommandLine|fieldref|endswith: CommandLine}\n  condition: s",
	"two of three":        "s1: {Image|contains: system32}\n  s2: {CommandLine|contains: whoami}\n  s3: {ParentImage|endswith: '\\cmd.exe'}\n  condition: 2 of s*",
	"keywords":            "s: [IMPLANT, nltest]\n  condition: s",
	"nested":              "a: {Image|contains: net}\n  b: {User: x}\n  c: {CommandLine|contains: user}\n  condition: (a or c) and not (a and c)",
}

// ancestries are conditions that Defender's events do not carry whole.
var ancestries = map[string]string{
	"grandparent's command line": "x:\n    grandparent: {CommandLine|contains: mssqlserver}",
	"grandparent's path":         "x:\n    grandparent: {Image|startswith: 'C:\\Program Files\\'}",
	"parent's user":              "x:\n    parent: {User: mssqlserver}",
	"third ancestor":             "x:\n    ancestor: {level: 3, Image|filename: sqlservr.exe}",
	"within three":               "x:\n    ancestor: {within: 3, CommandLine|contains: net user}",
}

// TestKQLAgreesWithTheEngine runs each condition both ways on the recorded intrusion.
func TestKQLAgreesWithTheEngine(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	m, tables := mde(t)
	m.Sources[0].Fields["User"] = schema.Column{Name: "AccountName"}
	delete(m.Sources[0].Ancestors[1], "User") // the story has it on the parent's own event
	rec := recording(t)
	texts := map[string]string{}
	for name, d := range detections {
		texts[name] = header + "detection:\n  " + d + "\n"
		if strings.HasSuffix(d, "condition: s") {
			texts["not "+name] = header + "detection:\n  " + strings.Replace(d, "condition: s", "condition: not s", 1) + "\n"
		}
	}
	for name, a := range ancestries {
		ancestry := header + "ancestry:\n  " + a + "\ndetection:\n  any: {Image|contains: .}\n  condition: any and "
		texts[name], texts["not "+name] = ancestry+"x\n", ancestry+"not x\n"
	}
	var names, queries []string
	var wanted [][]string
	for name, text := range texts {
		r := lowered.Rule(t, text)
		want := RunEngine(t, r, m, rec.Events["DeviceProcessEvents"], rec.Profiles)
		if !assert.NotEmpty(t, want, "%s proves nothing: no event matches", name) {
			continue
		}
		slices.Sort(want)
		names, queries, wanted = append(names, name), append(queries, compileIR(t, r, m)), append(wanted, want)
	}
	var runnable []string
	for i, c := range CheckKQL(t, queries, tables, now, "Timestamp") {
		require.Empty(t, c.Errors, "%s\n%s", names[i], queries[i])
		runnable = append(runnable, c.Text)
	}
	for i, got := range RunKQL(t, runnable, rec) {
		slices.Sort(got)
		assert.Equal(t, wanted[i], got, "%s\n%s", names[i], runnable[i])
	}
}
