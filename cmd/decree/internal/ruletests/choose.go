package ruletests

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/since"
	"decree/rules/diag"
)

// KeepChanged drops the rules that did not change since a git revision. A rule changed if its file, tests, lists or event files did. A file that
// git does not track counts as changed.
func (t *Tests) KeepChanged(rev string) error {
	changed := map[string]map[string]bool{} // folder on disk -> its changed files
	changedIn := func(dir string) (map[string]bool, error) {
		known, ok := changed[dir]
		if !ok {
			var err error
			if known, err = since.Changed(dir, rev); err != nil {
				return nil, fmt.Errorf("--since %s: %w", rev, err)
			}
			changed[dir] = known
		}
		return known, nil
	}
	keep := func(r ruleset.Rule, files []string) (bool, error) {
		if r.File.Disk == "" {
			return false, errors.New("--since: the shipped library has no history; name a folder")
		}
		known, err := changedIn(r.File.Disk)
		if err != nil {
			return false, err
		}
		tests, _ := testFileOf(r.File)
		files = append(files, r.File.Path, tests)
		for _, l := range r.IR.Source.Lists {
			switch {
			case l.Outside:
				beside, err := changedIn(filepath.FromSlash(path.Dir(l.File)))
				if err != nil || beside[path.Base(l.File)] {
					return err == nil, err
				}
			case l.File != "":
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
