package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// folderWritten is what became of an output folder.
type folderWritten struct {
	dir            string
	files, removed int // removed are files of earlier runs that this one does not write
}

func (w folderWritten) String() string {
	text := fmt.Sprintf("%s written to %s", plural.Count(w.files, "file"), diag.Visible(w.dir))
	if w.removed > 0 {
		text += fmt.Sprintf(", %d removed", w.removed)
	}
	return text
}

// tellRemoved says that files of rules are gone because a selection did not take them: the folder always holds what
// one run writes, as packages have all rules in one file.
func (w folderWritten) tellRemoved(s *stdio.Streams, in *project.Project, selected *ruleset.Selection) {
	named := len(selected.Paths) > 0 || selected.Library
	some := in.Exists() && named && !coverAll(selected.Paths, in.Rules)
	if w.removed == 0 || selected.Whole() && !some {
		return
	}
	fmt.Fprintf(s.Err, "%s of an earlier run removed from %s, which now holds the selected rules alone: choose another folder with --out to keep both\n",
		plural.Count(w.removed, "file"), diag.Visible(w.dir))
}

// coverAll tells whether each of some files or folders is one of some paths, or below one.
func coverAll(paths, all []string) bool {
	covered := func(one string) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			from, fromErr := filepath.Abs(p)
			to, toErr := filepath.Abs(one)
			within, err := filepath.Rel(from, to)
			return cmp.Or(fromErr, toErr, err) == nil && filepath.IsLocal(within)
		})
	}
	return !slices.ContainsFunc(all, func(one string) bool { return !covered(one) })
}
