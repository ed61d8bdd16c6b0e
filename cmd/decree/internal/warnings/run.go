// Package warnings says what a run did not see: rules that were not run, logs that were not asked, events without room
// or without a time, and events that do not fit the data model. In: rules, and what the engine counted. Out: lines on
// the error stream.
package warnings

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// WithoutReputation is the warning about a rule that asks for reputation without a table.
const WithoutReputation = "asks for reputation, but there is no --reputation table: every value counts as unknown"

// Model says why there may be no match: --model may name another product than that of the events. Recognised events are
// of the model, so that it is the rules that are for other log sources, or of one of which the model leaves a log out.
func Model(s *stdio.Streams, m *schema.Model, rs []*ir.Rule, stats engine.Stats, recognised bool) {
	switch {
	case stats.Foreign == stats.Events && recognised:
		fmt.Fprintf(s.Err, "no rule is for the log sources of the events of data model %s%s\n", diag.Visible(m.Name), recognisedBy(m, rs, "log sources"))
		for _, line := range leftOut(m, rs) {
			fmt.Fprintln(s.Err, line)
		}
	case stats.Foreign == stats.Events:
		fmt.Fprintf(s.Err, "no event is from a log source of the rules in data model %s%s: check that --model names the product that the events come from\n", diag.Visible(m.Name), recognisedBy(m, rs, "events"))
	case m.Name == schema.Plain:
		fmt.Fprintf(s.Err, "data model %s expects Sigma's own field names: if the events come from a product, name it with --model\n", diag.Visible(m.Name))
	}
}

// leftOut names the logs that a model does not ask for the log sources of rules, each once.
func leftOut(m *schema.Model, rs []*ir.Rule) (lines []string) {
	for _, r := range rs {
		for _, ls := range r.Source.LogSources() {
			for _, of := range m.NotAsked(ls) {
				lines = append(lines, fmt.Sprintf("data model %s does not ask the log %s for %s: a model file may add %s", diag.Visible(m.Name), of.Table, ls.Name(), of.Name))
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// recognisedBy names up to three columns that most log sources of the rules are told by, if there are such. what is
// what the model recognises by them.
func recognisedBy(m *schema.Model, rs []*ir.Rule, what string) string {
	counts, counted := map[string]int{}, map[*schema.Source]bool{}
	for _, r := range rs {
		for _, source := range m.Asked(r) {
			if counted[source] {
				continue
			}
			counted[source] = true
			for _, test := range source.Scope {
				counts[test.Column]++
			}
		}
	}
	columns := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b)) })
	for i, column := range columns {
		columns[i] = diag.Visible(column)
	}
	if len(columns) == 0 {
		return ""
	}
	return " (it recognises " + what + " by " + strings.Join(columns[:min(len(columns), 3)], ", ") + ")"
}

// LooksLikeWindows tells whether an event, as JSON, is one of Windows' logs: it names its channel and its id.
func LooksLikeWindows(raw []byte) bool {
	return bytes.Contains(raw, []byte(`"Channel"`)) && bytes.Contains(raw, []byte(`"EventID"`))
}

// Unchecked says that the log sources of rules were not checked, though the events would tell.
func Unchecked(s *stdio.Streams) {
	fmt.Fprintf(s.Err, "warning: these look like events of Windows' logs, but in data model %s each rule is asked of every event, whatever its log source: leave out --model, or try --model windows\n", schema.Plain)
}

// NoReputation names the rules that ask for reputation without a table.
func NoReputation(s *stdio.Streams, rules []*ir.Rule) {
	for _, r := range rules {
		fmt.Fprintf(s.Err, "warning: rule %q %s\n", diag.Visible(r.Source.Title), WithoutReputation)
	}
}

// UntoldReputation names the columns that rules ask of a reputation table that has no such column, or only empty cells
// in it.
func UntoldReputation(s *stdio.Streams, all []engine.Untold) {
	for _, u := range all {
		hint := ""
		if u.Called != "" {
			hint = fmt.Sprintf("; if the column %s is meant, call it %s", diag.Visible(u.Called), diag.Visible(u.Column))
		}
		fmt.Fprintf(s.Err, "warning: rule %q asks for %s, but no row of the reputation table has it: every value counts as unknown%s\n", diag.Visible(u.Rule.Source.Title), diag.Visible(u.Column), hint)
	}
}

// Limits are the limits of a run, as the flags set them.
type Limits struct {
	Processes, Pending int
	Memory             fmt.Stringer
}

// Unseen says how much did not fit in the limits or had no time, and which rules were suspended.
func Unseen(s *stdio.Streams, stats engine.Stats, l Limits) {
	for _, w := range []struct {
		count      int
		noun, text string
	}{
		{stats.Evicted, "process", fmt.Sprintf("dropped at --max-processes %d or --max-memory %s; ancestors may be missing", l.Processes, l.Memory)},
		{stats.Dropped, "event", fmt.Sprintf("dropped at --max-pending %d or --max-memory %s; rules on ancestors or rarity did not see them", l.Pending, l.Memory)},
		{stats.Uncounted, "event", fmt.Sprintf("not counted at --max-memory %s; rare values may be missing, or seem rarer than they are", l.Memory)},
		{stats.Uncorrelated, "match", fmt.Sprintf("dropped at --max-pending %d or --max-memory %s; correlations and joins did not see them", l.Pending, l.Memory)},
		{stats.Unraised, "alert", fmt.Sprintf("dropped at --max-memory %s; the backtest does not show them", l.Memory)},
		{stats.Textless, "match", fmt.Sprintf("of correlations shown with the group alone: the events did not fit in --max-memory %s", l.Memory)},
		{stats.Unsuppressed, "match", fmt.Sprintf("did not fit in --max-memory %s to wait for others like them; they are shown, whatever was before them", l.Memory)},
		{stats.Undated, "event", "without a readable time; rules with a lookback did not see them"},
		{stats.Timeless, "match", "without a readable time; correlations and joins did not see them"},
		{stats.Unlike, "match", "of rules with `suppress`, without a readable time; they are shown, and suppress none"},
	} {
		if w.count > 0 {
			fmt.Fprintf(s.Err, "warning: %s %s\n", plural.Count(w.count, w.noun), w.text)
		}
	}
	if stats.Guessed != "" {
		fmt.Fprintf(s.Err, "warning: %s; where day and month are ambiguous, the month comes first\n", diag.Visible(stats.Guessed))
	}
	for _, suspended := range stats.Suspended {
		fmt.Fprintf(s.Err, "error: %s\n", diag.Visible(suspended.Describe()))
	}
}
