package ruletests

import (
	"path"
	"slices"

	"decree/cmd/decree/internal/ruleset"
	"decree/rules/diag"
)

// Required reports rules of some statuses that have no test.
func (t *Tests) Required(set *ruleset.Set, statuses []string) diag.Diagnostics {
	var found diag.Diagnostics
	for _, r := range t.Untested {
		if status := r.IR.Source.Status; slices.Contains(statuses, status) {
			set.KeepRule(r)
			file, _ := r.File.TestFile()
			hint := "add " + path.Base(file) + " beside it"
			if !slices.Contains(statuses, "experimental") {
				hint += ", or set status: experimental"
			}
			found.Errorf("no-tests", r.IR.Source.Range, hint,
				"a rule of status %s needs a test", status)
		}
	}
	return found
}
