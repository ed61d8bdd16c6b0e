// Package explanation shows why a rule did or did not match an event, as a tree of its condition. In: the engine's
// explanation. Out: text.
package explanation

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// Print shows an explanation. title names the rule.
func Print(s *stdio.Streams, title string, e engine.Explanation) {
	fmt.Fprintf(s.Out, "%s %s %s\n", diag.FirstVisible(title), verdict(e), position.Event(e.EventID, e.Source, e.Line))
	if e.LogSource == "" {
		fmt.Fprintln(s.Out, "  the event is not from the rule's log source")
		for _, why := range e.OtherLog {
			fmt.Fprintf(s.Out, "    %s\n", diag.Visible(why))
		}
		printNotAsked(s, e)
		return
	}
	fmt.Fprintf(s.Out, "  log source: %s\n", diag.Visible(e.LogSource))
	printNotAsked(s, e)
	if e.Suspended != "" {
		fmt.Fprintf(s.Out, "  %s\n", diag.Visible(e.Suspended))
	}
	if by := e.Suppressed; by != nil {
		fmt.Fprintf(s.Out, "  no alert: suppressed by %s\n", position.Event(by.EventID, by.Source, by.Line))
	}
	if !e.InLookback {
		fmt.Fprintln(s.Out, "  the event is outside the rule's lookback")
	}
	for _, f := range e.Facts {
		fmt.Fprintf(s.Out, "  %s: %s\n", diag.Visible(f.Name), diag.Visible(f.Value))
	}
	fmt.Fprintln(s.Out)
	printCondition(s, e)
}

// verdict says whether the rule matches the event, in words between the two.
func verdict(e engine.Explanation) string {
	switch {
	case e.Matched:
		return "matches"
	case e.Unknown || e.Suspended != "":
		return "is suspended (its regular expressions take too many steps) at"
	}
	return "does not match"
}

// printCondition shows the condition as a tree, and what the event has for it.
func printCondition(s *stdio.Streams, e engine.Explanation) {
	printStep(s, *e.Condition, 0)
	if e.Filter != nil {
		fmt.Fprintln(s.Out, "the environment's filters must hold too:")
		printStep(s, *e.Filter, 1)
	}
	if len(e.Ancestors)+len(e.Prevalence) > 0 {
		fmt.Fprintln(s.Out)
	}
	for _, a := range e.Ancestors {
		fmt.Fprintf(s.Out, "ancestor %d: %s (%s)\n", a.Level, diag.Visible(a.Describe()), a.From)
	}
	for _, f := range e.Prevalence {
		fmt.Fprintf(s.Out, "prevalence %s\n", diag.Visible(f.Describe()))
	}
	if e.Expr != "" {
		fmt.Fprintf(s.Out, "\nexpr: %s\n", diag.Visible(e.Expr))
		for _, a := range e.Atoms {
			fmt.Fprintf(s.Out, "  %s\n", diag.Visible(a))
		}
	}
}

func printNotAsked(s *stdio.Streams, e engine.Explanation) {
	for _, n := range e.NotAsked {
		if n.Why != "" {
			fmt.Fprintf(s.Out, "  not run on %s, which cannot be asked the test of %s: %s\n", diag.Visible(n.LogSource), diag.Visible(n.Field), diag.Visible(n.Why))
			continue
		}
		fmt.Fprintf(s.Out, "  not run on %s: its events lack %s, which the rule uses to exclude\n", diag.Visible(n.LogSource), diag.Visible(n.Field))
	}
}

var marks = map[bool]string{true: "\x1b[32m✓\x1b[0m", false: "\x1b[31m✗\x1b[0m"}

func printStep(s *stdio.Streams, step engine.Step, depth int) {
	mark := "✗"
	if step.Holds {
		mark = "✓"
	}
	if s.OutTerminal {
		mark = marks[step.Holds]
	}
	if step.Unknown {
		mark = "?"
	}
	line := strings.Repeat("  ", depth) + mark + " " + diag.Visible(step.Text)
	if step.Value != "" {
		line += "   ← " + diag.Visible(step.Value)
	}
	if step.From != "" {
		line += " (" + diag.Visible(step.From) + ")"
	}
	fmt.Fprintln(s.Out, line)
	for _, below := range step.Steps {
		printStep(s, below, depth+1)
	}
}
