package conformance

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
	"decree/tests/stories"
)

// lookback is that of header, and of the library's rules.
const lookback = 2 * time.Hour

// refusedByEQL are the conditions that EQL cannot say, with the code it is refused by.
var refusedByEQL = map[string]string{
	"keywords": "keywords", "not keywords": "keywords", "word anywhere": "keywords", "not word anywhere": "keywords",
	"file name, regex": "eql-unsupported", "not file name, regex": "eql-unsupported", "field to field": "fieldref",
	"field ends a field": "fieldref", "not field ends a field": "fieldref",
	"not grandparent's command line": "deep-ancestor-negated", "not grandparent's path": "deep-ancestor-negated", "not parent's user": "deep-ancestor-negated",
	"third ancestor": "ancestor-too-far", "not third ancestor": "deep-ancestor-negated",
	"within three": "deep-ancestor-negated", "not within three": "deep-ancestor-negated",
}

// TestEQLAgreesWithTheEngine runs each condition both ways on the recorded intrusion. A sequence
// finds the first matching child of each parent whose creation was recorded.
func TestEQLAgreesWithTheEngine(t *testing.T) {
	t.Parallel()
	m := ecs(t)
	m.Find("process_creation", "windows", "")[0].Fields["LogonId"] = schema.Column{Name: "process.logon_id", Type: schema.Int}
	events := ecsEvents(t)
	var names []string
	var compiled []*compilers.Query
	var rs []*ir.Rule
	refused := map[string]string{}
	texts := conditions()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		r := lowered.Rule(t, texts[name])
		q, found := eql.New().Compile(r, compilers.Options{Model: m, Approximate: []string{"deep-ancestor", "word"}})
		if q == nil {
			refused[name] = found[0].Code
			continue
		}
		names, compiled, rs = append(names, name), append(compiled, q), append(rs, r)
	}
	assert.Equal(t, refusedByEQL, refused)
	needEQL(t)
	queries := make([]string, len(compiled))
	for i, q := range compiled {
		queries[i] = q.Text
	}
	wanted := matchesOf(t, rs, m)
	for i, got := range CheckEQL(t, queries, mappedFor(t, queries, map[string]string{"process.logon_id": "long"}), writeEvents(t, events)) {
		require.Nil(t, got.Error, "%s\n%s", names[i], queries[i])
		want := wanted[rs[i]]
		if strings.Contains(queries[i], "\nsequence ") {
			want = firstOfEachParent(events, want)
		}
		assert.NotEmpty(t, want, "%s proves nothing: no event matches", names[i])
		assert.ElementsMatch(t, want, got.IDs, "%s\n%s", names[i], queries[i])
	}
}

// matchesOf runs one engine with many rules over the recording: the ids that each matches.
func matchesOf(t *testing.T, rs []*ir.Rule, m *schema.Model) map[*ir.Rule][]string {
	e, found := engine.New(rs, engine.Options{Model: m, Now: stories.Now})
	require.Empty(t, found)
	log, err := event.Open(ecsLog, event.Options{})
	require.NoError(t, err)
	for range stories.Tell().Processes {
		ev, err := log.Next()
		require.NoError(t, err)
		require.NoError(t, e.Add(ev))
	}
	require.NoError(t, log.Close())
	results, _, err := e.Finish()
	require.NoError(t, err)
	ids := map[*ir.Rule][]string{}
	for _, res := range results {
		ids[res.Rule] = append(ids[res.Rule], res.EventID)
	}
	return ids
}

// conditions are the texts of the rules that compilers are compared with the engine on.
func conditions() map[string]string {
	texts := map[string]string{}
	for name, d := range detections {
		texts[name] = header + "detection:\n  " + d + "\n"
		if strings.Contains(d, "condition: s\n") || strings.HasSuffix(d, "condition: s") {
			texts["not "+name] = header + "detection:\n  " + strings.Replace(d, "condition: s", "condition: not s", 1) + "\n"
		}
	}
	for name, a := range ancestries {
		ancestry := header + "ancestry:\n  " + a + "\ndetection:\n  any: {Image|contains: .}\n  condition: any and "
		texts[name], texts["not "+name] = ancestry+"x\n", ancestry+"not x\n"
	}
	return texts
}

// firstOfEachParent keeps of ids the first child of each parent that was recorded itself.
func firstOfEachParent(events []doc, ids []string) []string {
	recorded, done := map[any]bool{}, map[any]bool{}
	var first []string
	for _, ev := range events {
		recorded[field(ev, "process.entity_id")] = true
		id, parent := field(ev, "event.id").(string), field(ev, "process.parent.entity_id")
		if slices.Contains(ids, id) && recorded[parent] && !done[parent] {
			done[parent] = true
			first = append(first, id)
		}
	}
	return first
}
