package ir

import "decree/rules/diag"

// Limits of what modifiers and lists may generate from a rule's values. Values written in the file are limited by its
// size.
const (
	maxForms     = 100_000
	maxFormBytes = 16 << 20
)

// budget counts the values that a rule expands to, before they are generated.
type budget struct {
	forms, bytes float64 // floats, because the products in a crafted rule overflow integers
	spent        bool    // already reported
}

// spend subtracts a number of forms and their bytes from the rule's budget. It is false if the budget does not suffice,
// which is reported once.
func (l *lowerer) spend(forms, bytes float64, at diag.Range) bool {
	l.budget.forms += forms
	l.budget.bytes += bytes
	if l.budget.forms <= maxForms && l.budget.bytes <= maxFormBytes {
		return true
	}
	if !l.budget.spent {
		l.errorf("too-many-values", at, "write only the forms that occur, use shorter lists, or split the rule",
			"the modifiers and lists of this rule expand its values to more than %d, or to more than %d MiB", maxForms, maxFormBytes>>20)
	}
	l.budget.spent = true
	return false
}
