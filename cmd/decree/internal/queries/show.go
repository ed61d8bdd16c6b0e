package queries

import (
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers"
	"decree/rules/diag"
)

// shownRemarks bounds how many rules of a kind that is not an error are shown one by one.
const shownRemarks = 3

// Print writes the queries and their assets.
func Print(s *stdio.Streams, results []Result) {
	first := true
	for _, r := range results {
		if r.Query == nil {
			continue
		}
		if !first {
			fmt.Fprintln(s.Out)
		}
		first = false
		fmt.Fprintf(s.Out, "=== %s: %s ===\n%s\n", r.Target.Title(), r.Rule, r.Query.Text)
		for _, a := range r.Query.Assets {
			fmt.Fprintf(s.Out, "--- asset %s (%s) ---\n%s\n", diag.Visible(a.Name), diag.Visible(a.Purpose), a.Content)
		}
	}
}

// Show shows the findings of compiling. Remarks on rules that are skipped, or whose query is for a less preferred
// model, are only counted if there are many.
func Show(s *stdio.Streams, set *ruleset.Set, found diag.Diagnostics, results []Result) {
	var order []remark
	counts := map[remark]int{}
	count := func(kind remark) {
		if counts[kind] == 0 {
			order = append(order, kind)
		}
		counts[kind]++
	}
	for _, c := range results {
		if len(c.passedOver) > 0 {
			var models []string
			for _, passed := range c.passedOver {
				models = append(models, passed.model)
			}
			count(remark{target: c.Target.Name, model: c.Model, passed: strings.Join(models, ", ")})
		}
		if c.LeftOut {
			count(remark{target: c.Target.Name, leftOut: true})
		}
		if c.Skipped {
			count(remark{target: c.Target.Name, written: c.Found[0].Code == compilers.NoQuery})
		}
	}
	many := slices.ContainsFunc(order, func(kind remark) bool { return counts[kind] > shownRemarks })
	if many {
		found = slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
			return d.Code == compilers.ModelPassedOver && d.Severity == diag.Info || d.Code == compilers.AnotherProduct || d.Code == compilers.NoQuery || d.Code == compilers.LeftOutCode
		})
	}
	set.Show(s, found)
	if many {
		for _, kind := range order {
			fmt.Fprintln(s.Err, kind.text(counts[kind]))
		}
		fmt.Fprintln(s.Err, "--format json gives the reason for each rule")
	}
}

// remark is a kind of rules that is not an error: their query uses a less preferred model, or they are skipped since
// they have no model, or only queries for other targets, or the project leaves them out.
type remark struct {
	target, model    string
	passed           string // the models that are preferred and cannot say the rule
	written, leftOut bool
}

func (r remark) text(n int) string {
	switch {
	case r.leftOut && n == 1:
		return r.target + ": 1 rule is left out on purpose, by `except` of the project"
	case r.leftOut:
		return fmt.Sprintf("%s: %d rules are left out on purpose, by `except` of the project", r.target, n)
	case r.written && n == 1:
		return r.target + ": 1 rule is skipped, because it has queries for other targets alone"
	case r.written:
		return fmt.Sprintf("%s: %d rules are skipped, because they have queries for other targets alone", r.target, n)
	case r.model == "" && n == 1:
		return r.target + ": 1 rule is skipped, because its log source is another product's"
	case r.model == "":
		return fmt.Sprintf("%s: %d rules are skipped, because their log sources are other products'", r.target, n)
	}
	passed := "model " + r.passed
	if strings.Contains(r.passed, ",") {
		passed = "models " + r.passed
	}
	if n == 1 {
		return fmt.Sprintf("%s: 1 query uses model %s, because %s cannot say that rule", r.target, r.model, passed)
	}
	return fmt.Sprintf("%s: %d queries use model %s, because %s cannot say those rules", r.target, n, r.model, passed)
}

// ShowCounts says, for each target, how many rules have a query, are refused, are skipped and are left out. A single
// rule is not counted.
func ShowCounts(s *stdio.Streams, results []Result) {
	for len(results) > 0 {
		target := results[0].Target.Name
		n := 0
		for n < len(results) && results[n].Target.Name == target {
			n++
		}
		if without := WithoutQuery(results[:n]); n > 1 && without.Any() {
			fmt.Fprintf(s.Err, "%s: %d of %d rules have a query, %s\n", target, n-without.Refused-without.Skipped-without.LeftOut, n, without)
		}
		results = results[n:]
	}
}

// Without counts the results without a query.
type Without struct {
	Refused int // the target cannot say the rule
	Skipped int // it is another product's
	LeftOut int // the project leaves it out on purpose
}

// Any tells whether there is one.
func (w Without) Any() bool { return w.Refused+w.Skipped+w.LeftOut > 0 }

// String has the counts for people. What nobody asked to leave out is not mentioned.
func (w Without) String() string {
	text := fmt.Sprintf("%d refused, %d skipped", w.Refused, w.Skipped)
	if w.LeftOut > 0 {
		text += fmt.Sprintf(", %d left out", w.LeftOut)
	}
	return text
}

// WithoutQuery counts the results that are refused, skipped and left out.
func WithoutQuery(results []Result) (out Without) {
	for _, c := range results {
		switch {
		case c.LeftOut:
			out.LeftOut++
		case c.Skipped:
			out.Skipped++
		case c.Query == nil:
			out.Refused++
		}
	}
	return out
}
