package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/rules/diag"
)

// keepChanged leaves the rules of which something changed since a git revision: the rule, its
// tests, a list or an event file. Files that git does not know yet are changed.
func (t *ruleTests) keepChanged(rev string) error {
	changed := map[string]map[string]bool{} // folder on disk -> its changed files
	keep := func(r ruleset.Rule, files []string) (bool, error) {
		if r.File.Disk == "" {
			return false, errors.New("--since: the shipped library has no history; name a folder")
		}
		known, ok := changed[r.File.Disk]
		if !ok {
			var err error
			if known, err = changedSince(r.File.Disk, rev); err != nil {
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
	var kept ruleTests
	for i, r := range t.rules {
		var files []string
		for _, c := range t.suites[i].Cases {
			files = append(files, c.Files()...)
		}
		ok, err := keep(r, files)
		if err != nil {
			return err
		}
		if ok {
			kept.rules, kept.suites, kept.files = append(kept.rules, r), append(kept.suites, t.suites[i]), append(kept.files, t.files[i])
		}
	}
	for _, r := range t.untested {
		ok, err := keep(r, nil)
		if err != nil {
			return err
		}
		if ok {
			kept.untested = append(kept.untested, r)
		}
	}
	t.rules, t.suites, t.files, t.untested = kept.rules, kept.suites, kept.files, kept.untested
	return nil
}

// changedSince lists the files below a folder that differ from a revision, and those git does not
// know, by their slash paths from the folder.
func changedSince(dir, rev string) (map[string]bool, error) {
	at, err := git(dir, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return nil, errors.Join(errors.New("git knows no such revision here"), err)
	}
	out := map[string]bool{}
	for _, command := range [][]string{
		{"diff", "--name-only", "--relative", "-z", strings.TrimSpace(at), "--", "."},
		{"ls-files", "--others", "--exclude-standard", "-z", "--", "."},
	} {
		names, err := git(dir, command...)
		if err != nil {
			return nil, err
		}
		for name := range strings.SplitSeq(names, "\x00") {
			out[filepath.ToSlash(name)] = true
		}
	}
	return out, nil
}

func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && len(failed.Stderr) > 0 {
		err = fmt.Errorf("git: %s", diag.Visible(strings.TrimSpace(string(failed.Stderr))))
	}
	return string(out), err
}

// requireTests finds the rules that say they are ready and have no test.
func (t *ruleTests) requireTests(set *ruleset.Set) diag.Diagnostics {
	var found diag.Diagnostics
	for _, r := range t.untested {
		if status := r.IR.Source.Status; status == "stable" || status == "test" {
			set.KeepRule(r)
			file, _ := testFileOf(r.File)
			found.Errorf("no-tests", r.IR.Source.Range, "write "+path.Base(file)+" beside it, or give the rule the status experimental",
				"a rule of status %s must have a test", status)
		}
	}
	return found
}
