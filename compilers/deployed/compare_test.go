package deployed

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packaged is a rule of Kibana as a package has it, with its mark.
func packaged(id, query, severity string) map[string]any {
	of := map[string]any{"rule_id": id, "name": "Rule " + id, "type": "eql", "severity": severity, "enabled": true, "tags": []any{"b", "a"}, "query": query}
	of["query"] = Marked(Kibana, "prod", query, of)
	return of
}

func read(t *testing.T, all ...map[string]any) []Rule {
	t.Helper()
	var lines []string
	for _, one := range all {
		line, err := json.Marshal(one)
		require.NoError(t, err)
		lines = append(lines, string(line))
	}
	x, err := Read([]File{{"rules.ndjson", []byte(strings.Join(lines, "\n"))}})
	require.NoError(t, err)
	return x.Rules
}

// edited is a rule as the product gives it, with changes.
func edited(of map[string]any, changes map[string]any) map[string]any {
	out := maps.Clone(of)
	maps.Copy(out, map[string]any{"revision": 4, "updated_at": "2026-01-01", "actions": []any{}, "tags": []any{"a", "b"}})
	maps.Copy(out, changes)
	return out
}

func TestStates(t *testing.T) {
	was, is := packaged("1", "process where true", "low"), packaged("1", "process where false", "low")
	off := maps.Clone(is)
	off["enabled"], off["query"] = false, "process where false"
	off["query"] = Marked(Kibana, "prod", "process where false", off)
	settings := Settings{Target: "prod"}
	for name, c := range map[string]struct {
		project, deployed map[string]any
		want              State
		fields            []string
	}{
		"the same":                     {is, edited(is, nil), Same, nil},
		"the project changed":          {is, edited(was, nil), Changed, []string{"query"}},
		"by hand":                      {is, edited(is, map[string]any{"severity": "high"}), ByHand, []string{"severity"}},
		"switched off":                 {is, edited(is, map[string]any{"enabled": false}), ByHand, []string{"enabled"}},
		"switched on":                  {off, edited(off, map[string]any{"enabled": true}), ByHand, []string{"enabled"}},
		"another status":               {is, edited(off, nil), Changed, []string{"enabled"}},
		"deprecated":                   {off, edited(is, nil), Changed, []string{"enabled"}},
		"set what decree never sets":   {is, edited(is, map[string]any{"actions": []any{map[string]any{"id": "mail"}}}), ByHand, []string{"actions"}},
		"by hand, below the mark":      {is, edited(is, map[string]any{"query": is["query"].(string) + "\n| head 1"}), ByHand, []string{"query"}},
		"both":                         {is, edited(was, map[string]any{"severity": "high"}), Both, []string{"query", "severity"}},
		"the mark is gone":             {is, edited(is, map[string]any{"query": "any where true"}), Changed, []string{"query"}},
		"switched off in an older one": {is, edited(was, map[string]any{"enabled": false}), Both, []string{"enabled", "query"}},
	} {
		changes, others := Compare(Kibana, read(t, c.project), read(t, c.deployed), settings)
		require.Len(t, changes, 1, name)
		assert.Equal(t, c.want, changes[0].State, name)
		assert.Zero(t, others)
		var fields []string
		for _, f := range changes[0].Fields {
			fields = append(fields, f.Name)
		}
		assert.ElementsMatch(t, c.fields, fields, name)
	}
}

// TestFormerNames: Graph may tell the same under the names that it had before.
func TestFormerNames(t *testing.T) {
	of := map[string]any{"id": "1", "displayName": "n", "queryCondition": map[string]any{"queryText": "T"}, "detectionAction": map[string]any{"alertTemplate": map[string]any{"title": "t", "tactics": []any{map[string]any{"tactic": "Execution"}},
		"entityMappings": map[string]any{"hosts": []any{map[string]any{"deviceIdColumn": "DeviceId"}}}}}}
	of["queryCondition"] = map[string]any{"queryText": Marked(Defender, "prod", "T", of)}
	ours, err := json.Marshal(of)
	require.NoError(t, err)
	theirs := strings.Replace(string(ours), `"title":"t"`, `"title":"t","category":"Execution","mitreTechniques":[],"impactedAssets":[{"identifier":"deviceId"}]`, 1)
	switched := strings.Replace(theirs, `"id":"1"`, `"id":"1","status":"disabled","detectionAction2":1`, 1)
	for text, want := range map[string]State{theirs: Same, switched: ByHand} {
		var rules [2][]Rule
		for i, one := range []string{string(ours), text} {
			x, err := Read([]File{{"a.json", []byte(one)}})
			require.NoError(t, err)
			rules[i] = x.Rules
		}
		changes, _ := Compare(Defender, rules[0], rules[1], Settings{Target: "prod"})
		assert.Equal(t, want, changes[0].State)
	}
}

// TestAQuotedMark: a text of the rule, which a query has as a comment, may quote a mark.
func TestAQuotedMark(t *testing.T) {
	with := func(query string) map[string]any {
		of := map[string]any{"rule_id": "1", "name": "N", "query": query}
		of["query"] = Marked(Kibana, "prod", query, of)
		return of
	}
	const quoted = "// x // Packaged by decree for prod: 0123456789abcdef\n"
	changes, _ := Compare(Kibana, read(t, with(quoted+"b")), read(t, with(quoted+"a")), Settings{Target: "prod"})
	require.Len(t, changes, 1)
	assert.Equal(t, Changed, changes[0].State)
}

func TestNewAndGone(t *testing.T) {
	mine, gone, refused := packaged("1", "a", "low"), packaged("2", "b", "low"), packaged("3", "c", "low")
	foreign := map[string]any{"rule_id": "4", "name": "Theirs", "query": "d"}
	elsewhere := map[string]any{"rule_id": "5", "name": "Of another target", "query": Marked(Kibana, "test", "e", map[string]any{"query": "e"})}
	deployed := read(t, gone, refused, foreign, elsewhere)
	changes, others := Compare(Kibana, read(t, mine), deployed, Settings{Target: "prod", Refused: map[string]bool{"3": true}})
	assert.Equal(t, 2, others)
	states := map[string]State{}
	for _, c := range changes {
		states[c.ID] = c.State
	}
	assert.Equal(t, map[string]State{"1": New, "2": Gone, "3": NotPackaged}, states)
	changes, _ = Compare(Kibana, read(t, mine), deployed, Settings{Target: "prod", Partial: true})
	assert.Len(t, changes, 1, "a part of the rules says nothing about the others")
	changes, _ = Compare(Kibana, read(t, mine), deployed, Settings{Target: "prod", Broken: true})
	assert.Equal(t, []State{New, NotCompared, NotCompared}, []State{changes[0].State, changes[1].State, changes[2].State}, "the file of any may be broken")
}

// TestAnotherID: where the product keeps the id that a package gives, a rule with another id is another rule, whatever
// its title. Splunk replaces a search of the same name, and Defender numbers the rules itself.
func TestAnotherID(t *testing.T) {
	const id, other = "0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a01", "0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a02"
	kibana := func(id string) string {
		return `{"rule_id": "` + id + `", "name": "One", "query": "a\n// Packaged by decree for prod: 0123456789abcdef"}`
	}
	defender := func(id string) string {
		return `{"id": "` + id + `", "displayName": "One", "queryCondition": {"queryText": "a\n// Packaged by decree for prod: 0123456789abcdef"}}`
	}
	sentinel := func(id string) string {
		return `{"name": "` + id + `", "kind": "Scheduled", "properties": {"displayName": "One", "query": "a\n// Packaged by decree for prod: 0123456789abcdef"}}`
	}
	splunk := func(name, id string) string {
		return "[" + name + "]\ndescription = It is. Id: " + id + ", version: 1.0.\nsearch = a ```Packaged by decree for prod: 0123456789abcdef```\n"
	}
	for name, c := range map[string]struct {
		project, deployed string
		want              []State
		fields            []Field
	}{
		"Kibana":            {kibana(id), kibana(other), []State{New, Gone}, nil},
		"Sentinel":          {sentinel(id), sentinel(other), []State{New, Gone}, nil},
		"Defender":          {defender(id), defender(other), []State{New, Gone}, nil},
		"Defender's number": {defender(id), defender("7506"), []State{Same}, nil},
		"Splunk":            {splunk("One", id), splunk("One", other), []State{Both}, []Field{{"id", []string{other}, []string{id}}}},
		"Splunk's name":     {splunk("One", id), splunk("Two", id), []State{Both}, []Field{{"name", []string{"Two"}, []string{"One"}}}},
	} {
		var x [2]*Export
		for i, text := range []string{c.project, c.deployed} {
			var err error
			x[i], err = Read([]File{{"rules", []byte(text)}})
			require.NoError(t, err, name)
		}
		changes, others := Compare(x[0].Product, x[0].Rules, x[1].Rules, Settings{Target: "prod"})
		assert.Zero(t, others, name)
		var states []State
		for _, change := range changes {
			states = append(states, change.State)
			assert.Equal(t, change.State == Gone, change.Note == staysNote, name)
		}
		assert.Equal(t, c.want, states, name)
		assert.Equal(t, c.fields, changes[0].Fields, name)
		deployedQuery, projectQuery := changes[len(changes)-1].Queries()
		assert.Equal(t, "a", deployedQuery, name)
		assert.Equal(t, len(changes) == 1, projectQuery == "a", name)
	}
}

// TestCopies: Splunk's copy of a search has its description, and with that its id. It is told wherever it stands, and
// is not compared in place of the search.
func TestCopies(t *testing.T) {
	search := func(name, text string) string {
		return "[" + name + "]\ndescription = It is. Id: 0f0a4d0c-3b62-4f13-8f3d-2e1a8c3c9a01, version: 1.0.\nsearch = " + text + " ```Packaged by decree for prod: 0123456789abcdef```\n"
	}
	rules := func(text string) []Rule {
		x, err := Read([]File{{"savedsearches.conf", []byte(text)}})
		require.NoError(t, err)
		assert.Empty(t, x.Remarks)
		return x.Rules
	}
	one, copied := search("One", "a"), search("A copy", "b")
	for _, text := range []string{one + copied, copied + one} {
		for _, partial := range []bool{false, true} {
			changes, others := Compare(Splunk, rules(one), rules(text), Settings{Target: "prod", Partial: partial})
			assert.Zero(t, others)
			require.Len(t, changes, 2)
			assert.Equal(t, []State{Gone, Same}, []State{changes[0].State, changes[1].State})
			assert.Equal(t, copyNote, changes[0].Note)
		}
	}
	changes, _ := Compare(Splunk, rules(one), rules(one+copied+"disabled = 1\n"), Settings{Target: "prod"})
	assert.Equal(t, offNote, changes[0].Note, "a copy that is switched off alerts of nothing")
}

func TestMarks(t *testing.T) {
	for p, want := range map[Product]string{Sentinel: "T\n// Packaged by decree for a-b: ", Splunk: "T\n```Packaged by decree for a-b: "} {
		marked := Marked(p, "a-b", "T\n", map[string]any{"name": "n", "search": "T"})
		assert.True(t, strings.HasPrefix(marked, want), marked)
		query, mark := Unmarked(marked)
		assert.Equal(t, "T", query)
		assert.Equal(t, "a-b", mark.Target)
	}
	const mark, former = "Packaged by decree for x: 0123456789abcdef", "Packaged by decree for y: 0123456789abcdef"
	for text, want := range map[string]string{
		"T\n// " + mark + " \n  | where a\n\n": "T\n  | where a",
		"T ```" + mark + "``` | head 1":        "T\n| head 1",
		"// " + mark + "\nT":                   "T",
		"// // " + former + "\nT\n// " + mark:  "// // " + former + "\nT",
	} {
		query, got := Unmarked(text)
		assert.Equal(t, want, query)
		assert.Equal(t, Mark{"x", "0123456789abcdef"}, got)
	}
	for _, text := range []string{"T", "T // Packaged by decree for x: 0", "T\n// " + mark + " it was"} {
		query, mark := Unmarked(text)
		assert.Equal(t, text, query)
		assert.Empty(t, mark)
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{"PT5M": 5 * time.Minute, "P1DT2H": 26 * time.Hour, "1h": time.Hour, "14d": 336 * time.Hour, "1.02:03:04": 26*time.Hour + 3*time.Minute + 4*time.Second, "00:05:00": 5 * time.Minute, "PT0S": 0} {
		got, ok := duration(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "P", "1w", "99999999999d", "h"} {
		_, ok := duration(text)
		assert.False(t, ok, text)
	}
	assert.Equal(t, []string{"1d", "2h", "90m", "61s", "0s"}, []string{shortly(24 * time.Hour), shortly(2 * time.Hour), shortly(90 * time.Minute), shortly(61 * time.Second), shortly(0)})
}

// TestListsOfObjects are compared entry by entry, and properties below others have their path as a name.
func TestListsOfObjects(t *testing.T) {
	a := Rule{Properties: map[string]any{"deep": map[string]any{"on": true}, "list": []any{map[string]any{"b": "<", "a": "1"}}}}
	b := Rule{Properties: map[string]any{"deep": map[string]any{"on": false}}}
	assert.Equal(t, []Field{{"deep.on", []string{"false"}, []string{"true"}}, {"list", nil, []string{`{"a":"1","b":"<"}`}}}, differences(a, b))
}
