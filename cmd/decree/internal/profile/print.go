// Package profile shows how fast a run was and where its time went. In: times that the engine measured. Out: a table.
package profile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// shownCosts bounds the rules in each table.
const shownCosts = 10

// Print shows the profile of a run on the error stream.
func Print(s *stdio.Streams, p *engine.Profile, stats engine.Stats, loading, running time.Duration) error {
	perSecond := func(n float64) float64 { return n / max(running.Seconds(), 1e-9) }
	_, err := fmt.Fprintf(s.Err, "%.0f events/s, %.1f MB/s; rules loaded in %s, events in %s\n", perSecond(float64(stats.Events)), perSecond(float64(p.Bytes)/1e6), round(loading), round(running))
	_, more := fmt.Fprintf(s.Err, "time of all workers: reading JSON %s, selecting rules %s, evaluating rules %s; at the end of the input %s\n", round(p.Read), round(p.Find), round(p.Ask), round(p.Finish))
	err = errors.Join(err, more)
	byMatches := slices.DeleteFunc(slices.Clone(p.ByRules), func(r engine.RuleCost) bool { return r.Matched == 0 })
	slices.SortStableFunc(byMatches, func(a, b engine.RuleCost) int { return cmp.Compare(b.Matched, a.Matched) })
	for _, table := range []struct {
		title string
		rules []engine.RuleCost
	}{{"the most expensive rules", p.ByRules}, {"the most frequent matches", byMatches}} {
		if len(table.rules) == 0 {
			continue
		}
		_, more := fmt.Fprintf(s.Err, "\n%s:\n", table.title)
		w := tabwriter.NewWriter(s.Err, 0, 4, 2, ' ', 0)
		_, head := fmt.Fprintln(w, "TIME\tEVALUATED\tMATCHED\tRULE")
		err = errors.Join(err, more, head)
		for _, r := range table.rules[:min(len(table.rules), shownCosts)] {
			_, more := fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", round(r.Time), r.Asked, r.Matched, diag.Visible(r.Rule.Source.Title))
			err = errors.Join(err, more)
		}
		err = errors.Join(err, w.Flush())
	}
	return err
}

func round(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}
