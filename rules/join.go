package rules

import (
	"time"

	"decree/rules/diag"
)

// Join is one named condition on other events. It holds for an event if matches of another rule are near it in time and
// have the same values.
type Join struct {
	Name     string
	Range    diag.Range
	Rule     RuleReference
	Other    *Rule // the rule that is named; LinkJoins sets it
	Same     []SameField
	Before   time.Duration // how far before the event, 0 or more; an event at this very distance counts
	After    time.Duration // how far after it, likewise; one of the two is greater than 0
	Distinct *NamedField   // the field of the other rule whose different values are counted; nil: matches are counted
	Bounds   []Bound       // one or more, on the count; all must hold. They do not hold for 0
	Generate bool          // the other rule reports its own matches although it is in the same file
}

// SameField is a field of the event and the field of the other rule's event that must have the same value.
type SameField struct{ Mine, Theirs NamedField }

// IsPart tells whether the other rule is only a part of the rule that joins it: it is in the same file, and the join
// does not say `generate`.
func (j Join) IsPart(of *Rule) bool {
	return j.Other != nil && !j.Generate && j.Other.Range.File == of.Range.File
}
