package rules

import "decree/rules/diag"

// MaxAncestor is the highest level of an ancestor in a rule.
const MaxAncestor = 5

// Ancestry is one named condition on processes above the event's own: every Level must hold.
type Ancestry struct {
	Name   string
	Range  diag.Range
	Levels []AncestryLevel
}

// AncestryLevel is a condition on one ancestor at level Level (1 = parent). With Within set, the ancestor may be at any
// level from 1 to Level, and the whole Body must hold for the same one.
type AncestryLevel struct {
	Level  int
	Within bool
	Body   Selection
	Range  diag.Range
}
