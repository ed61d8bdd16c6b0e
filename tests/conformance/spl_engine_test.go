package conformance

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// splStory tells a story as Splunk has it from Sysmon, and the vendor's verdicts as a lookup.
func splStory(t testing.TB, s *stories.Story) ([]doc, *splWorld) {
	t.Helper()
	var events []doc
	for _, p := range s.Processes {
		hashes := "MD5=00000000000000000000000000000000"
		if p.SHA1 != "" {
			hashes = "SHA1=" + p.SHA1 + "," + hashes
		}
		events = append(events, record{id: fmt.Sprint(p.ID), channel: sysmonChannel, code: "1", computer: p.Host, instant: p.At.Format(time.RFC3339Nano),
			data: map[string]string{"ProcessGuid": "{" + p.Key() + "}", "ProcessId": fmt.Sprint(p.PID), "Image": p.Image, "CommandLine": p.Command, "Hashes": hashes,
				"User": p.User, "ParentProcessGuid": "{" + p.Parent.Key() + "}", "ParentProcessId": fmt.Sprint(p.Parent.PID), "ParentImage": p.Parent.Image,
				"ParentCommandLine": p.Parent.Command, "ParentUser": p.Parent.User}}.splunk(t))
	}
	f, err := os.Open(splVerdicts())
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	lines, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var verdicts []splRow
	for _, line := range lines[1:] {
		r := splRow{}
		for i, v := range line {
			if v != "" {
				r[lines[0][i]] = v
			}
		}
		verdicts = append(verdicts, r)
	}
	return events, &splWorld{now: float64(stories.Now.Unix()), lookups: map[string][]splRow{"decree_reputation": verdicts}}
}

func splVerdicts() string {
	return filepath.Join(root(), "tests", "stories", "testdata", "reputation.csv")
}

// splBothWays runs rules by the engine and by their searches on a story of Windows.
func splBothWays(t *testing.T, s *stories.Story, texts map[string]string) {
	events, world := splStory(t, s)
	splBoth(t, "splunk-windows", events, world, texts)
}

// splBoth runs rules by the engine and by their searches.
func splBoth(t *testing.T, model string, events []doc, world *splWorld, texts map[string]string) {
	m, err := schema.Load(model)
	require.NoError(t, err)
	m.ID = []string{"RecordID"}
	file, rows := writeEvents(t, events), splRows(t, events)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		r := lowered.Rule(t, texts[name])
		q, found := spl.New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found, name)
		_, err := checkSPL(q.Text)
		require.NoError(t, err, q.Text)
		want := RunEngine(t, r, m, file, splVerdicts())
		if name != "not parent's user" { // Sysmon tells it with every event
			assert.NotEmpty(t, want, "%s proves nothing: no event matches", name)
		}
		assert.ElementsMatch(t, want, splFound(q.Text, rows, world, "RecordID"), "%s\n%s", name, q.Text)
	}
}

// TestSPLAgreesWithTheEngine runs each condition both ways on the recorded intrusion.
func TestSPLAgreesWithTheEngine(t *testing.T) { splBothWays(t, stories.Tell(), conditions()) }

// TestSPLLinksProcessesAsTheEngine asks each ancestry and its negation, of Sysmon on Windows and on Linux, and of macOS
// as the Common Information Model names its processes.
func TestSPLLinksProcessesAsTheEngine(t *testing.T) {
	t.Parallel()
	windows, world := splStory(t, deep())
	renamed := func(names map[string]string, fixed doc) []doc {
		var out []doc
		for _, e := range windows {
			other := doc{"RecordID": e["RecordID"], "_time": e["_time"]}
			for name, v := range fixed {
				other[name] = v
			}
			for from, to := range names {
				if v, ok := e[from]; ok {
					other[to] = v
				}
			}
			out = append(out, other)
		}
		return out
	}
	same := map[string]string{}
	for _, name := range []string{"host", "ProcessGuid", "Image", "CommandLine", "User", "ParentProcessGuid", "ParentImage", "ParentCommandLine", "ParentUser"} {
		same[name] = name
	}
	for _, c := range []struct {
		product, model string
		events         []doc
	}{
		{"windows", "splunk-windows", windows},
		{"linux", "splunk-linux", renamed(same, doc{"sourcetype": "sysmon:linux", "EventID": "1"})},
		{"macos", "splunk-linux", renamed(map[string]string{"host": "dest", "ProcessGuid": "process_guid", "Image": "process_path", "CommandLine": "process", "User": "user",
			"ParentProcessGuid": "parent_process_guid", "ParentImage": "parent_process_path", "ParentCommandLine": "parent_process"},
			doc{"tag": []any{"process", "report"}, "os": "Mac OS X"})},
	} {
		t.Run(c.product, func(t *testing.T) {
			texts := map[string]string{}
			for _, a := range deepAncestries {
				for _, condition := range []string{"any and x", "any and not x", "own and x", "own or x"} {
					texts[condition+": "+a] = strings.Replace(header, "windows", c.product, 1) + "ancestry:\n  x:\n    " + a +
						"\ndetection:\n  any: {Image|contains: .}\n  own: {Image|contains: ':\\x\\'}\n  condition: " + condition + "\n"
				}
			}
			splBoth(t, c.model, c.events, world, texts)
		})
	}
}

// TestSPLCountsAsTheEngine asks each prevalence and its negation.
func TestSPLCountsAsTheEngine(t *testing.T) {
	t.Parallel()
	texts := map[string]string{}
	for _, asked := range append(slices.Clone(rarities), "{field: sha1, local: {distinct: host, rarest: 3}}", "{field: user, local: {distinct: host, rarest: 2}}") {
		for _, condition := range []string{"any and x", "any and not x", "shell and x"} {
			texts[condition+": "+asked] = header + "prevalence:\n  x: " + asked + "\ndetection:\n  any: {Image|contains: .}\n  shell: {ParentImage|endswith: '\\cmd.exe'}\n  condition: " + condition + "\n"
		}
	}
	splBothWays(t, someUsers(stories.Tell()), texts)
}

// TestSPLFindsTheStory runs the reference rule's own search on the recorded intrusion.
func TestSPLFindsTheStory(t *testing.T) {
	t.Parallel()
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	q, found := spl.New().Compile(libraryRule(t, "sql_server_suspicious_grandchild"), compilers.Options{Model: m})
	require.Empty(t, found)
	story := stories.Tell()
	events, world := splStory(t, story)
	assert.ElementsMatch(t, story.Wanted(), splFound(q.Text, splRows(t, events), world, "RecordID"), q.Text)
}
