package targets

import (
	"path/filepath"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// Exception is an entry of a target's `except`: the id or the name of a rule, or a file or folder of rules.
type Exception struct {
	Text string     // as the project file has it
	Path string     // the file or folder that it may be, as the working folder reaches it
	At   diag.Range // in the project file
}

// Covers tells whether the entry means a rule. file is the rule's, as the working folder reaches it; a shipped rule has
// none.
func (e Exception) Covers(r *rules.Rule, file string) bool {
	if r.Name == e.Text || r.ID != "" && strings.EqualFold(rules.CanonicalID(r.ID), rules.CanonicalID(e.Text)) {
		return true
	}
	if file == "" {
		return false
	}
	at, err := filepath.Abs(e.Path)
	if err != nil {
		return false
	}
	full, err := filepath.Abs(file)
	if err != nil {
		return false
	}
	return source.Within(at, full)
}
