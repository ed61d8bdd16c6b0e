package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// readByMany are rules and correlations with schedules of their own. All of them depend on what is rare.
const readByMany = `---
title: Run
name: run
schedule: {every: 1h, lookback: 1h}
logsource: {category: process_creation, product: windows}
prevalence: {rare: {field: sha1, among: s, local: {distinct: host, lte: 1}}}
detection: {s: {CommandLine|contains: run}, condition: s and rare}
---
title: Twice
name: twice
schedule: {every: 1h, lookback: 2h}
correlation: {type: event_count, rules: [run], group-by: [host], timespan: 1h, condition: {gte: 2}, generate: true}
---
title: Pair
name: pair
schedule: {every: 1h, lookback: 3h}
correlation: {type: temporal, rules: [twice, who], group-by: [host], timespan: 2h, generate: true}
---
title: Few
name: few
schedule: {every: 1h, lookback: 6h}
correlation: {type: event_count, rules: [run, who], group-by: [host], timespan: 30m, condition: {gte: 2}, generate: true}
---
title: Who
name: who
logsource: {category: process_creation, product: windows}
detection: {s: {CommandLine|contains: whoami}, condition: s}
`

// TestWhatIsRareDependsOnTheReader: each rule and correlation reports in a run of all what it reports in a run of its
// own, in which the others are silent.
func TestWhatIsRareDependsOnTheReader(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	total := map[string]int{}
	for range 40 {
		var events []string
		for i := range 60 {
			at := fmt.Sprintf("%02d:%02d:00", 3+r.IntN(9), 5*r.IntN(12))
			events = append(events, enginetest.DefenderProcess(i, at, fmt.Sprint("h", r.IntN(3)), fmt.Sprint("x", r.IntN(12)), []string{"run", "whoami run", "whoami", "else"}[r.IntN(4)]))
		}
		together := reported(t, events, "")
		for _, title := range []string{"Run", "Twice", "Pair", "Few", "Who"} {
			of := slices.DeleteFunc(slices.Clone(together), func(line string) bool { return !strings.HasPrefix(line, title+" ") })
			require.Equal(t, reported(t, events, title), of, "%s\n%s", title, strings.Join(events, "\n"))
			total[title] += len(of)
		}
	}
	for title, n := range total {
		assert.Greater(t, n, 20, title)
	}
}

// TestCopiesAreTold as the rules that they copy, each once.
func TestCopiesAreTold(t *testing.T) {
	text := strings.Replace(readByMany, "lte: 1}}", "lte: 1}, global: {lt: 250}}", 1)
	for command, suspended := range map[string]bool{"run": false, strings.Repeat("a", 5000) + "b": true} {
		written := text
		if suspended {
			written = strings.Replace(text, "contains: run", "re: '^(?=a)(a*)*$'", 1)
		}
		rs, cs := lowered.Correlations(t, written)
		e, found := engine.New(rs, engine.Options{Model: lowered.Model(t, "mde"), Now: enginetest.Time("12:00:00"), Correlations: cs, Measure: true, Observe: true})
		require.Empty(t, found)
		enginetest.Add(t, e, enginetest.DefenderProcess(1, "11:59:00", "h", "x", command))
		_, stats, err := e.Finish()
		require.NoError(t, err)
		asked := []*ir.Rule{}
		for _, cost := range e.Profile().ByRules {
			asked = append(asked, cost.Rule)
		}
		assert.Contains(t, asked, rs[0])
		assert.Subset(t, rs, asked)
		if suspended {
			require.Len(t, stats.Suspended, 1)
			assert.Same(t, rs[0], stats.Suspended[0].Rule)
		} else {
			assert.Empty(t, stats.Suspended)
			assert.Equal(t, rs[:1], e.WithoutReputation())
			assert.Equal(t, 2, e.Profile().ByRules[slices.Index(asked, rs[0])].Asked, "whether it counts, and whether it matches")
		}
		var shown []string
		for _, p := range e.Progress() {
			shown = append(shown, p.Correlation)
		}
		assert.Equal(t, []string{"Twice", "Pair", "Few"}, shown)
	}
}

// reported gives what a run at noon reports, as "title event group". With a title, only that rule or correlation
// reports, and nothing that it does not read is run.
func reported(t *testing.T, events []string, only string) []string {
	t.Helper()
	rs, cs := lowered.Correlations(t, readByMany)
	opt := engine.Options{Model: lowered.Model(t, "mde"), Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Correlations: cs, Silent: map[*rules.Rule]bool{}}
	if only != "" {
		for _, r := range rs {
			opt.Silent[r.Source] = r.Source.Title != only
		}
		opt.Correlations = nil
		for _, c := range cs {
			if c.Source.Body.Title == only {
				opt.Correlations = c.Chain()
			}
		}
		for _, c := range opt.Correlations {
			opt.Silent[c.Source.Body] = c.Source.Body.Title != only
		}
	}
	e, found := engine.New(rs, opt)
	require.Empty(t, found)
	enginetest.Add(t, e, events...)
	results, _, err := e.Finish()
	require.NoError(t, err)
	out := []string{}
	for _, res := range results {
		line := res.Rule.Source.Title + " " + res.EventID
		if res.Correlated != nil {
			line += " " + res.Correlated.Group[0].Value
		}
		out = append(out, line)
	}
	return out
}
