package warnings

import (
	"cmp"
	"fmt"
	"slices"

	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
)

// shownNotAsked bounds how many pairs of a field and a log are shown. A collection may have hundreds.
const shownNotAsked = 3

// NotAsked names the logs that rules are not run on, because the rules exclude by fields that the logs lack. Fields of
// many rules come first. Tests that the logs cannot be asked are Unanswered's.
func NotAsked(s *stdio.Streams, all []engine.NotAsked) {
	all = slices.DeleteFunc(slices.Clone(all), func(n engine.NotAsked) bool { return n.Why != "" })
	type pair struct{ field, log string }
	counts := map[pair]int{}
	var order []pair
	rules := map[*ir.Rule]bool{}
	for _, n := range all {
		p := pair{n.Field, n.LogSource}
		if counts[p] == 0 {
			order = append(order, p)
		}
		counts[p]++
		rules[n.Rule] = true
	}
	slices.SortStableFunc(order, func(a, b pair) int { return cmp.Compare(counts[b], counts[a]) })
	switch len(rules) {
	case 0:
		return
	case 1:
		fmt.Fprintf(s.Err, "warning: rule %q is not run on some logs: it excludes by fields that they lack\n", diag.Visible(all[0].Rule.Source.Title))
	default:
		fmt.Fprintf(s.Err, "warning: %d rules are not run on some logs: they exclude by fields that these lack\n", len(rules))
	}
	lines := make([]string, len(order))
	for i, p := range order {
		lines[i] = fmt.Sprintf("no %s in %s", diag.Visible(p.field), diag.Visible(p.log))
		if len(rules) > 1 {
			lines[i] += fmt.Sprintf(" (%d)", counts[p])
		}
	}
	listFirst(s, shownNotAsked, lines)
}
