package compilers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// gapsInAnySource finds what the dialect could not say with any log source, so that nobody adds one for nothing.
func gapsInAnySource(dialect string, lacks Features, r *ir.Rule, opt Options) diag.Diagnostics {
	c := &checker{dialect: dialect, lacks: lacks, opt: opt, plan: &Plan{Rule: r, Model: opt.Model}, seen: map[string]bool{}}
	ir.Inspect(r.Condition, func(n ir.Node) bool {
		if _, ok := n.(*ir.Keyword); ok && !lacks[Keywords].Approximate {
			c.need(Keywords, n.Range())
		}
		return true
	})
	return c.found
}

// NoLogSource reports a log source that none of the models has.
func NoLogSource(ls rules.LogSource, models ...*schema.Model) diag.Diagnostic {
	var names, has []string
	for _, m := range models {
		names = append(names, m.Name)
		for _, s := range m.Sources {
			if part := cmp.Or(s.Service, s.Category); ls.Product != "" && strings.EqualFold(s.Product, ls.Product) && part != "*" {
				has = append(has, part)
			}
		}
	}
	slices.Sort(has)
	has = slices.Compact(has)
	hint := "add the source to a model file (extends: " + names[0] + ")"
	what := "data model " + names[0] + " has"
	if len(names) > 1 {
		what = "data models " + strings.Join(names, ", ") + " have"
	} else {
		hint = "choose another --model, or " + hint
	}
	if len(has) > 0 && len(has) <= maxShownParts {
		hint += fmt.Sprintf("; of %s there are: %s", ls.Product, strings.Join(has, ", "))
	}
	var ds diag.Diagnostics
	ds.Errorf("no-log-source", ls.Range, hint, "%s no log source {%s}", what, parts(ls))
	return ds[0]
}

// maxShownParts bounds how many log sources of a product a hint names.
const maxShownParts = 12

// parts writes a log source as its rule does.
func parts(ls rules.LogSource) string {
	var out []string
	for _, p := range [][2]string{{"product", ls.Product}, {"category", ls.Category}, {"service", ls.Service}} {
		if p[1] != "" {
			out = append(out, p[0]+": "+p[1])
		}
	}
	return strings.Join(out, ", ")
}
