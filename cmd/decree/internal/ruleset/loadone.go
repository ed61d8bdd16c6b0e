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

// LoadOne loads what a command is about: the rules of a file, in the project of the working folder, or the rules with a
// name or an id. It shows the findings, and an error ends the command. A rule that the file's rules join or read may be
// in another file of the project, or without a project of the file's folder; what is wrong in still others does not
// matter.
func LoadOne(s *stdio.Streams, rule string, filters Filters, lists Lists) (*Set, error) {
	in, err := project.Open(s)
	if err != nil {
		return nil, err
	}
	sel := Selection{Paths: []string{rule}, Filters: filters, Lists: lists}
	set, err := Load(s, in, sel)
	if err != nil {
		return nil, err
	}
	if !isName(rule) && slices.ContainsFunc(set.Found, func(d diag.Diagnostic) bool { return d.Code == "unknown-rule" }) {
		if sel.beside = in.Rules; len(sel.beside) == 0 {
			sel.beside = []string{filepath.Dir(rule)}
		}
		if whole, err := Load(&stdio.Streams{Err: io.Discard}, in, sel); err == nil {
			set = whole
			set.dropOthers()
		}
	}
	set.Show(s, set.Found)
	if len(set.Rules) == 0 && len(set.Written) > 0 {
		return nil, fmt.Errorf("%s: the rule has a query and no detection: nothing can run it here", rule)
	}
	return set, exit.After(set.Found)
}

// dropOthers drops what was found in rule files none of whose rules is kept or was asked for, and in lists of such
// files alone. What is wrong with filters, lists of the project and its other files may matter to every rule. Where no
// rule is left and its file has no error, one that it reads has: all findings stay.
func (set *Set) dropOthers() {
	kept := map[string]bool{}
	for _, r := range set.All() {
		kept[r.IR.Source.Range.File] = true
	}
	for _, f := range set.Files {
		if !f.Beside {
			kept[f.Folder.Shown(f.Path)] = true
		}
	}
	for body := range set.chosen {
		kept[body.Range.File] = true
	}
	ofOthers := func(d diag.Diagnostic) bool {
		readers := set.readers[d.Range.File]
		return len(readers) > 0 && !slices.ContainsFunc(readers, func(file string) bool { return kept[file] })
	}
	left := slices.DeleteFunc(slices.Clone(set.Found), ofOthers)
	if len(set.All()) == 0 && !left.HasErrors() {
		return
	}
	failed := map[string]bool{}
	for _, d := range set.Found {
		for _, file := range set.readers[d.Range.File] {
			failed[file] = failed[file] || d.Severity == diag.Error
		}
	}
	set.Files = slices.DeleteFunc(set.Files, func(f File) bool {
		dropped := !kept[f.Folder.Shown(f.Path)]
		if dropped && failed[f.Folder.Shown(f.Path)] {
			set.Failed--
		}
		return dropped
	})
	set.Found = left
}
