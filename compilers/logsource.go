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

// gapsInAnySource finds gaps that would remain with any log source, so that nobody adds a source in vain.
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

// NoLogSourceCode is the code of NoLogSource's finding.
const NoLogSourceCode = "no-log-source"

// NoLogSource reports a log source that no model has.
func NoLogSource(ls rules.LogSource, models ...*schema.Model) diag.Diagnostic {
	var names, has []string
	for _, m := range models {
		names = append(names, m.Name)
		for _, s := range m.Sources {
			if part := cmp.Or(s.Service, s.Category); ls.Product != "" && strings.EqualFold(s.Product, ls.Product) && part != "*" && part != "" {
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
	if ls.Category != "" && ls.Service != "" && slices.ContainsFunc(models, func(m *schema.Model) bool {
		return m.Has(rules.LogSource{Product: ls.Product, Category: ls.Category})
	}) {
		hint = "leave `service: " + ls.Service + "` out if such events of other logs will do, " + hint
	}
	if len(has) > 0 && len(has) <= maxShownParts {
		hint += fmt.Sprintf("; log sources of %s in these models: %s", ls.Product, strings.Join(has, ", "))
	}
	var ds diag.Diagnostics
	ds.Errorf(NoLogSourceCode, ls.Range, hint, "%s no log source {%s}", what, parts(ls))
	return ds[0]
}

// AnotherProduct is the code of Skipped's finding.
const AnotherProduct = "another-product"

// Skipped reports that a target has no query for a rule because its log sources are another product's (schema.Foreign).
// It is not an error.
func Skipped(dialect string, ls rules.LogSource, models ...*schema.Model) diag.Diagnostic {
	var names []string
	for _, m := range models {
		names = append(names, m.Name)
	}
	what := "data model " + names[0] + " has"
	if len(names) > 1 {
		what = "data models " + strings.Join(names, ", ") + " have"
	}
	return diag.Diagnostic{Severity: diag.Info, Code: AnotherProduct, Range: ls.Range,
		Message: fmt.Sprintf("%s: the rule is skipped: %s nothing of {%s}", dialect, what, parts(ls)),
		Hint:    "if the product has these events, add the source to a model file (extends: " + names[0] + ")"}
}

// maxShownParts limits how many log sources of a product a hint names.
const maxShownParts = 12

// parts writes a log source as in a rule.
func parts(ls rules.LogSource) string {
	var out []string
	for _, p := range [][2]string{{"product", ls.Product}, {"category", ls.Category}, {"service", ls.Service}} {
		if p[1] != "" {
			out = append(out, p[0]+": "+p[1])
		}
	}
	return strings.Join(out, ", ")
}
