// Package warnings says what a run did not see: rules and logs that were not asked, events that had no room or no time, and a data model that does
// not fit the events.
package warnings

import (
	"fmt"

	"decree/cmd/decree/internal/evaluation"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
)

// WithoutReputation is what is said of a rule that asks for reputation that nothing tells.
const WithoutReputation = "asks for reputation, and no table was given with --reputation: each value counted as unknown"

// Model says why there may be no match: the events are another product's than --model names.
func Model(s *stdio.Streams, model string, stats engine.Stats) {
	switch {
	case stats.Foreign == stats.Events:
		fmt.Fprintf(s.Err, "no event is of a log source that the rules read, as model %s has them: does --model name the product that the events come from?\n", diag.Visible(model))
	case model == evaluation.DefaultModel:
		fmt.Fprintf(s.Err, "model %s reads fields under Sigma's own names: --model names the product that the events come from\n", diag.Visible(model))
	}
}

// NoReputation names the rules that ask for reputation that no table gives.
func NoReputation(s *stdio.Streams, rules []*ir.Rule) {
	for _, r := range rules {
		fmt.Fprintf(s.Err, "warning: rule %q %s\n", diag.Visible(r.Source.Title), WithoutReputation)
	}
}

// Limits are the bounds of a run.
type Limits struct {
	Processes, Pending int
	Memory             fmt.Stringer
}

// Unseen says what had no room within the limits, or no time, and which rules were suspended.
func Unseen(s *stdio.Streams, stats engine.Stats, l Limits) {
	for _, w := range []struct {
		count int
		text  string
	}{
		{stats.Evicted, fmt.Sprintf("processes were dropped at --max-processes %d or --max-memory %s; ancestors may be missing", l.Processes, l.Memory)},
		{stats.Dropped, fmt.Sprintf("events were dropped at --max-pending %d or --max-memory %s; rules on ancestors or rarity did not see them", l.Pending, l.Memory)},
		{stats.Uncounted, fmt.Sprintf("events were not counted at --max-memory %s; rare values may be missing, or seem rarer than they are", l.Memory)},
		{stats.Uncorrelated, fmt.Sprintf("matches were dropped at --max-pending %d or --max-memory %s; correlations did not see them", l.Pending, l.Memory)},
		{stats.Textless, fmt.Sprintf("matches of correlations show no more than their group: their events had no room at --max-memory %s", l.Memory)},
		{stats.Undated, "events have no time that can be read; rules with a lookback did not see them"},
		{stats.Timeless, "matches have no time that can be read; correlations did not see them"},
	} {
		if w.count > 0 {
			fmt.Fprintf(s.Err, "warning: %d %s\n", w.count, w.text)
		}
	}
	if stats.Guessed != "" {
		fmt.Fprintf(s.Err, "warning: %s; of times that can be read in two ways the month comes first\n", diag.Visible(stats.Guessed))
	}
	for _, suspended := range stats.Suspended {
		fmt.Fprintf(s.Err, "error: %s\n", diag.Visible(suspended.Describe()))
	}
}
