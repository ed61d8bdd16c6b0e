package alerts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/engine"
	"decree/engine/correlate"
	"decree/rules/diag"
	"decree/rules/ir"
)

// textSink writes some lines for each match.
type textSink struct {
	*stdio.Streams
	fields []column // in place of what a match shows otherwise
}

// Close ends the output.
func (t textSink) Close([]engine.Suspension, []*ir.Rule) error { return nil }

var levelColours = map[string]string{"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}

// shownLetters bounds a value, in letters. JSON has it whole.
const shownLetters = 200

// Add shows a match.
func (t textSink) Add(a Alert) {
	t.head(a)
	if len(t.fields) > 0 {
		for _, f := range t.fields {
			t.line("%s: %s", f.name, shorten(f.of(&a), 0, shownLetters))
		}
		return
	}
	what := "true: " + strings.Join(a.Names, ", ")
	if c := a.Correlated; c != nil {
		what = fmt.Sprintf("the last of %s since %s", plural.Count(c.Count, "match"), c.First)
	}
	t.line("%s; %s", position.Event(a.EventID, a.Source, a.Line), what)
	t.correlated(a.Correlated)
	t.facts(a)
	t.evidence(a.Evidence)
	for _, up := range a.Ancestors {
		t.line("ancestor %d: %s (%s)", up.Level, shorten(up.Describe(), 0, shownLetters), up.From)
	}
	told := func(name string) bool {
		return slices.ContainsFunc(a.Evidence, func(e engine.Evidence) bool { return e.Field == "" && e.Name == name })
	}
	for _, f := range a.Prevalence {
		if !told(f.Name) {
			t.line("prevalence %s", f.Describe())
		}
	}
	for _, j := range a.Joins {
		if !told(j.Name) {
			t.line("%s %s: %s", j.Kind, j.Name, j.Describe())
		}
	}
	for _, k := range slices.Sorted(maps.Keys(a.Reputation)) {
		t.line("reputation %s: %s", k, a.Reputation[k])
	}
	if attack := slices.Concat(a.Tactics, a.Techniques); len(attack) > 0 {
		t.line("ATT&CK: %s", strings.Join(attack, ", "))
	}
	where := fmt.Sprintf("%s:%d", a.RuleFile, a.RuleLine)
	if a.ID != "" {
		where += " (" + a.ID + ")"
	}
	t.line("rule: %s", where)
}

// evidence shows the tests that held, with what they read.
func (t textSink) evidence(all []engine.Evidence) {
	for _, e := range all {
		text := "✓ " + e.Name + ": " + Describe(e)
		if len(e.Values) > 0 {
			text += " ← " + strings.Join(shortened(e, shownLetters), ", ")
		}
		if e.From != "" {
			text += " (" + e.From + ")"
		}
		t.line("%s", text)
	}
}

// head writes the first line of a match: its time, level and rule.
func (t textSink) head(a Alert) {
	level := cmp.Or(diag.Visible(a.Level), "no level")
	line := fmt.Sprintf("%s [%s] %s", cmp.Or(a.Time, "no time"), level, diag.Visible(a.Rule))
	line = table.Wrap(line, t.Columns, 4)
	if colour, ok := levelColours[a.Level]; ok && t.OutTerminal {
		line = strings.Replace(line, "["+level+"]", "["+colour+level+"\x1b[0m]", 1)
	}
	fmt.Fprintln(t.Out, line)
}

// line writes a line below the head.
func (t textSink) line(format string, args ...any) {
	fmt.Fprintln(t.Out, table.Wrap("  "+diag.Visible(fmt.Sprintf(format, args...)), t.Columns, 6))
}

// facts shows who, where and what, except for values that a test shows.
func (t textSink) facts(a Alert) {
	for _, f := range a.Facts {
		tested := slices.ContainsFunc(a.Evidence, func(e engine.Evidence) bool {
			return e.Level == 0 && e.Field == f.Name && slices.Contains(e.Values, f.Value)
		})
		if f.Name != "time" && !tested {
			t.line("%s: %s", f.Name, shorten(f.Value, 0, shownLetters))
		}
	}
	var log []string
	if a.Channel != "" {
		log = append(log, a.Channel)
	}
	if a.Code != "" {
		log = append(log, "EventID "+a.Code)
	}
	if len(log) > 0 {
		t.line("log: %s", strings.Join(log, ", "))
	}
}

// shownCounted bounds how many matches a correlation's alert shows.
const shownCounted = 10

// correlated shows what a correlation counted, and of which group.
func (t textSink) correlated(c *correlate.Window) {
	if c == nil {
		return
	}
	for _, f := range c.Group {
		t.line("grouped by %s: %s", f.Name, f.Value)
	}
	for _, e := range c.Events[:min(len(c.Events), shownCounted)] {
		t.line("counted %s: %s", e.Rule, position.Event(e.ID, e.Source, e.Line))
	}
	if more := c.Count - shownCounted; more > 0 {
		t.line("and %d more", more)
	}
}
