package conformance

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/engine"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// TestEQLAgreesWhereSectionsMeet runs queries of rules in which several log sources, filters of one of them, lists and
// extracts meet, over random events.
func TestEQLAgreesWhereSectionsMeet(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m := openModel(t, "winlogbeat")
	for i := range m.Sources {
		m.Sources[i].Names = nil
		m.Sources[i].Entities = map[string]schema.Column{}
		for name, c := range rarityEntities {
			m.Sources[i].Entities[name] = schema.Column{Name: "winlog.event_data." + c.Name}
		}
	}
	matched, compiled, refused := 0, 0, map[string]int{}
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", 1)) {
		var docs []doc
		for _, e := range flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 161)))) {
			r := record{id: e["id"].(string), channel: "Security", code: "462" + e["EventCode"].(string), provider: "p", computer: "h", data: map[string]string{}}
			if e["source"] != "XmlWinEventLog:Security" {
				r.channel, r.code = sysmonChannel, e["EventCode"].(string)
			}
			r.instant = time.UnixMilli(int64(e["_time"].(float64) * 1000)).UTC().Format("2006-01-02T15:04:05.000Z")
			for _, name := range []string{"Kind", "Other", "U", "V", "W", "N"} {
				if v, ok := e[name].(string); ok {
					r.data[name] = v
				}
			}
			docs = append(docs, r.winlogbeat())
		}
		var texts, queries []string
		var wanted [][]string
		for seed := range fixture.Times[uint64](200, 800) {
			a := mixedAuthor{Rand: rand.New(rand.NewPCG(round, 3000+seed)), sources: mixedSources, alone: true}
			written := a.write(t)
			if written == nil {
				continue
			}
			q, problems := eql.New().Compile(written.rule, compilers.Options{Model: m})
			if q == nil {
				refused[problems[0].Code]++
				continue
			}
			compiled++
			want := joinsFound(t, written.rule, docLines(t, docs), engine.Options{Model: m})
			matched += len(want)
			texts, queries, wanted = append(texts, written.text), append(queries, q.Text), append(wanted, want)
		}
		for i, got := range CheckEQL(t, queries, mappedFor(t, queries, nil), writeEvents(t, docs)) {
			require.Nil(t, got.Error, "%s\n%s", texts[i], queries[i])
			require.ElementsMatch(t, wanted[i], got.IDs, "%s\n%s\n%s", texts[i], queries[i], docLines(t, docs))
		}
	}
	t.Logf("%d queries, %d matches; refused: %v", compiled, matched, refused)
	assert.Greater(t, matched, compiled)
}
