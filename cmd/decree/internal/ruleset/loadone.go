package ruleset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
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
	load := loadFile
	if isName(rule) {
		load = loadNamed
	}
	set, err := load(s, in, sel, rule)
	if err != nil {
		return nil, err
	}
	set.Show(s, set.Found)
	if len(set.Rules) == 0 && len(set.Written) > 0 {
		return nil, fmt.Errorf("%s: the rule has a query and no detection: nothing can run it here", rule)
	}
	return set, exit.After(set.Found, false)
}

// isName tells whether a text names a rule and not a file.
func isName(rule string) bool {
	if rule == "" || source.IsYAML(rule) || strings.ContainsAny(rule, `/\`) {
		return false
	}
	_, err := os.Stat(rule)
	return errors.Is(err, fs.ErrNotExist)
}

func loadFile(s *stdio.Streams, in *project.Project, sel Selection, file string) (*Set, error) {
	set, err := Load(s, in, sel)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(set.Found, func(d diag.Diagnostic) bool { return d.Code == "unknown-rule" }) {
		if sel.Paths, sel.named = append(slices.Clone(in.Rules), file), true; len(in.Rules) == 0 {
			sel.Paths = append(sel.Paths, filepath.Dir(file))
		}
		if whole, err := Load(&stdio.Streams{Err: io.Discard}, in, sel); err == nil {
			set = whole
			set.dropOthers()
		}
	}
	return set, nil
}

// loadNamed takes the rules and correlations with a name or an id from those of the project, or without a project from
// those that decree ships.
func loadNamed(s *stdio.Streams, in *project.Project, sel Selection, name string) (*Set, error) {
	sel.Paths, sel.Library, sel.rule = in.Rules, len(in.Rules) == 0, name
	set, err := Load(s, in, sel)
	if err != nil {
		return nil, err
	}
	set.dropOthers()
	return set, nil
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
		if f.Named {
			kept[f.Folder.Shown(f.Path)] = true
		}
	}
	for body := range set.chosen {
		kept[body.Range.File] = true
	}
	left := slices.DeleteFunc(slices.Clone(set.Found), func(d diag.Diagnostic) bool {
		readers := set.readers[d.Range.File]
		return len(readers) > 0 && !slices.ContainsFunc(readers, func(file string) bool { return kept[file] })
	})
	if len(set.All()) > 0 || left.HasErrors() {
		set.Found = left
	}
}

// IsCalled tells whether a rule has a name or an id.
func (r Rule) IsCalled(name string) bool { return IsCalled(r.IR.Source, name) }

// IsCalled tells whether a rule has a name or an id.
func IsCalled(r *rules.Rule, name string) bool {
	return strings.EqualFold(name, r.Name) || strings.EqualFold(name, r.ID)
}

// unknownRule is the error that no rule has the name or the id that the user gave.
func (set *Set) unknownRule(sel Selection) error {
	var known []string
	for _, r := range set.All() {
		for _, name := range []string{r.Slug(), r.IR.Source.ID} {
			if name != "" {
				known = append(known, name)
			}
		}
	}
	of := "no rule of the project"
	if sel.Library {
		of = "no file, and no rule that decree ships,"
	}
	text := fmt.Sprintf("%s: %s has this name or id", diag.Visible(sel.rule), of)
	if near := diag.Closest(sel.rule, known); near != "" {
		text += "; did you mean " + diag.Visible(near) + "?"
	}
	if set.Failed > 0 {
		text += "; a file with errors may have it: see decree validate"
	}
	return errors.New(text)
}
