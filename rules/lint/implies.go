package lint

import (
	"math"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

// mostPairs limits how many pairs of values are compared for two tests, and how many pairs of tests in a conjunction.
const mostPairs = 100_000

// implies tells whether b certainly holds wherever a does. False means unknown.
func implies(a, b ir.Node) bool {
	if n, ok := a.(*ir.Named); ok {
		return implies(n.Body, b)
	}
	if n, ok := b.(*ir.Named); ok {
		return implies(a, n.Body)
	}
	if n, ok := b.(*ir.And); ok {
		return !slices.ContainsFunc(n.Terms, func(t ir.Node) bool { return !implies(a, t) })
	}
	switch n := a.(type) {
	case *ir.Or:
		return !slices.ContainsFunc(n.Terms, func(t ir.Node) bool { return !implies(t, b) })
	case *ir.And:
		return slices.ContainsFunc(n.Terms, func(t ir.Node) bool { return implies(t, b) })
	}
	switch n := b.(type) {
	case *ir.Or:
		return slices.ContainsFunc(n.Terms, func(t ir.Node) bool { return implies(a, t) })
	case *ir.Match:
		if before, ok := a.(*ir.Match); ok && before.Field.String() == n.Field.String() {
			return asked(before.Test) == asked(n.Test) || textImplies(before.Test, n.Test)
		}
		return false
	}
	return meaning(a) == meaning(b)
}

func textImplies(a, b ir.Test) bool {
	x, ok := a.(*ir.Text)
	y, too := b.(*ir.Text)
	if !ok || !too || (y.Cased && !x.Cased) || len(x.Values)*len(y.Values) > mostPairs {
		return false
	}
	return !slices.ContainsFunc(x.Values, func(v string) bool {
		return !slices.ContainsFunc(y.Values, func(w string) bool {
			v, w := folded(v, y.Cased), folded(w, y.Cased)
			switch {
			case w == "":
				return x.Op == y.Op && v == ""
			case y.Op == ir.Contains:
				return strings.Contains(v, w)
			case y.Op == ir.StartsWith:
				return (x.Op == ir.Equals || x.Op == ir.StartsWith) && strings.HasPrefix(v, w)
			case y.Op == ir.EndsWith:
				return (x.Op == ir.Equals || x.Op == ir.EndsWith) && strings.HasSuffix(v, w)
			}
			return x.Op == y.Op && v == w
		})
	})
}

// exclude tells whether no single value can satisfy both tests. False means unknown.
func exclude(a, b ir.Test) bool {
	if missing(a) || missing(b) {
		return ir.WhenMissing(a) != ir.WhenMissing(b)
	}
	switch a := a.(type) {
	case *ir.Text:
		b, ok := b.(*ir.Text)
		return ok && textsExclude(a, b)
	case *ir.Number:
		b, ok := b.(*ir.Number)
		return ok && boundsExclude(a.Op, a.Values, b.Op, b.Values, false)
	case *ir.TimePart:
		b, ok := b.(*ir.TimePart)
		return ok && a.Part == b.Part && boundsExclude(a.Op, a.Values, b.Op, b.Values, true)
	case *ir.Bool:
		b, ok := b.(*ir.Bool)
		return ok && a.Value != b.Value
	}
	return false
}

// missing tells whether a test holds of a missing field alone.
func missing(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Null:
		return true
	case *ir.Exists:
		return !t.Value
	}
	return false
}

// boundsExclude tells whether no number satisfies two comparisons, each with any of its values.
func boundsExclude(op string, values []float64, other string, others []float64, whole bool) bool {
	if len(values)*len(others) > mostPairs {
		return false
	}
	any := quantity{least: math.Inf(-1), most: math.Inf(1), whole: whole}
	return !slices.ContainsFunc(values, func(v float64) bool {
		return slices.ContainsFunc(others, func(w float64) bool {
			if op == "eq" && other == "eq" {
				return v == w
			}
			return any.satisfied(rules.Bound{Op: op, Value: v}, rules.Bound{Op: other, Value: w})
		})
	})
}

// textsExclude tells whether no single text can satisfy both tests.
func textsExclude(x, y *ir.Text) bool {
	if len(x.Values)*len(y.Values) > mostPairs {
		return false
	}
	cased := x.Cased && y.Cased
	return !slices.ContainsFunc(x.Values, func(v string) bool {
		return slices.ContainsFunc(y.Values, func(w string) bool {
			v, w := folded(v, cased), folded(w, cased)
			if x.Op == ir.Equals {
				return mayBe(v, y.Op, w)
			}
			if y.Op == ir.Equals {
				return mayBe(w, x.Op, v)
			}
			switch {
			case x.Op == ir.StartsWith && y.Op == ir.StartsWith:
				return strings.HasPrefix(v, w) || strings.HasPrefix(w, v)
			case x.Op == ir.EndsWith && y.Op == ir.EndsWith:
				return strings.HasSuffix(v, w) || strings.HasSuffix(w, v)
			}
			return true
		})
	})
}

// mayBe tells whether a text may pass a test. True may mean unknown.
func mayBe(text string, op ir.TextOp, value string) bool {
	switch op {
	case ir.Equals:
		return text == value
	case ir.Contains:
		return strings.Contains(text, value)
	case ir.StartsWith:
		return strings.HasPrefix(text, value)
	case ir.EndsWith:
		return strings.HasSuffix(text, value)
	}
	return true
}

func folded(text string, cased bool) string {
	if cased {
		return text
	}
	return strings.ToLower(text)
}
