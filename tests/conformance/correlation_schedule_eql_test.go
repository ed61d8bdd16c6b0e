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
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// eqlEvents is a data model of one index that has the fields of the random events.
func eqlEvents() *schema.Model {
	fields := map[string]schema.Column{}
	for _, name := range []string{"Kind", "Other", "U", "V", "W", "N", "ip"} {
		fields[name] = schema.Column{Name: name}
	}
	return &schema.Model{Name: "events", Time: []string{"@timestamp"}, ID: []string{"event.id"}, Sources: []schema.Source{{Name: "events", Product: "windows", Table: "any", Fields: fields}}}
}

// TestScheduledCorrelationsAsSequences: where EQL can say a correlation, its sequence reports nothing that is not a
// match. It is run over all events before two runs of the schedule. A run's matches of a count are not missed: of a
// series, which a sequence does not report event by event, another is reported within the timespan before.
func TestScheduledCorrelationsAsSequences(t *testing.T) {
	t.Parallel()
	needEQL(t)
	m := eqlEvents()
	asked, reported, wanted := 0, 0, 0
	for round := range uint64(3) {
		events := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 33))))
		for _, e := range events { // values are joined letter by letter
			for _, name := range []string{"U", "V", "W"} {
				if v, ok := e[name].(string); ok {
					e[name] = strings.ToLower(v)
				}
			}
		}
		slices.SortStableFunc(events, func(a, b splRow) int { return cmp.Compare(a["_time"].(float64), b["_time"].(float64)) })
		for _, run := range []int64{1700000011, 1700000019} {
			searched := slices.DeleteFunc(slices.Clone(events), func(e splRow) bool { return e["_time"].(float64) > float64(run) })
			var of []sequenceAsked
			var queries []string
			for seed := range uint64(400) {
				s := scheduledCorrelation(rand.New(rand.NewPCG(round, 3000+seed)), events)
				_, cs := engineCorrelations(t, s.text)
				top := cs[len(cs)-1]
				q, found := eql.New().CompileCorrelation(top, compilers.Options{Model: m, Approximate: []string{"correlation-sequence"}})
				if q == nil {
					require.Contains(t, []string{"correlation", "correlation-field"}, found[0].Code, s.text)
					continue
				}
				of, queries = append(of, sequenceAsked{s, top, unrolled(q.Text)}), append(queries, unrolled(q.Text))
			}
			for i, got := range CheckEQL(t, queries, nil, sequenceDocuments(t, searched)) {
				one := of[i]
				require.Nil(t, got.Error, one.query)
				matches := (naive{events: searched, rules: engineMeant}).correlate(one.top)
				assert.Empty(t, one.wrong(searched, matches, got.IDs, run), "run %d of\n%s\n%s\n%s", run, one.text, one.query, splShow(searched))
				asked, reported, wanted = asked+1, reported+len(got.IDs), wanted+len(matches)
			}
		}
	}
	t.Logf("%d sequences, %d of %d events reported", asked, reported, wanted)
	assert.Greater(t, asked, 50)
	assert.Greater(t, 3*reported, wanted)
}

// sequenceAsked is a correlation as a sequence.
type sequenceAsked struct {
	scheduled
	top   *ir.Correlation
	query string
}

// wrong says what a sequence should not have reported, and what it missed.
func (s sequenceAsked) wrong(events []splRow, matches []occasion, got []string, run int64) (wrong []string) {
	group := func(o occasion) string { return fmt.Sprint(o.by) }
	at := func(o occasion) float64 { return events[o.event]["_time"].(float64) }
	reported := map[string]bool{}
	for _, id := range got {
		reported[id] = true
		if !slices.ContainsFunc(matches, func(o occasion) bool { return events[o.event]["id"] == id }) {
			wrong = append(wrong, id+" is no match")
		}
	}
	if s.top.Source.Type != rules.EventCount {
		return wrong // of events at one time a sequence takes one order alone
	}
	for _, o := range matches {
		if at(o) < float64(run)-s.Lookback.Seconds() {
			continue // an earlier run's
		}
		if !slices.ContainsFunc(matches, func(e occasion) bool {
			return reported[events[e.event]["id"].(string)] && group(e) == group(o) && at(e) >= at(o)-s.top.Timespan.Seconds() && at(e) <= at(o)
		}) {
			wrong = append(wrong, events[o.event]["id"].(string)+" is missed, and all of its series")
		}
	}
	return wrong
}

func sequenceDocuments(t *testing.T, events []splRow) string {
	var docs []doc
	for _, e := range events {
		d := doc{"@timestamp": time.UnixMilli(int64(e["_time"].(float64) * 1000)).UTC().Format(time.RFC3339Nano), "event": doc{"id": e["id"]}}
		for _, name := range []string{"Kind", "Other", "U", "V", "W", "N"} {
			if v, ok := e[name]; ok {
				d[name] = v
			}
		}
		docs = append(docs, d)
	}
	return writeEvents(t, docs)
}
