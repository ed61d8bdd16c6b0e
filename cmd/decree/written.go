package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/source"
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

// nothingWritten says why a command writes nothing, and gives its exit code. In the format json, the command's answer
// is written too.
func nothingWritten(s *stdio.Streams, format, why string, answer any, found diag.Diagnostics) error {
	fmt.Fprintf(s.Err, "%s, so nothing is written\n", why)
	if format == "json" {
		if err := s.WriteJSON(answer); err != nil {
			return err
		}
	}
	return exit.AfterFailure(true, found)
}

// tellRemoved says that files of rules are gone because a selection did not take them: the folder always holds what
// one run writes, as packages have all rules in one file.
func (w folderWritten) tellRemoved(s *stdio.Streams, in *project.Project, selected *ruleset.Selection) {
	if w.removed == 0 || !takesSome(in, selected) {
		return
	}
	fmt.Fprintf(s.Err, "%s of an earlier run removed from %s, which now holds the selected rules alone: choose another folder with --out to keep both\n",
		plural.Count(w.removed, "file"), diag.Visible(w.dir))
}

// tellAmongRules warns if an output folder is one of the project's rules, or below it. The project's own folder may
// hold both.
func tellAmongRules(s *stdio.Streams, in *project.Project, dir string) {
	for _, rules := range in.Rules {
		if coverAll([]string{rules}, []string{dir}) && !coverAll([]string{rules}, []string{in.Beside("")}) {
			fmt.Fprintf(s.Err, "warning: %s is a folder of the project's rules, and what is written is among them: choose another folder with --out\n", diag.Visible(dir))
			return
		}
	}
}

// takesSome tells whether a selection leaves out rules of the files, or of the project.
func takesSome(in *project.Project, selected *ruleset.Selection) bool {
	named := len(selected.Paths) > 0 || selected.Library
	return !selected.Whole() || in.Exists() && named && !coverAll(selected.Paths, in.Rules)
}

// tellReplacing says which packages of a selection take the place of all that the product has of an earlier one.
func tellReplacing(s *stdio.Streams, in *project.Project, selected *ruleset.Selection, made packaging.Made) {
	if !takesSome(in, selected) {
		return
	}
	told := map[string]bool{}
	for _, m := range made.Packages {
		if m.Replaces == "" || told[m.Target] {
			continue
		}
		told[m.Target] = true
		fmt.Fprintf(s.Err, "warning: %s: the package has the selected rules alone, and %s: package all rules before you install it\n", m.Target, m.Replaces)
	}
}

// removable are the folders whose former files may go, of those that a run writes. It is none while a file of the rules
// has an error: what came of its rules stays.
func removable(s *stdio.Streams, set *ruleset.Set, dir string, below ...string) []string {
	if !set.Found.HasErrors() {
		return below
	}
	fmt.Fprintf(s.Err, "%s in the rules, so nothing is removed from %s\n", plural.Count(set.Found.Errors(), "error"), diag.Visible(dir))
	return nil
}

// coverAll tells whether each of some files or folders is one of some paths, or below one.
func coverAll(paths, all []string) bool {
	covered := func(one string) bool {
		return slices.ContainsFunc(paths, func(p string) bool {
			from, fromErr := filepath.Abs(p)
			to, toErr := filepath.Abs(one)
			return cmp.Or(fromErr, toErr) == nil && source.Within(from, to)
		})
	}
	return !slices.ContainsFunc(all, func(one string) bool { return !covered(one) })
}
