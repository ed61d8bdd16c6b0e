package ruletests

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/since"
	"decree/rules/diag"
)

// KeepChanged drops the rules that did not change since a git revision. A rule changed if its file, tests, lists or event files did. A file that
// git does not track counts as changed.
func (t *Tests) KeepChanged(rev string) error {
	changed := map[string]map[string]bool{} // folder on disk -> its changed files
	keep := func(r ruleset.Rule, files []string) (bool, error) {
		if r.File.Disk == "" {
			return false, errors.New("--since: the shipped library has no history; name a folder")
		}
		known, ok := changed[r.File.Disk]
		if !ok {
			var err error
			if known, err = since.Changed(r.File.Disk, rev); err != nil {
				return false, fmt.Errorf("--since %s: %w", rev, err)
			}
			changed[r.File.Disk] = known
		}
		tests, _ := testFileOf(r.File)
		files = append(files, r.File.Path, tests)
		for _, l := range r.IR.Source.Lists {
			if l.File != "" {
				files = append(files, l.File)
			}
		}
		return slices.ContainsFunc(files, func(f string) bool { return known[f] }), nil
	}
	kept := Tests{Found: t.Found}
	for _, tested := range t.Tested {
		var files []string
		for _, c := range tested.Suite.Cases {
			files = append(files, c.Files()...)
		}
		ok, err := keep(tested.Rule, files)
		if err != nil {
			return err
		}
		if ok {
			kept.Tested = append(kept.Tested, tested)
		}
	}
	for _, r := range t.Untested {
		ok, err := keep(r, nil)
		if err != nil {
			return err
		}
		if ok {
			kept.Untested = append(kept.Untested, r)
		}
	}
	*t = kept
	return nil
}

// Required reports stable and test rules without a test.
func (t *Tests) Required(set *ruleset.Set) diag.Diagnostics {
	var found diag.Diagnostics
	for _, r := range t.Untested {
		if status := r.IR.Source.Status; status == "stable" || status == "test" {
			set.KeepRule(r)
			file, _ := testFileOf(r.File)
			found.Errorf("no-tests", r.IR.Source.Range, "add "+path.Base(file)+" beside it, or set status: experimental",
				"a rule of status %s needs a test", status)
		}
	}
	return found
}
