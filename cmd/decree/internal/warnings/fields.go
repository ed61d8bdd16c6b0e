package warnings

import (
	"cmp"
	"fmt"
	"slices"

	"decree/cmd/decree/internal/parallel"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// shownFields bounds how many fields are named. A collection may lack hundreds.
const shownFields = 5

// shownRules bounds how many rules are named for each reason.
const shownRules = 2

// Unanswered warns of what rules test that no event of a data model answers: fields that no log source of the rule has,
// and tests that none can answer. It tells whether a rule can find nothing for such a test, though events have what it
// looks for.
func Unanswered(s *stdio.Streams, m *schema.Model, rules []*ir.Rule) (blind bool) {
	all := make([]unanswered, len(rules))
	for i, r := range rules {
		all[i].rule = r
	}
	parallel.Each(all, func(u *unanswered) { u.ask(m) })
	missingFields(s, m, all)
	untranslatedTests(s, m, all)
	partlyAsked(s, m, all)
	return slices.ContainsFunc(all, func(u unanswered) bool { return len(u.reasons) > 0 && len(m.Answering(u.rule)) == 0 })
}

// unanswered is what no source of a rule's log source answers.
type unanswered struct {
	rule    *ir.Rule
	fields  []string // that none has, each once
	reasons []string // of the other tests, why none can answer them
	partly  []string // of those that others answer, which source cannot, and why
}

// missingFields names the fields that rules test but no event can have: no log source of the rule in the data model has
// them.
func missingFields(s *stdio.Streams, m *schema.Model, all []unanswered) {
	counts := map[string]int{} // field -> rules that test it
	var order []string
	var of []*ir.Rule
	for _, u := range all {
		for _, field := range u.fields {
			if counts[field] == 0 {
				order = append(order, field)
			}
			counts[field]++
		}
		if len(u.fields) > 0 {
			of = append(of, u.rule)
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

// untranslatedTests warns of tests that no source of a rule's log source can answer, though it has the fields: they are
// as those of an event without the field.
func untranslatedTests(s *stdio.Streams, m *schema.Model, all []unanswered) {
	testsWith(s, "that data model "+diag.Visible(m.Name)+" cannot answer", all, func(u unanswered) []string { return u.reasons })
}

// partlyAsked warns of tests that some sources of a rule's log source cannot answer, and others can.
func partlyAsked(s *stdio.Streams, m *schema.Model, all []unanswered) {
	testsWith(s, "that data model "+diag.Visible(m.Name)+" cannot answer in some logs", all, func(u unanswered) []string { return u.partly })
}

// testsWith warns of tests of one kind, with why they are.
func testsWith(s *stdio.Streams, kind string, all []unanswered, reasonsOf func(unanswered) []string) {
	var of []*ir.Rule
	var reasons []string
	titles := map[string][]string{} // reason -> the rules that have such a test
	for _, u := range all {
		if len(reasonsOf(u)) > 0 {
			of = append(of, u.rule)
		}
		for _, why := range reasonsOf(u) {
			if why = diag.Visible(why); titles[why] == nil {
				reasons = append(reasons, why)
			}
			titles[why] = append(titles[why], fmt.Sprintf("%q", diag.Visible(u.rule.Source.Title)))
		}
	}
	switch {
	case len(of) > 1:
		fmt.Fprintf(s.Err, "warning: %d rules have tests %s\n", len(of), kind)
		for i, why := range reasons {
			reasons[i] = plural.First(shownRules, titles[why]) + ": " + why
		}
	case len(of) == 1:
		fmt.Fprintf(s.Err, "warning: rule %q has a test %s\n", diag.Visible(of[0].Source.Title), kind)
	}
	listFirst(s, shownFields, reasons)
}

// listFirst shows the first n of some lines below a warning, and counts the others.
func listFirst(s *stdio.Streams, n int, lines []string) {
	plural.List(s.Err, "  ", lines[:min(len(lines), n)], len(lines)-n)
}

// ask finds the fields and tests of the rule that no source answers.
func (u *unanswered) ask(m *schema.Model) {
	sources := m.Asked(u.rule)
	if len(sources) == 0 {
		return // the rule is not run
	}
	need := func(f ir.Field, has func(*schema.Source) bool) {
		if field := f.String(); !slices.ContainsFunc(sources, has) && !slices.Contains(u.fields, field) {
			u.fields = append(u.fields, field)
		}
	}
	inspect := func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Match:
			if why := untranslated(m, sources, n); why == "" {
				need(n.Field, func(s *schema.Source) bool { return m.Answers(s, n) })
			} else if !slices.Contains(u.reasons, why) {
				u.reasons = append(u.reasons, why)
			}
		case *ir.Join:
			for _, f := range n.Mine {
				need(f, func(s *schema.Source) bool { return m.HasWhole(s, f) })
			}
		}
		return true
	}
	ir.Inspect(u.rule.Condition, inspect)
	for _, required := range u.rule.Required() {
		ir.Inspect(required, inspect)
	}
	for _, c := range m.CannotAsk(u.rule) {
		answered := slices.ContainsFunc(sources, func(s *schema.Source) bool { return m.Answers(s, c.By) })
		if why := c.Source.Name + ": " + c.Why; answered && !slices.Contains(u.partly, why) {
			u.partly = append(u.partly, why)
		}
	}
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
