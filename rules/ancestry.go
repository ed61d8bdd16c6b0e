package rules

import "decree/rules/diag"

// MaxAncestor is the highest ancestor a rule may ask about.
const MaxAncestor = 5

// Ancestry is one named condition on processes above the event's own: every Level must hold.
type Ancestry struct {
	Name   string
	Range  diag.Range
	Levels []AncestryLevel
}

// AncestryLevel is the part about one ancestor: level Level (1 = parent), or with
// Within set any one level from 1 to Level, on which the whole Body holds.
type AncestryLevel struct {
	Level  int
	Within bool
	Body   Selection
	Range  diag.Range
}
