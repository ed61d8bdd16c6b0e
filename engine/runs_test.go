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
	"decree/tests/fixture/lowered"
)

// readByTwo are a rule, with with SECTIONS and a CONDITION, and a correlation that reads it.
const readByTwo = `title: Mine
name: mine
schedule: {every: 1h, lookback: 1h}
logsource: {product: windows, category: process_creation}
SECTIONS
detection: {s: {CommandLine|contains: mine}, condition: CONDITION}
---
title: Theirs
name: theirs
logsource: {product: windows, category: process_creation}
detection: {s: {CommandLine|contains: theirs}, condition: s}
---
title: Two
name: two
schedule: {every: 1h, lookback: LOOKBACK}
correlation: {type: event_count, rules: [mine, theirs], group-by: [host], timespan: 90m, condition: {gte: 3}, generate: GENERATE}
`

// TestRunsAtATimeAreThoseOfABacktest: what the runs of a schedule find, each with its own Options.Now, is what a replay
// of the schedule alerts of. A rule that is read as far back as windows reach has its joins answered there, too.
func TestRunsAtATimeAreThoseOfABacktest(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const rare = "prevalence: {rare: {field: sha1, local: {distinct: host, lte: 1}}}\n"
	for _, c := range []struct{ sections, condition string }{
		{rare, "s and rare"},
		{"first_seen: {fresh: {fields: [host], over: 20m}}", "s and not fresh"},
		{"first_seen: {fresh: {fields: [sha1], over: 30m, among: s}}", "s and fresh"},
		{"joins: {near: {rule: theirs, same: [host], before: 30m}}", "s and near"},
		{"joins: {near: {rule: theirs, same: [host], after: 25m}}", "s and near"},
		{"joins: {near: {rule: theirs, same: [host], within: 25m}}", "s and not near"},
		{rare + "joins: {near: {rule: theirs, same: [host], after: 25m}}", "s and near and rare"},
	} {
		total := map[string]int{}
		for round := range 10 {
			text := strings.NewReplacer("SECTIONS", c.sections, "CONDITION", c.condition, "LOOKBACK", []string{"1h", "3h"}[round%2], "GENERATE", fmt.Sprint(round%3 == 0)).Replace(readByTwo)
			var events []string
			for i := range 60 {
				at := fmt.Sprintf("%02d:%02d:01", 3+r.IntN(6), r.IntN(60))
				events = append(events, enginetest.DefenderProcess(i, at, fmt.Sprint("h", r.IntN(3)), fmt.Sprint("x", r.IntN(12)), []string{"mine", "mine", "theirs", "else"}[r.IntN(4)]))
			}
			rs, cs := lowered.Correlations(t, text)
			opt := engine.Options{Model: lowered.Model(t, "mde"), Correlations: cs}
			b, found := engine.NewBacktest(rs, opt)
			require.Empty(t, found)
			enginetest.Add(t, b.Engine, events...)
			alerts, _, _, err := enginetest.Replay(b, func(r *rules.Rule) rules.Schedule {
				if r.Schedule.Every == 0 {
					return rules.Schedule{Every: time.Hour, Lookback: time.Hour}
				}
				return r.Schedule
			})
			require.NoError(t, err)
			replayed, seen, got := []string{}, map[string]bool{}, []string{}
			for _, a := range alerts {
				if a.Rule.Source.Title != "Theirs" {
					replayed = append(replayed, a.At.Format("15 ")+a.Rule.Source.Title+" "+a.EventID)
				}
			}
			for hour := 4; hour < 14; hour++ {
				opt.Now = enginetest.Time(fmt.Sprintf("%02d:00:00", hour))
				results, _ := enginetest.Run(t, opt, rs, events...)
				for _, found := range results {
					name := found.Rule.Source.Title + " " + found.EventID
					if title := found.Rule.Source.Title; title == "Theirs" || seen[name] {
						continue
					}
					seen[name] = true
					got = append(got, opt.Now.Format("15 ")+name)
					total[found.Rule.Source.Title]++
				}
			}
			slices.Sort(replayed)
			slices.Sort(got)
			require.Equal(t, replayed, got, "%s\n%s", text, strings.Join(events, "\n"))
		}
		assert.Greater(t, total["Two"], 20, c.sections)
	}
}
