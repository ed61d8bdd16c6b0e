package warnings

import (
	"cmp"
	"fmt"
	"slices"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// shownFields bounds how many fields are named. A collection may lack hundreds.
const shownFields = 5

// MissingFields names the fields that rules test but no event can have: no log source of the rule in the data model has
// them.
func MissingFields(s *stdio.Streams, m *schema.Model, rules []*ir.Rule) {
	counts := map[string]int{} // field -> rules that test it
	var order []string
	var of []*ir.Rule
	for _, r := range rules {
		missing := missingFields(m, r)
		for _, field := range missing {
			if counts[field] == 0 {
				order = append(order, field)
			}
			counts[field]++
		}
		if len(missing) > 0 {
			of = append(of, r)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	names := make([]string, 0, len(order))
	for _, field := range order {
		name := diag.Visible(field)
		if len(of) > 1 {
			name += fmt.Sprintf(" (%d)", counts[field])
		}
		names = append(names, name)
	}
	list := plural.First(shownFields, names)
	model := diag.Visible(m.Name)
	switch {
	case len(of) > 1:
		fmt.Fprintf(s.Err, "warning: %d rules test fields that no event of data model %s has: %s\n", len(of), model, list)
	case len(order) > 1:
		fmt.Fprintf(s.Err, "warning: rule %q tests fields that no event of data model %s has: %s\n", diag.Visible(of[0].Source.Title), model, list)
	case len(of) == 1:
		fmt.Fprintf(s.Err, "warning: rule %q tests %s, a field that no event of data model %s has\n", diag.Visible(of[0].Source.Title), list, model)
	}
}

// missingFields gives the fields of a rule that no source of its log source has, each once.
func missingFields(m *schema.Model, r *ir.Rule) []string {
	sources := m.Asked(r)
	if len(sources) == 0 {
		return nil // the rule is not run
	}
	var missing []string
	need := func(f ir.Field, has func(*schema.Source) bool) {
		if field := f.String(); !slices.ContainsFunc(sources, has) && !slices.Contains(missing, field) {
			missing = append(missing, field)
		}
	}
	inspect := func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Match:
			need(n.Field, func(s *schema.Source) bool { return m.Answers(s, n) })
		case *ir.Join:
			for _, f := range n.Mine {
				need(f, func(s *schema.Source) bool { return m.HasWhole(s, f) })
			}
		}
		return true
	}
	ir.Inspect(r.Condition, inspect)
	for _, required := range r.Required() {
		ir.Inspect(required, inspect)
	}
	return missing
}
