package tuned

import (
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/tuning"
	"decree/rules/diag"
)

// Report is what tune found, in the form of --format json.
type Report struct {
	Rule     string   `json:"rule"`
	ID       string   `json:"id,omitempty"`
	Good     int      `json:"good"`     // matches that should not alert
	Excluded int      `json:"excluded"` // of them
	Bad      int      `json:"bad"`      // matches that must alert; all do
	Tests    int      `json:"tests"`    // fields that the filter tests
	Filter   string   `json:"filter,omitempty"`
	Digests  []string `json:"digests,omitempty"` // fields with hashes that the filter uses
	Absent   []string `json:"absent,omitempty"`  // fields that the filter uses although not every target has them
	Distrust []string `json:"not_used,omitempty"`
	Left     []Left   `json:"left,omitempty"`
	Unread   bool     `json:"bad_unread,omitempty"` // not all of --bad could be read as events
	Files    []string `json:"files,omitempty"`
}

// Left is a match that should not alert and still does.
type Left struct {
	Event string `json:"event"`
	Like  string `json:"like,omitempty"` // the match that must alert with the same values
}

// New sums a result up.
func New(rule ruleset.Rule, found *tuning.Result) *Report {
	r := &Report{Rule: rule.IR.Source.Title, ID: rule.IR.Source.ID, Good: len(found.Good), Excluded: len(found.Excluded), Bad: len(found.Bad), Tests: found.Tests,
		Filter: string(found.Text), Digests: found.Digests, Absent: found.Absent, Distrust: found.Distrust}
	for _, l := range found.Left {
		left := Left{Event: l.Match.String()}
		if l.Like != nil {
			left.Like = l.Like.String()
		}
		r.Left = append(r.Left, left)
	}
	return r
}

// shownLeft limits how many events that still match are named.
const shownLeft = 10

// Print shows the report. The filter goes to the output, and what is to know of it to the error stream.
func (r *Report) Print(s *stdio.Streams) {
	if r.Filter != "" {
		fmt.Fprint(s.Out, visibleLines(r.Filter))
	}
	r.printFound(s)
	r.printWarnings(s)
	for _, f := range r.Files {
		fmt.Fprintf(s.Err, "wrote %s\n", diag.Visible(f))
	}
	if len(r.Files) == 1 {
		fmt.Fprintln(s.Err, "no tests: the matches alone do not tell what the rule finds, or the data model is your own")
	}
}

// printFound says what the filter excludes, and which events still match.
func (r *Report) printFound(s *stdio.Streams) {
	// an event that differs from all that must alert, by a test that is not tried
	untried := slices.ContainsFunc(r.Left, func(l Left) bool { return l.Like == "" })
	switch {
	case r.Good == 0:
		fmt.Fprintln(s.Err, "the rule matches no event of --good: there is nothing to exclude")
	case r.Filter == "" && untried:
		fmt.Fprintf(s.Err, "no filter was found that excludes one of %s and none that must alert\n", plural.Count(r.Good, "event"))
	case r.Filter == "":
		fmt.Fprintf(s.Err, "no filter exists: each of %s is like one that must alert, in every field that people can read\n", plural.Count(r.Good, "event"))
	default:
		fmt.Fprintf(s.Err, "%s before, %d with the filter; %s that must alert, all kept; %s in the filter\n", plural.Count(r.Good, "good match"), r.Good-r.Excluded,
			plural.Count(r.Bad, "match"), plural.Count(r.Tests, "test"))
	}
	for i, l := range r.Left {
		if i == shownLeft {
			fmt.Fprintf(s.Err, "… and %d more\n", len(r.Left)-i)
			break
		}
		like := ", and nothing that was tried tells it apart"
		if l.Like != "" {
			like = ", which has the same values as " + diag.Visible(l.Like)
		}
		fmt.Fprintf(s.Err, "still matches: %s%s\n", diag.Visible(l.Event), like)
	}
	if untried {
		fmt.Fprintln(s.Err, "not tried: that a value is missing, texts with line breaks or tabs as a whole, long numbers, ids, times and versions")
	}
}

// printWarnings says why the filter may exclude too much or too little.
func (r *Report) printWarnings(s *stdio.Streams) {
	if r.Unread {
		fmt.Fprintln(s.Err, "error: not all of --bad could be read as events: nothing says whether what is left out still alerts")
	}
	if len(r.Digests) > 0 {
		fmt.Fprintf(s.Err, "warning: only %s tells some events apart: such a test excludes one version of a file\n", diag.Visible(strings.Join(r.Digests, ", ")))
	}
	if len(r.Absent) > 0 {
		fmt.Fprintf(s.Err, "warning: not every target has %s, which alone tells some events apart: decree compile --filters says which refuses it\n", diag.Visible(strings.Join(r.Absent, ", ")))
	}
	if len(r.Distrust) > 0 {
		fmt.Fprintf(s.Err, "not used, because the data model translates their values: %s\n", diag.Visible(strings.Join(r.Distrust, ", ")))
	}
}

// visibleLines makes each line of a text safe for a terminal.
func visibleLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = diag.Visible(l)
	}
	return strings.Join(lines, "\n")
}
