package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/ir"
)

// scheduled is a random correlation on a schedule, with the events that its runs are about.
type scheduled struct {
	rules.Schedule
	text   string
	events []splRow
	runs   []int64 // seconds
}

func scheduledCorrelation(r *rand.Rand, events []splRow) scheduled {
	s := scheduled{events: events, Schedule: rules.Schedule{Every: time.Duration(2+r.IntN(5)) * time.Second, Lookback: time.Duration(2+r.IntN(9)) * time.Second}}
	s.text = strings.Replace(splRandomCorrelation(r), "title: T\n", fmt.Sprintf("title: T\nschedule: {every: %s, lookback: %s}\n", s.Every, s.Lookback), 1)
	for _, after := range []int64{5, 11, 17} { // of 20 seconds that have events
		s.runs = append(s.runs, 1700000000+after)
	}
	return s
}

// reported are the ids that a run reports: of the matches in all events, those whose event lies in its lookback.
func (s scheduled) reported(c *ir.Correlation, means map[string]func(splRow) bool, run int64) []string {
	ids := []string{}
	for _, o := range (naive{events: s.events, rules: means}).correlate(c) {
		if at := s.events[o.event]["_time"].(float64); at <= float64(run) && at >= float64(run)-s.Lookback.Seconds() {
			ids = append(ids, s.events[o.event]["id"].(string))
		}
	}
	slices.Sort(ids)
	return ids
}

// run is the engine's at one time.
func (s scheduled) run(t *testing.T, rs []*ir.Rule, cs []*ir.Correlation, run int64) []string {
	ids := []string{}
	e := s.engine(t, rs, engine.Options{Correlations: cs, Now: time.Unix(run, 0).UTC()})
	results, _, err := e.Finish()
	require.NoError(t, err)
	for _, r := range results {
		if r.Rule.Source.Title == "T" {
			ids = append(ids, r.EventID)
		}
	}
	slices.Sort(ids)
	return ids
}

// searched are the ids that a search finds at one time.
func (s scheduled) searched(text string, run int64) []string {
	ids := []string{}
	for _, row := range splRunIn(text, s.events, &splWorld{now: float64(run)}) {
		ids = append(ids, row["id"].(string))
	}
	slices.Sort(ids)
	return ids
}

func (s scheduled) engine(t *testing.T, rs []*ir.Rule, opt engine.Options) *engine.Engine {
	e, found := engine.New(rs, opt)
	require.Empty(t, found)
	s.read(t, e)
	return e
}

// read gives an engine the events.
func (s scheduled) read(t *testing.T, e *engine.Engine) {
	in, err := event.NewReader("x.ndjson", strings.NewReader(asLines(t, s.events)), event.Options{})
	require.NoError(t, err)
	require.NoError(t, e.Run(in, "x", 1, nil))
}

// alerts are those of a backtest, as "run id"; wanted those that follow from what each run reports: an event is the
// first run's.
func (s scheduled) alerts(t *testing.T, rs []*ir.Rule, cs []*ir.Correlation) []string {
	alerts := []string{}
	replay, diagnostics := engine.NewBacktest(rs, engine.Options{Correlations: cs})
	require.Empty(t, diagnostics)
	s.read(t, replay.Engine)
	found, _, _, err := enginetest.Replay(replay, func(*rules.Rule) rules.Schedule { return s.Schedule })
	require.NoError(t, err)
	for _, a := range found {
		if a.Rule.Source.Title == "T" {
			alerts = append(alerts, fmt.Sprint(a.At.Unix(), " ", a.EventID))
		}
	}
	slices.Sort(alerts)
	return alerts
}

func (s scheduled) wanted(c *ir.Correlation) []string {
	alerts, times := []string{}, map[string]int{} // an event may match in several groups
	every := int64(s.Every / time.Second)
	for run := int64(1700000000); run < 1700000100; run++ {
		if run%every != 0 {
			continue
		}
		seen := map[string]int{}
		for _, id := range s.reported(c, engineMeant, run) {
			if seen[id]++; seen[id] > times[id] {
				times[id]++
				alerts = append(alerts, fmt.Sprint(run, " ", id))
			}
		}
	}
	slices.Sort(alerts)
	return alerts
}

// TestScheduledCorrelationsAgree: at several times a run of the engine, the executed KQL and the SPL report the same,
// and a backtest what its runs do: windows that the lookback would cut are whole, also where a condition asks for what
// did not happen, or for few.
func TestScheduledCorrelationsAgree(t *testing.T) {
	t.Parallel()
	m := kqlEvents()
	splunk := openModel(t, "splunk-windows")
	reported := 0
	for round := range uint64(4) {
		events := flatEvents(splRandomEvents(rand.New(rand.NewPCG(round, 31))))
		rec := eventsTable(t, m, events, "Event")
		byRun := map[int64][]finding{}
		for seed := range uint64(60) {
			s := scheduledCorrelation(rand.New(rand.NewPCG(round, 1000+seed)), events)
			rs, cs := engineCorrelations(t, s.text)
			top := cs[len(cs)-1]
			require.Equal(t, s.wanted(top), s.alerts(t, rs, cs), "%s\n%s", s.text, splShow(events))
			delay := int64(seed % 3) // seconds for events that arrive late
			q, found := kql.New().CompileCorrelation(top, compilers.Options{Model: m, Delay: time.Duration(delay) * time.Second})
			require.Empty(t, found, s.text)
			asked := splCorrelation(t, s.text)
			searched, found := spl.New().(correlationCompiler).CompileCorrelation(asked, compilers.Options{Model: splunk, Approximate: []string{"all"}})
			if searched == nil {
				require.Equal(t, "correlation-groups", found[0].Code, s.text)
			}
			for _, run := range s.runs {
				want := s.reported(top, engineMeant, run)
				reported += len(want)
				require.Equal(t, want, s.run(t, rs, cs, run), "run %d of\n%s\n%s", run, s.text, splShow(events))
				if searched != nil && top.Source.Type != rules.ValueMedian {
					require.Equal(t, s.reported(asked, splMeant, run), s.searched(searched.Text, run), "run %d of\n%s\n%s\n%s", run, s.text, searched.Text, splShow(events))
				}
				if round >= 2 || seed >= 8 { // to translate KQL takes long
					continue
				}
				byRun[run] = append(byRun[run], finding{s.text, q.Text, s.reported(top, engineMeant, run-delay)})
			}
		}
		for run, all := range byRun {
			queriesFind(t, rec, clockAt(run), all, "run ", run, "\n", splShow(events))
		}
	}
	t.Log(reported, "matches reported")
	assert.Greater(t, reported, 300)
}
