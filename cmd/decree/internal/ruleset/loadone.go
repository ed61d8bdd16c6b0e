package ruleset

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// LoadFile loads the rules of the file that a command is about, in the project of the working folder, and shows the
// findings. An error in the file ends the command. A rule that the file's rules join or read may be in another file of
// the project, or without a project of the file's folder.
func LoadFile(s *stdio.Streams, file string, filters Filters, lists Lists) (*Set, error) {
	in, err := project.Open(s)
	if err != nil {
		return nil, err
	}
	sel := Selection{Paths: []string{file}, Filters: filters, Lists: lists}
	set, err := Load(s, in, sel)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(set.Found, func(d diag.Diagnostic) bool { return d.Code == "unknown-rule" }) {
		if sel.Paths, sel.named = append(slices.Clone(in.Rules), file), true; len(in.Rules) == 0 {
			sel.Paths = append(sel.Paths, filepath.Dir(file))
		}
		if whole, err := Load(&stdio.Streams{Err: io.Discard}, in, sel); err == nil && len(whole.Rules)+len(whole.Correlations) > 0 {
			set = whole
		}
	}
	set.Show(s, set.Found)
	if len(set.Rules) == 0 && len(set.Written) > 0 {
		return nil, fmt.Errorf("%s: the rule has a query and no detection: nothing can run it here", file)
	}
	return set, exit.After(set.Found, false)
}
