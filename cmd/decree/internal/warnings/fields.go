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
		missing, _ := unansweredTests(m, r)
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

// Untranslated warns of tests that no source of a rule's log source can answer, though it has the fields: they are as
// those of an event without the field.
func Untranslated(s *stdio.Streams, m *schema.Model, rules []*ir.Rule) {
	var of []*ir.Rule
	var all []string
	for _, r := range rules {
		_, reasons := unansweredTests(m, r)
		if len(reasons) > 0 {
			of = append(of, r)
		}
		for _, why := range reasons {
			if why = diag.Visible(why); !slices.Contains(all, why) {
				all = append(all, why)
			}
		}
	}
	model := diag.Visible(m.Name)
	switch {
	case len(of) > 1:
		fmt.Fprintf(s.Err, "warning: %d rules have tests that data model %s cannot answer\n", len(of), model)
	case len(of) == 1:
		fmt.Fprintf(s.Err, "warning: rule %q has a test that data model %s cannot answer\n", diag.Visible(of[0].Source.Title), model)
	}
	listFirst(s, shownFields, all)
}

// listFirst shows the first n of some lines below a warning, and counts the others.
func listFirst(s *stdio.Streams, n int, lines []string) {
	for _, line := range lines[:min(len(lines), n)] {
		fmt.Fprintf(s.Err, "  %s\n", line)
	}
	if more := len(lines) - n; more > 0 {
		fmt.Fprintf(s.Err, "  and %d more\n", more)
	}
}

// unansweredTests gives the fields of a rule that no source of its log source has, each once, and of the others why
// none can answer a test.
func unansweredTests(m *schema.Model, r *ir.Rule) (missing, reasons []string) {
	sources := m.Asked(r)
	if len(sources) == 0 {
		return nil, nil // the rule is not run
	}
	need := func(f ir.Field, has func(*schema.Source) bool) {
		if field := f.String(); !slices.ContainsFunc(sources, has) && !slices.Contains(missing, field) {
			missing = append(missing, field)
		}
	}
	inspect := func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Match:
			if why := untranslated(m, sources, n); why == "" {
				need(n.Field, func(s *schema.Source) bool { return m.Answers(s, n) })
			} else if !slices.Contains(reasons, why) {
				reasons = append(reasons, why)
			}
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
	return missing, reasons
}

// untranslated says why a source cannot answer a test whose fields it has; "" if one of the sources answers it, or none
// has the fields.
func untranslated(m *schema.Model, sources []*schema.Source, n *ir.Match) (why string) {
	for _, s := range sources {
		if m.Answers(s, n) {
			return ""
		}
		if _, err := m.Translate(s, n); err != nil && why == "" {
			why = err.Error()
		}
	}
	return why
}
