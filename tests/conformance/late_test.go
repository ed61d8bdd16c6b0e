package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/engine"
	"decree/tests/fixture"
)

// arriving gives events a time at which they arrive, by their column _arrived: up to some seconds after their own time,
// and never at the time of a run.
func arriving(r *rand.Rand, events []splRow, most int) []splRow {
	for _, e := range events {
		late := 0
		if r.IntN(2) == 0 {
			late = r.IntN(most + 1)
		}
		e["_arrived"] = e["_time"].(float64) + float64(late) + 0.125
	}
	return events
}

// arrived are the events that have arrived at a time.
func arrived(events []splRow, run float64) []splRow {
	return slices.DeleteFunc(slices.Clone(events), func(e splRow) bool { return e["_arrived"].(float64) > run })
}

// lateRuns are the queries of rules and correlations on a schedule, with what each run must find, by the second of the
// run.
type lateRuns map[int][]finding

// found executes every run. A run reads a table of the events that have arrived, and ingestion_time() is when they did.
// It gives in how many runs each rule found each event: text of the rule -> id -> runs.
func (l lateRuns) found(t *testing.T, events []splRow) map[string]map[string]int {
	rec := Recording{Tables: Tables{}, Events: map[string]string{}, ID: "ReportId"}
	columns := map[string]string{"Arrived": "datetime"}
	for name, kind := range kqlEvents().Sources[0].Columns {
		columns[name] = kind
	}
	var all []finding
	var runnable []string
	for _, run := range slices.Sorted(maps.Keys(l)) {
		table := fmt.Sprintf("Events%d", run)
		rec.Tables[table], rec.Events[table] = columns, filepath.Join(t.TempDir(), table)
		require.NoError(t, os.WriteFile(rec.Events[table], []byte(kqlRows(t, arrived(events, float64(1700000000+run)))), 0o600))
		of := slices.Clone(l[run])
		for i := range of {
			of[i].query = strings.ReplaceAll(of[i].query, "Events\n", table+"\n")
		}
		all = append(all, of...)
		runnable = append(runnable, checkedAt(t, Tables{table: columns}, clockAt(1700000000+int64(run)), "Arrived", of)...)
	}
	times := map[string]map[string]int{}
	for i, got := range RunKQL(t, runnable, rec) {
		slices.Sort(got)
		require.Equal(t, all[i].want, got, "%s\n%s\n%s", all[i].rule, all[i].query, splShow(events))
		if times[all[i].rule] == nil {
			times[all[i].rule] = map[string]int{}
		}
		for _, id := range got {
			times[all[i].rule][id]++
		}
	}
	return times
}

// runsOf are the seconds of the runs that see what happens in 20 seconds and arrives late.
func runsOf(every, late int) (runs []int) {
	for run := every; run <= 20+late+every; run += every {
		runs = append(runs, run)
	}
	return runs
}

// TestEventsThatArriveLateAreJudgedOnce: events arrive after their own time, and the queries of a schedule run as time
// goes by. Where a rule looks back as long as it waits, each event is judged in one run, however late it arrived: it is
// found there if the engine finds it among what had arrived by then. So an event whose others have all arrived `after`
// after it did is found exactly if the engine finds it among all events.
func TestEventsThatArriveLateAreJudgedOnce(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	const every, late = 6, 9
	m := kqlEvents()
	m.Ingested = "ingestion_time()"
	judged, delayed := 0, 0
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", fixture.Times(1, 2))) {
		events := arriving(rand.New(rand.NewPCG(round, 41)), flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 42)))), late)
		runs := lateRuns{}
		whole := map[string][]string{} // rule -> what the engine finds among all events
		delays := map[string]float64{}
		for seed := range uint64(4) {
			inputs, text := engineInputs, "title: T\nlogsource: {product: windows}\ndetection: {s: {Kind: x}, condition: s}\n"
			if seed > 0 {
				r := rand.New(rand.NewPCG(round, 700+seed))
				text = randomJoins(r, "{product: windows}")
				if seed%2 == 0 {
					inputs, text = joinedByExtracts(r, inputs, text)
				}
			}
			rule := joinedRule(t, inputs, text)
			delays[text] = rule.Delay().Seconds()
			scheduled := joinedRule(t, inputs, strings.Replace(text, "title: T\n", fmt.Sprintf("title: T\nschedule: {every: %ds, lookback: %ds}\n", every, every), 1))
			q, found := kql.New().Compile(scheduled, compilers.Options{Model: m})
			require.Empty(t, found, text)
			delay := delays[text]
			whole[text] = joinsFound(t, rule, asLines(t, events), engine.Options{})
			for _, run := range runsOf(every, late+int(delay)) {
				now := float64(1700000000 + run)
				want := joinsFound(t, rule, asLines(t, arrived(events, now)), engine.Options{})
				want = slices.DeleteFunc(want, func(id string) bool {
					at := arrivalOf(events, id)
					return at <= now-delay-every || at > now-delay
				})
				runs[run] = append(runs[run], finding{text, q.Text, want})
			}
		}
		for text, times := range runs.found(t, events) {
			delay := delays[text]
			for _, e := range events {
				id := e["id"].(string)
				assert.LessOrEqual(t, times[id], 1, "%s\n%s", text, id)
				if all := e["_arrived"].(float64) + delay; !slices.ContainsFunc(events, func(other splRow) bool {
					return other["_arrived"].(float64) > all && other["_time"].(float64) <= e["_time"].(float64)+delay
				}) {
					judged++
					if e["_arrived"].(float64) > e["_time"].(float64)+1 {
						delayed++
					}
					assert.Equal(t, slices.Contains(whole[text], id), times[id] == 1, "%s\n%s\n%s", text, id, splShow(events))
				}
			}
		}
	}
	t.Log(judged, "events judged, of which", delayed, "arrived late")
	assert.Greater(t, delayed, 5)
}

func arrivalOf(events []splRow, id string) float64 {
	return events[slices.IndexFunc(events, func(e splRow) bool { return e["id"] == id })]["_arrived"].(float64)
}

// TestCorrelationsOfEventsThatArriveLate: a match is chosen by the time of its last event. So it is found if its events
// arrive no later than the lookback is longer than the time between two runs; each run finds what follows from what had
// arrived by then.
func TestCorrelationsOfEventsThatArriveLate(t *testing.T) {
	t.Parallel()
	needKusto(t)
	needDuckDB(t)
	const every, lookback = 5, 10
	m := kqlEvents()
	m.Ingested = "ingestion_time()"
	found := 0
	for round := range uint64(fromEnv(t, "DECREE_RANDOM_MEETINGS", fixture.Times(1, 2))) {
		events := arriving(rand.New(rand.NewPCG(round, 43)), flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 44)))), lookback-every-1)
		runs := lateRuns{}
		whole := map[string][]string{}
		for seed := uint64(0); len(whole) < 3; seed++ {
			text := strings.Replace(splRandomCorrelation(rand.New(rand.NewPCG(round, 1300+seed))), "title: T\n", fmt.Sprintf("title: T\nschedule: {every: %ds, lookback: %ds}\n", every, lookback), 1)
			_, cs := engineCorrelations(t, text)
			top := cs[len(cs)-1]
			matches := (naive{events: events, rules: engineMeant}).correlate(top)
			if len(matches) < 2 { // it shows nothing
				continue
			}
			q, diagnostics := kql.New().CompileCorrelation(top, compilers.Options{Model: m})
			require.Empty(t, diagnostics, text)
			for _, o := range matches {
				whole[text] = append(whole[text], events[o.event]["id"].(string))
			}
			for _, run := range runsOf(every, lookback) {
				seen := arrived(events, float64(1700000000+run))
				s := scheduled{events: seen, Schedule: top.Source.Body.Schedule}
				runs[run] = append(runs[run], finding{text, q.Text, s.reported(top, engineMeant, 1700000000+int64(run))})
			}
		}
		for text, times := range runs.found(t, events) {
			for _, id := range whole[text] {
				found++
				assert.Positive(t, times[id], "%s\n%s\n%s", text, id, splShow(events))
			}
		}
	}
	t.Log(found, "matches found")
	assert.Greater(t, found, 5)
}
