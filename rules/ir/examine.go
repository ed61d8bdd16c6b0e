package ir

import (
	"slices"

	"decree/rules"
	"decree/rules/diag"
)

// Examine lowers the parts of a rule that has errors, to find further errors in them.
func Examine(r *rules.Rule) diag.Diagnostics {
	l := &lowerer{rule: r, named: map[string]*Named{}, pending: map[string]bool{}, used: map[string]bool{}, made: map[string]*Extract{}}
	l.extracts()
	for _, s := range r.Searches {
		l.selection(s.Body, 0)
	}
	for _, a := range r.Ancestry {
		l.ancestry(a)
	}
	// an error may have emptied them
	return slices.DeleteFunc(l.found, func(d diag.Diagnostic) bool { return d.Code == "empty-values" })
}
