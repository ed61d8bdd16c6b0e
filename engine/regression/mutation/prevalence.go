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
	for i, t := range n.Spec.Reputation {
		m.reputation(i, t, change)
	}
	other := map[string]string{"exclude": "include", "include": "exclude"}[n.Spec.Unavailable]
	if n.Spec.AsksReputation() {
		change(func(s *rules.Prevalence) { s.Unavailable = other }, "%s failed look-ups", other)
	}
}

// reputation changes what is asked of one part of a reputation.
func (m *maker) reputation(at int, t rules.ReputationTest, change func(func(*rules.Prevalence), string, ...any)) {
	put := func(other rules.ReputationTest, format string, args ...any) {
		change(func(s *rules.Prevalence) {
			s.Reputation = slices.Clone(s.Reputation)
			s.Reputation[at] = other
		}, format, args...)
	}
	change(func(s *rules.Prevalence) { s.Reputation = slices.Delete(slices.Clone(s.Reputation), at, at+1) }, "without %s", t.Part)
	other := t
	switch {
	case t.Flag != nil:
		turned := !*t.Flag
		other.Flag = &turned
		put(other, "the opposite %s", t.Part)
	case t.Within > 0:
		other.Within = t.Within / 2
		put(other, "%s within half the time", t.Part)
		other.Within = t.Within * 2
		put(other, "%s within double the time", t.Part)
	default:
		turned := *t.Is
		turned.Not = !t.Is.Not
		other.Is = &turned
		put(other, "the opposite %s", t.Part)
		for i, v := range t.Is.Values {
			if len(t.Is.Values) > 1 {
				fewer := *t.Is
				fewer.Values = slices.Delete(slices.Clone(t.Is.Values), i, i+1)
				other.Is = &fewer
				put(other, "%s without %q", t.Part, v)
			}
		}
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
