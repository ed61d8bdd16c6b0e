package rules

import "slices"

// Holds tells whether a number is within the bound.
func (b Bound) Holds(n float64) bool {
	switch b.Op {
	case "eq":
		return n == b.Value
	case "neq":
		return n != b.Value
	case "lt":
		return n < b.Value
	case "lte":
		return n <= b.Value
	case "gt":
		return n > b.Value
	case "gte":
		return n >= b.Value
	}
	panic("rules: unknown comparison " + b.Op)
}

// Within tells whether a number is within all bounds.
func Within(bounds []Bound, n float64) bool {
	return !slices.ContainsFunc(bounds, func(b Bound) bool { return !b.Holds(n) })
}
