package testreport

import (
	"fmt"
	"io"
	"strings"

	"decree/cmd/decree/internal/explanation"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/regression"
	"decree/rules/diag"
)

// Print shows the report as text. verbose names the cases that passed, too, and the rules without tests.
func (t *Report) Print(s *stdio.Streams, set *ruleset.Set, verbose bool) {
	for _, r := range t.Rules {
		for _, o := range r.Cases {
			if !o.Passed() {
				fmt.Fprintf(s.Out, "FAIL %s / %s\n", r.Rule, diag.Visible(o.Case))
				printFailure(s, set, o)
			} else if verbose {
				fmt.Fprintf(s.Out, "ok   %s / %s\n", r.Rule, diag.Visible(o.Case))
			}
		}
	}
	if verbose {
		for _, r := range t.Untested {
			fmt.Fprintf(s.Out, "none %s: no tests\n", r)
		}
	}
	t.count(s.Out)
}

func (t *Report) count(w io.Writer) {
	fmt.Fprintf(w, "%d passed, %d failed; %s without tests", t.Passed, t.Failed, plural.Count(len(t.Untested), "rule"))
	if errors := t.Findings.Errors(); errors > 0 { // a test file with errors is not run
		fmt.Fprintf(w, "; %s in rules and test files", plural.Count(errors, "error"))
	}
	switch n := len(t.Written); {
	case n == 1:
		fmt.Fprintf(w, "; %s has a query that is written by hand: events cannot test it", diag.Visible(t.Written[0]))
	case n > 1:
		fmt.Fprintf(w, "; %d rules have queries that are written by hand: events cannot test these", n)
	}
	fmt.Fprintln(w)
}

// printFailure shows the place in the test file, what was expected, what was found, and why.
func printFailure(s *stdio.Streams, set *ruleset.Set, o regression.Outcome) {
	var places strings.Builder
	findings.Write(&places, o.Failures, set.Text, s.OutTerminal, s.Columns-2) // of the indent
	for line := range strings.Lines(strings.TrimRight(places.String(), "\n") + "\n") {
		fmt.Fprint(s.Out, "  ", line)
	}
	fmt.Fprintln(s.Out)
	for _, line := range o.Summary() {
		fmt.Fprintln(s.Out, "  "+diag.Visible(line))
	}
	if o.Explained != nil {
		var tree strings.Builder
		explanation.Print(&stdio.Streams{Out: &tree, OutTerminal: s.OutTerminal}, "the rule", *o.Explained)
		for line := range strings.Lines(tree.String()) {
			if line != "\n" {
				line = "  " + line
			}
			fmt.Fprint(s.Out, line)
		}
	}
	fmt.Fprintln(s.Out)
}

// failureText describes a failure without an excerpt of the test file.
func failureText(o regression.Outcome) string {
	var out strings.Builder
	for _, f := range o.Failures {
		out.WriteString(findingText(f))
	}
	for _, line := range o.Summary() {
		fmt.Fprintln(&out, diag.Visible(line))
	}
	if o.Explained != nil {
		explanation.Print(&stdio.Streams{Out: &out}, "the rule", *o.Explained)
	}
	return out.String()
}

// findingText describes a finding, and what to do, in lines.
func findingText(d diag.Diagnostic) string {
	text := diag.FirstVisible(d.Error()) + "\n"
	if d.Hint != "" {
		text += "hint: " + diag.Visible(d.Hint) + "\n"
	}
	return text
}
