package mutation

import (
	"fmt"
	"slices"

	"decree/rules"
	"decree/rules/ir"
)

// prevalence changes each part of what is asked of rarity.
func (m *maker) prevalence(n *ir.Prevalence) {
	m.add("prevalence", n.At, n, &ir.Const{Base: n.Base, Value: true}, "%s always holds", n.Name)
	change := func(at func(*rules.Prevalence), format string, args ...any) {
		other := *n
		at(&other.Spec)
		m.add("prevalence", n.At, n, &other, "%s: %s", n.Name, fmt.Sprintf(format, args...))
	}
	if n.Among != nil {
		everyone := *n
		everyone.Among = nil
		m.add("prevalence", n.At, n, &everyone, "%s: counted among all events", n.Name)
	}
	if l := n.Spec.Local; l != nil {
		change(func(s *rules.Prevalence) { s.Local = nil }, "without local")
		if l.Rarest > 0 {
			for _, rarest := range []int{l.Rarest - 1, l.Rarest + 1} {
				if rarest > 0 {
					change(func(s *rules.Prevalence) { local := *l; local.Rarest = rarest; s.Local = &local }, "rarest %d instead of %d", rarest, l.Rarest)
				}
			}
		}
		if l.Over > 0 {
			change(func(s *rules.Prevalence) { local := *l; local.Over = 0; s.Local = &local }, "counted in the lookback alone")
			change(func(s *rules.Prevalence) { local := *l; local.Over = l.Over / 2; s.Local = &local }, "half the period")
			change(func(s *rules.Prevalence) { local := *l; local.Over = l.Over * 2; s.Local = &local }, "double the period")
		}
		bounds(l.Bounds, func(to []rules.Bound, what string) {
			change(func(s *rules.Prevalence) { local := *l; local.Bounds = to; s.Local = &local }, "local %s", what)
		})
	}
	bounds(n.Spec.Global, func(to []rules.Bound, what string) {
		change(func(s *rules.Prevalence) { s.Global = to }, "global %s", what)
	})
	if len(n.Spec.Global) > 0 {
		beyond := crossing(n.Spec.Global, n.Spec.GlobalElse)
		change(func(s *rules.Prevalence) { s.GlobalElse = beyond }, "%v instead of %v when unknown", beyond, n.Spec.GlobalElse)
	}
	for _, part := range []struct {
		name string
		of   func(*rules.Prevalence) **rules.Membership
	}{
		{"signature", func(s *rules.Prevalence) **rules.Membership { return &s.Signature }},
		{"signer", func(s *rules.Prevalence) **rules.Membership { return &s.Signer }},
		{"issuer", func(s *rules.Prevalence) **rules.Membership { return &s.Issuer }},
		{"root", func(s *rules.Prevalence) **rules.Membership { return &s.Root }},
	} {
		spec := n.Spec
		is := *part.of(&spec)
		if is == nil {
			continue
		}
		change(func(s *rules.Prevalence) { *part.of(s) = nil }, "without %s", part.name)
		turned := *is
		turned.Not = !is.Not
		change(func(s *rules.Prevalence) { *part.of(s) = &turned }, "the opposite %s", part.name)
		for i, v := range is.Values {
			if len(is.Values) > 1 {
				fewer := *is
				fewer.Values = slices.Delete(slices.Clone(is.Values), i, i+1)
				change(func(s *rules.Prevalence) { *part.of(s) = &fewer }, "%s without %q", part.name, v)
			}
		}
	}
	other := map[string]string{"exclude": "include", "include": "exclude"}[n.Spec.Unavailable]
	if n.Spec.AsksReputation() {
		change(func(s *rules.Prevalence) { s.Unavailable = other }, "%s failed look-ups", other)
	}
}

// bounds drops each bound, shifts it and turns strict and lax.
func bounds(of []rules.Bound, change func([]rules.Bound, string)) {
	for i, b := range of {
		change(slices.Delete(slices.Clone(of), i, i+1), fmt.Sprintf("without %s %v", b.Op, b.Value))
		with := func(op string, value float64) {
			others := slices.Clone(of)
			others[i].Op, others[i].Value = op, value
			change(others, fmt.Sprintf("%s %v instead of %s %v", op, value, b.Op, b.Value))
		}
		with(b.Op, b.Value-1)
		with(b.Op, b.Value+1)
		if other, ok := otherBound[b.Op]; ok {
			with(other, b.Value)
		}
	}
}

// crossing is a figure on the other side of the first bound than another.
func crossing(bounds []rules.Bound, from float64) float64 {
	b := bounds[0]
	inside := map[string]bool{"lt": from < b.Value, "lte": from <= b.Value, "gt": from > b.Value, "gte": from >= b.Value, "eq": from == b.Value}[b.Op]
	up := b.Op == "gt" || b.Op == "gte"
	switch {
	case b.Op == "eq" && !inside:
		return b.Value
	case inside == up:
		return b.Value - 1
	}
	return b.Value + 1
}
