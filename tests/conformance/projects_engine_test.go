package conformance

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/engine/rarity"
	"decree/rules"
	"decree/tests/stories"
)

// options are those of an engine for a project's rules.
func (w world) options(p *project, story *stories.Story) engine.Options {
	var rows []map[string]string
	for _, r := range story.Reputation() {
		row := map[string]string{}
		for k, v := range r {
			row[k] = v.(string)
		}
		rows = append(rows, row)
	}
	return engine.Options{Model: w.model, Correlations: p.correlations, Reputation: rarity.NewTable(rows)}
}

// open makes an engine that has read a story.
func (w world) open(t *testing.T, p *project, story *stories.Story, now time.Time) *engine.Engine {
	opt := w.options(p, story)
	opt.Now = now
	e, found := engine.New(p.rules, opt)
	require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	w.read(t, e, story)
	return e
}

// read gives an engine a story's events.
func (w world) read(t *testing.T, e *engine.Engine, story *stories.Story) {
	log, err := event.Open(writeEvents(t, w.tell(story)), event.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, log.Close()) }()
	for {
		ev, err := log.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		require.NoError(t, e.Add(ev))
	}
}

// results are those of a run.
func (w world) results(t *testing.T, p *project, story *stories.Story, now time.Time) []engine.Result {
	results, _, err := w.open(t, p, story, now).Finish()
	require.NoError(t, err, p.text)
	return results
}

// alerts are those of a backtest.
func (w world) alerts(t *testing.T, p *project, story *stories.Story) []engine.Alert {
	replay, found := engine.NewBacktest(p.rules, w.options(p, story))
	require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	w.read(t, replay.Engine, story)
	alerts, _, _, err := enginetest.Replay(replay, scheduleOf)
	require.NoError(t, err, p.text)
	return alerts
}

// scheduleOf is a rule's schedule. What first_seen looks among is a rule of its own, and reports nothing.
func scheduleOf(r *rules.Rule) rules.Schedule {
	if r.Schedule.Lookback == 0 {
		return rules.Schedule{Every: time.Hour, Lookback: time.Hour}
	}
	return r.Schedule
}

// engine gives the ids that each rule finds in its own lookback before now.
func (w world) engine(t *testing.T, p *project, story *stories.Story, now time.Time) map[string][]string {
	out := map[string][]string{}
	for _, r := range w.results(t, &project{text: p.text, rules: p.rules}, story, now) {
		out[r.Rule.Source.Title] = append(out[r.Rule.Source.Title], r.EventID)
	}
	return out
}

// backtest gives the ids of the alerts of each rule and run.
func (w world) backtest(t *testing.T, p *project, story *stories.Story) map[string]map[time.Time][]string {
	out := map[string]map[time.Time][]string{}
	take := func(of *project, title string) {
		for _, a := range w.alerts(t, of, story) {
			if got := a.Rule.Source.Title; got != title && (title != "" || !strings.HasPrefix(got, "R ")) {
				continue
			}
			title := a.Rule.Source.Title
			if out[title] == nil {
				out[title] = map[time.Time][]string{}
			}
			out[title][a.At] = append(out[title][a.At], a.EventID)
		}
	}
	take(&project{text: p.text, rules: p.rules}, "")
	for i, c := range p.correlations { // what another reads has no alerts of its own beside it
		take(&project{text: p.text, rules: p.rules, correlations: p.correlations[:i+1]}, c.Source.Body.Title)
	}
	return out
}
