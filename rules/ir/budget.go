package ir

import "decree/rules/diag"

// What modifiers and lists may make of a rule's values together. Values that the file itself holds are bounded by its size.
const (
	maxForms     = 100_000
	maxFormBytes = 16 << 20
)

// budget counts what is made of a rule's values, before it is made.
type budget struct {
	forms, bytes float64 // floating, since the products of a hostile rule overflow integers
	spent        bool    // an error has said so
}

// spend takes forms with so many bytes together off the rule's budget; false if it does not have them, which is reported once.
func (l *lowerer) spend(forms, bytes float64, at diag.Range) bool {
	l.budget.forms += forms
	l.budget.bytes += bytes
	if l.budget.forms <= maxForms && l.budget.bytes <= maxFormBytes {
		return true
	}
	if !l.budget.spent {
		l.errorf("too-many-values", at, "write the forms that occur, use shorter lists, or split the rule",
			"the modifiers and lists of this rule make more than %d values, or %d MiB, of those that are written", maxForms, maxFormBytes>>20)
	}
	l.budget.spent = true
	return false
}
