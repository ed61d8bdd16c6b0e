package queries

import (
	"fmt"
	"slices"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers"
	"decree/rules/diag"
)

// shownPassedOver bounds how many queries for a less preferred model are shown one by one.
const shownPassedOver = 3

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

// Show shows the findings of compiling. If many queries are for a less preferred model, it counts them.
func Show(s *stdio.Streams, set *ruleset.Set, found diag.Diagnostics, results []Result) {
	var order []string
	counts := map[string]int{}
	for _, c := range results {
		for _, passed := range c.passedOver {
			kind := fmt.Sprintf("%s: %%d queries use model %s, because model %s cannot say those rules\n", c.Target.Name(), c.Model, passed)
			if counts[kind] == 0 {
				order = append(order, kind)
			}
			counts[kind]++
		}
	}
	many := false
	for _, n := range counts {
		many = many || n > shownPassedOver
	}
	if !many {
		set.Show(s, found)
		return
	}
	set.Show(s, slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Code == compilers.ModelPassedOver }))
	for _, kind := range order {
		fmt.Fprintf(s.Err, kind, counts[kind])
	}
	fmt.Fprintln(s.Err, "--format json gives the reason for each rule")
}
