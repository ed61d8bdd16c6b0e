package queries

import (
	"fmt"
	"slices"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers"
	"decree/rules/diag"
)

// shownRemarks bounds how many rules of a kind that is no error are shown one by one.
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
		for _, passed := range c.passedOver {
			count(remark{target: c.Target.Name, model: c.Model, passed: passed})
		}
		if c.Skipped {
			count(remark{target: c.Target.Name, written: c.Found[0].Code == compilers.NoQuery})
		}
	}
	many := slices.ContainsFunc(order, func(kind remark) bool { return counts[kind] > shownRemarks })
	if many {
		found = slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool {
			return d.Code == compilers.ModelPassedOver || d.Code == compilers.AnotherProduct || d.Code == compilers.NoQuery
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

// remark is a kind of rules that is no error: their query uses a less preferred model, or they are skipped since they have no model, or only queries for other targets.
type remark struct {
	target, model, passed string
	written               bool
}

func (r remark) text(n int) string {
	switch {
	case r.written && n == 1:
		return r.target + ": 1 rule is skipped, because it has queries for other targets alone"
	case r.written:
		return fmt.Sprintf("%s: %d rules are skipped, because they have queries for other targets alone", r.target, n)
	case r.model == "" && n == 1:
		return r.target + ": 1 rule is skipped, because its log source is another product's"
	case r.model == "":
		return fmt.Sprintf("%s: %d rules are skipped, because their log sources are other products'", r.target, n)
	case n == 1:
		return fmt.Sprintf("%s: 1 query uses model %s, because model %s cannot say that rule", r.target, r.model, r.passed)
	}
	return fmt.Sprintf("%s: %d queries use model %s, because model %s cannot say those rules", r.target, n, r.model, r.passed)
}

// ShowCounts says, for each target, how many rules have a query, are refused and are skipped. A single rule is not counted.
func ShowCounts(s *stdio.Streams, results []Result) {
	for len(results) > 0 {
		target := results[0].Target.Name
		n := 0
		for n < len(results) && results[n].Target.Name == target {
			n++
		}
		refused, skipped := WithoutQuery(results[:n])
		if n > 1 && refused+skipped > 0 {
			fmt.Fprintf(s.Err, "%s: %d of %d rules have a query, %d refused, %d skipped\n", target, n-refused-skipped, n, refused, skipped)
		}
		results = results[n:]
	}
}

// WithoutQuery counts the results that are refused and skipped.
func WithoutQuery(results []Result) (refused, skipped int) {
	for _, c := range results {
		switch {
		case c.Skipped:
			skipped++
		case c.Query == nil:
			refused++
		}
	}
	return refused, skipped
}
