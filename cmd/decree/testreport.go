package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"decree/cmd/decree/internal/explanation"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/regression"
	"decree/rules/diag"
)

// write shows the report in the format asked for. Findings about the test files themselves go to
// the error stream, but for GitHub, which reads them.
func (t *testReport) write(s *stdio.Streams, set *ruleset.Set, p testParams) error {
	if p.format == "json" {
		return s.WriteJSON(t)
	}
	said := slices.Clone(t.Findings)
	for _, r := range t.Rules {
		for _, o := range r.Cases {
			said = append(said, o.Warnings...)
		}
	}
	if p.format != "github" {
		set.Show(s, said)
	}
	switch p.format {
	case "junit":
		return t.junit(s.Out)
	case "tap":
		return t.tap(s.Out)
	case "github":
		found := said
		for _, r := range t.Rules {
			for _, o := range r.Cases {
				for _, f := range o.Failures {
					f.Message = r.Rule + " / " + o.Case + ": " + f.Message
					found = append(found, f)
				}
			}
		}
		diag.WriteGitHub(s.Out, found)
		t.count(s.Out)
		return nil
	}
	t.print(s, set, p.verbose)
	return nil
}

// print shows the report as people read it.
func (t *testReport) print(s *stdio.Streams, set *ruleset.Set, verbose bool) {
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
	t.count(s.Out)
}

func (t *testReport) count(w io.Writer) {
	fmt.Fprintf(w, "%d passed, %d failed; %d rules without tests\n", t.Passed, t.Failed, len(t.Untested))
}

// printFailure shows where in the test file, what was expected, what came, and why.
func printFailure(s *stdio.Streams, set *ruleset.Set, o regression.Outcome) {
	var places strings.Builder
	diag.WriteText(&places, o.Failures, set.Text, s.OutTerminal)
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

// failureText is a failure without excerpts, for formats that place it themselves.
func failureText(o regression.Outcome) string {
	var out strings.Builder
	for _, f := range o.Failures {
		fmt.Fprintln(&out, diag.FirstVisible(f.Error()))
		if f.Hint != "" {
			fmt.Fprintln(&out, "hint: "+diag.Visible(f.Hint))
		}
	}
	for _, line := range o.Summary() {
		fmt.Fprintln(&out, diag.Visible(line))
	}
	if o.Explained != nil {
		explanation.Print(&stdio.Streams{Out: &out}, "the rule", *o.Explained)
	}
	return out.String()
}

// tap writes the Test Anything Protocol, version 14. https://testanything.org/tap-version-14-specification.html
func (t *testReport) tap(w io.Writer) error {
	var out strings.Builder
	n := 0
	for _, r := range t.Rules {
		for _, o := range r.Cases {
			n++
			name := tapEscape.Replace(diag.Visible(r.Rule + " / " + o.Case))
			if o.Passed() {
				fmt.Fprintf(&out, "ok %d - %s\n", n, name)
				continue
			}
			fmt.Fprintf(&out, "not ok %d - %s\n  ---\n  at: %q\n  failure: |\n", n, name, o.At.String())
			for line := range strings.Lines(failureText(o)) {
				fmt.Fprint(&out, "    ", line)
			}
			fmt.Fprint(&out, "  ...\n")
		}
	}
	_, err := fmt.Fprintf(w, "TAP version 14\n1..%d\n%s", n, out.String())
	return err
}

// A hash begins a directive.
var tapEscape = strings.NewReplacer(`\`, `\\`, `#`, `\#`)

// The part of JUnit's report that CI servers read. https://github.com/testmoapp/junitxml
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (t *testReport) junit(w io.Writer) error {
	report := junitReport{Tests: t.Passed + t.Failed, Failures: t.Failed}
	for _, r := range t.Rules {
		suite := junitSuite{Name: r.Rule, Tests: len(r.Cases)}
		for _, o := range r.Cases {
			c := junitCase{Name: diag.Visible(o.Case), Class: r.Rule, File: diag.Visible(o.At.File), Line: o.At.Start.Line}
			if !o.Passed() {
				suite.Failures++
				c.Failure = &junitFailure{diag.Visible(o.Failures[0].Message), failureText(o)}
			}
			suite.Cases = append(suite.Cases, c)
		}
		report.Suites = append(report.Suites, suite)
	}
	text, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}
