package conformance

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/engine"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture"
)

// winlogbeatLogs is Winlogbeat's model with the entities of the random events.
func winlogbeatLogs(t *testing.T) *schema.Model {
	t.Helper()
	m := openModel(t, "winlogbeat")
	for i := range m.Sources {
		m.Sources[i].Names, m.Sources[i].Unlisted = nil, "winlog.event_data."
		m.Sources[i].Entities = map[string]schema.Column{}
		for name, c := range rarityEntities {
			m.Sources[i].Entities[name] = schema.Column{Name: "winlog.event_data." + c.Name}
		}
	}
	return m
}

// winlogbeatDocs are random events as documents of Winlogbeat.
func winlogbeatDocs(events []splRow) (docs []doc) {
	for _, e := range flatEvents(events) {
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
	return docs
}

// TestEQLAgreesWhereSectionsMeet runs queries of rules in which several log sources, filters of one of them, lists and
// extracts meet, over random events.
func TestEQLAgreesWhereSectionsMeet(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m := winlogbeatLogs(t)
	matched, compiled, refused := 0, 0, map[string]int{}
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", 1)) {
		docs := winlogbeatDocs(splRandomEvents(rand.New(rand.NewPCG(round, 161))))
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

// sequence writes rules, with filters, and a correlation of them that a sequence can say; nil where the reader refuses
// what came out.
func (a mixedAuthor) sequence(t *testing.T) (text string, rs []*ir.Rule, cs []*ir.Correlation) {
	values := []string{"U", "V", "W", "P", "user", "sha1"}
	rule := a.one("a", "b")
	body := fmt.Sprintf("type: event_count, rules: [%s], condition: {gte: %d}", rule, 2+a.IntN(2))
	aliases := "{k: {" + rule + ": " + a.one(values...) + "}}"
	if a.IntN(2) == 0 {
		body = "type: temporal_ordered, rules: [" + a.one("a, b", "b, a", "a, b, a") + "]"
		aliases = "{k: {a: " + a.one(values...) + ", b: " + a.one(values...) + "}}"
	}
	body += ", timespan: " + a.one("2s", "5s", "10s")
	switch a.IntN(3) {
	case 0:
		body += ", group-by: [k], aliases: " + aliases
	case 1:
		body += ", group-by: [" + a.one("U", "V", "user", "sha1") + a.one("", ", W") + "]"
	}
	filters := ""
	for i := range a.IntN(3) {
		filters += a.filter(i) + "---\n"
	}
	filters = strings.TrimSuffix(filters, "---\n")
	text = a.input("a") + a.input("b") + "title: T\nname: t\ncorrelation: {" + body + "}\n"
	read, found := parse.Documents("rule.yml", []byte(text), nil)
	if text += "=== filters\n" + filters; found.HasErrors() {
		return text, nil, nil
	}
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.False(t, found.HasErrors(), "%s\n%v", text, found)
	lowered := filteredBy(t, read.Rules, filters)
	for _, r := range read.Rules {
		rs = append(rs, lowered[r])
	}
	cs, found = ir.LowerCorrelations(linked, lowered)
	require.Empty(t, found, text)
	return text, rs, cs
}

// TestEQLSequencesWhereSectionsMeet: a sequence of rules in which sections meet reports nothing that the engine does
// not find, and something where the engine finds something.
func TestEQLSequencesWhereSectionsMeet(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m := winlogbeatLogs(t)
	found, reported, refused := 0, 0, map[string]int{}
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", 1)) {
		var events []splRow
		for more := range uint64(4) {
			for _, e := range flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 181+more)))) {
				e["id"] = fmt.Sprint(more, "-", e["id"])
				events = append(events, e)
			}
		}
		for _, e := range events { // values are joined letter by letter
			for _, name := range []string{"U", "V", "W"} {
				if v, ok := e[name].(string); ok {
					e[name] = strings.ToLower(v)
				}
			}
		}
		slices.SortStableFunc(events, func(a, b splRow) int { return cmp.Compare(a["_time"].(float64), b["_time"].(float64)) })
		docs := winlogbeatDocs(events)
		var texts, queries []string
		var wanted [][]string
		for seed := range fixture.Times[uint64](400, 800) {
			text, rs, cs := mixedAuthor{Rand: rand.New(rand.NewPCG(round, 4000+seed)), sources: mixedSources, alone: true}.sequence(t)
			if cs == nil {
				continue
			}
			q, problems := eql.New().CompileCorrelation(cs[0], compilers.Options{Model: m, Approximate: []string{"correlation-sequence"}})
			if q == nil {
				refused[problems[0].Code]++
				continue
			}
			texts, queries, wanted = append(texts, text), append(queries, unrolled(q.Text)), append(wanted, correlationFound(t, rs, cs, docLines(t, docs), m))
		}
		for i, got := range CheckEQL(t, queries, mappedFor(t, queries, nil), writeEvents(t, docs)) {
			require.Nil(t, got.Error, "%s\n%s", texts[i], queries[i])
			assert.Subset(t, wanted[i], got.IDs, "%s\n%s\n%s", texts[i], queries[i], docLines(t, docs))
			if len(wanted[i]) > 0 {
				found++
			}
			if len(got.IDs) > 0 {
				reported++
			}
			if len(got.IDs) == 0 && len(wanted[i]) > 0 && strings.Contains(texts[i], "event_count") {
				assert.Fail(t, "nothing is reported", "%v\n%s\n%s\n%s", wanted[i], texts[i], queries[i], docLines(t, docs))
			}
		}
	}
	t.Logf("%d of %d sequences report; refused: %v", reported, found, refused)
	assert.Greater(t, reported, 8)
}
