package alerts

import (
	"fmt"
	"sort"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/engine/correlate"
	"decree/rules/diag"
	"decree/rules/ir"
)

// textSink writes some lines for each match.
type textSink struct{ *stdio.Streams }

// Add shows a match.
func (t textSink) Add(r engine.Result) { printAlert(t.Streams, r) }

// Close ends the output.
func (t textSink) Close([]engine.Suspension, []*ir.Rule) error { return nil }

var levelColours = map[string]string{"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}

func printAlert(s *stdio.Streams, r engine.Result) {
	m := r.Rule.Source
	level := diag.Visible(m.Level)
	if colour, ok := levelColours[m.Level]; ok && s.OutTerminal {
		level = colour + level + "\x1b[0m"
	}
	if level == "" {
		level = "no level"
	}
	what := "true: " + diag.Visible(strings.Join(r.Names, ", "))
	if c := r.Correlated; c != nil {
		what = fmt.Sprintf("the last of %s since %s", plural.Count(c.Count, "match"), c.First)
	}
	fmt.Fprintf(s.Out, "[%s] %s\n  %s; %s\n", level, diag.Visible(m.Title), position.Event(r.EventID, r.Event.Source, r.Event.Line), what)
	printCorrelated(s, r.Correlated)
	for _, f := range r.Facts {
		fmt.Fprintf(s.Out, "  %s: %s\n", diag.Visible(f.Name), diag.Visible(f.Value))
	}
	for _, a := range r.Ancestors {
		fmt.Fprintf(s.Out, "  ancestor %d: %s (%s)\n", a.Level, diag.Visible(a.Describe()), a.From)
	}
	for _, f := range r.Prevalence {
		fmt.Fprintf(s.Out, "  prevalence %s\n", diag.Visible(f.Describe()))
	}
	keys := make([]string, 0, len(r.Reputation))
	for k := range r.Reputation {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(s.Out, "  reputation %s: %s\n", diag.Visible(k), diag.Visible(r.Reputation[k]))
	}
}

// shownCounted bounds how many matches a correlation's alert shows.
const shownCounted = 10

// printCorrelated shows what a correlation counted, and of which group.
func printCorrelated(s *stdio.Streams, c *correlate.Window) {
	if c == nil {
		return
	}
	for _, f := range c.Group {
		fmt.Fprintf(s.Out, "  grouped by %s: %s\n", diag.Visible(f.Name), diag.Visible(f.Value))
	}
	for _, e := range c.Events[:min(len(c.Events), shownCounted)] {
		fmt.Fprintf(s.Out, "  counted %s: %s\n", diag.Visible(e.Rule), position.Event(e.ID, e.Source, e.Line))
	}
	if more := c.Count - shownCounted; more > 0 {
		fmt.Fprintf(s.Out, "  and %d more\n", more)
	}
}
