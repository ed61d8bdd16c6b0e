package regression

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/engine"
	"decree/engine/lineage"
	"decree/engine/rarity"
	"decree/rules/diag"
	"decree/rules/ir"
)

// inspect explains the events of the details and the first wrong event.
func (c *Case) inspect(r *ir.Rule, o *Outcome, wrong []int) error {
	var chosen []int
	for _, d := range c.Expect.Details {
		places := o.find(d.Event)
		if len(places) == 0 {
			o.unknown(d.Event)
		}
		chosen = append(chosen, places...)
	}
	if len(wrong) > 0 {
		chosen = append(chosen, wrong[0])
	}
	if len(chosen) == 0 {
		return nil
	}
	explained, err := c.explain(r, chosen)
	if err != nil {
		return err
	}
	for _, d := range c.Expect.Details {
		for _, i := range o.find(d.Event) {
			before := len(o.Failures)
			d.compare(o, r, explained[i])
			if len(o.Failures) > before && len(wrong) == 0 {
				wrong = []int{i}
			}
		}
	}
	if len(wrong) > 0 {
		one := explained[wrong[0]]
		o.Explained = &one
	}
	return nil
}

// explainFirst explains the first wrong event.
func (c *Case) explainFirst(r *ir.Rule, o *Outcome, wrong []int) error {
	explained, err := c.explain(r, wrong[:1])
	if one, ok := explained[wrong[0]]; ok {
		o.Explained = &one
	}
	return err
}

// compare reports details of an event that differ from the expectation.
func (d Detail) compare(o *Outcome, r *ir.Rule, x engine.Explanation) {
	if d.Selections != nil {
		d.Selections.compare(o, r, x)
	}
	for _, a := range d.Ancestors {
		a.compare(o, r, d.Event, x)
	}
	for _, p := range d.Prevalence {
		p.compare(o, r, d.Event, x)
	}
}

func (s *Selections) compare(o *Outcome, r *ir.Rule, x engine.Explanation) {
	known := namesOf(r)
	for _, name := range s.Names {
		if !slices.Contains(known, name) {
			o.Failures.Errorf("unknown-selection", s.Range, diag.DidYouMean(name, known, "the names are "+named(known)), "the condition does not use the name %q", name)
			return
		}
	}
	if missing, extra := difference(s.Names, x.Names), difference(x.Names, s.Names); len(missing)+len(extra) > 0 {
		if o.observed == nil {
			o.observed = map[*yaml.Node][]string{}
		}
		o.observed[s.node] = x.Names
		o.Failures.Errorf("wrong-selections", s.Range, "", "expected to be true: %s; got: %s", named(s.Names), named(x.Names))
	}
}

// namesOf are the names that the rule's condition uses.
func namesOf(r *ir.Rule) []string {
	names := make([]string, len(r.Names))
	for i, n := range r.Names {
		names[i] = n.Name
	}
	return names
}

func (a Ancestor) compare(o *Outcome, r *ir.Rule, event Reference, x engine.Explanation) {
	fail := func(format string, args ...any) {
		o.Failures.Errorf("wrong-ancestor", a.Range, "", format, args...)
	}
	i := slices.IndexFunc(x.Ancestors, func(found lineage.Ancestor) bool { return found.Level == a.Level })
	switch {
	case i < 0 && !a.Unknown && a.Level > ir.DeepestAncestor(r.Condition):
		fail("event %s: ancestor %d was not searched: the rule asks for none above level %d", event, a.Level, ir.DeepestAncestor(r.Condition))
	case i < 0 && !a.Unknown:
		fail("event %s: ancestor %d was not found: no event of the case tells of it", event, a.Level)
	case i >= 0 && a.Unknown:
		fail("event %s: ancestor %d was found: %s (%s)", event, a.Level, x.Ancestors[i].Describe(), x.Ancestors[i].From)
	case i >= 0:
		found := x.Ancestors[i]
		for _, part := range []struct {
			name string
			want *string
			got  string
		}{{"Image", a.Image, found.Image}, {"CommandLine", a.CommandLine, found.CommandLine}} {
			if part.want != nil && !strings.EqualFold(*part.want, part.got) {
				fail("event %s: ancestor %d has %s %q, expected %q (%s)", event, a.Level, part.name, part.got, *part.want, found.From)
			}
		}
	}
}

func (p Prevalence) compare(o *Outcome, r *ir.Rule, event Reference, x engine.Explanation) {
	if known := prevalenceOf(r); !slices.Contains(known, p.Name) {
		o.Failures.Errorf("unknown-selection", p.Range, diag.DidYouMean(p.Name, known, "the names are "+named(known)), "the rule has no prevalence condition %q", p.Name)
		return
	}
	fail := func(format string, args ...any) {
		o.Failures.Errorf("wrong-prevalence", p.Range, "", format, args...)
	}
	i := slices.IndexFunc(x.Prevalence, func(f rarity.Figure) bool { return f.Name == p.Name })
	switch {
	case i < 0 && !p.Unknown:
		fail("event %s: %s has no result: its value is not in the population", event, p.Name)
	case i >= 0 && p.Unknown:
		fail("event %s: %s", event, x.Prevalence[i].Describe())
	case i >= 0 && !p.holds(x.Prevalence[i]):
		fail("event %s: not as expected: %s", event, x.Prevalence[i].Describe())
	}
}

// holds compares the parts that the test names. A global prevalence is compared only if it is known.
func (p Prevalence) holds(f rarity.Figure) bool {
	return (p.Value == nil || strings.EqualFold(*p.Value, f.Value)) &&
		(p.Count == nil || *p.Count == f.Count) &&
		(p.Rank == nil || *p.Rank == f.Rank) &&
		(p.Global == nil || (f.GlobalKnown && *p.Global == f.Global)) &&
		(p.Signature == nil || strings.EqualFold(*p.Signature, f.Signature)) &&
		(p.Rare == nil || *p.Rare == f.Rare)
}

// prevalenceOf are the prevalence conditions of the rule.
func prevalenceOf(r *ir.Rule) []string {
	var names []string
	for _, p := range r.Source.Prevalence {
		names = append(names, p.Name)
	}
	return names
}

// notRun tells whether the case gave no result to compare.
func (o Outcome) notRun() bool {
	return slices.ContainsFunc(o.Failures, func(d diag.Diagnostic) bool { return d.Code == "case-not-run" })
}
