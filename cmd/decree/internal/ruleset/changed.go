package ruleset

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/since"
	"decree/engine/regression"
	"decree/rules"
)

// changes are the files that changed since a revision, by folder on disk. git is asked once for each folder.
type changes struct {
	rev string
	of  map[string]map[string]bool
}

// has tells whether one of the files of a folder changed. Files are slash paths in the folder.
func (c *changes) has(dir string, files ...string) (bool, error) {
	known, asked := c.of[dir]
	if !asked {
		var err error
		if known, err = since.Changed(dir, c.rev); err != nil {
			return false, fmt.Errorf("--since %s: %w", c.rev, err)
		}
		c.of[dir] = known
	}
	return slices.ContainsFunc(files, func(f string) bool { return known[f] }), nil
}

// ChangedSince tells which rules changed since a git revision. A rule changed if its file, tests, lists, event files, or a filter on it or that filter's tests did, and a
// correlation if a rule that it reads did. A file that git does not track counts as changed. Without a revision every rule counts as changed.
func (set *Set) ChangedSince(rev string) (func(*rules.Rule) bool, error) {
	if rev == "" {
		return func(*rules.Rule) bool { return true }, nil
	}
	all := map[*rules.Rule]bool{}
	known := &changes{rev, map[string]map[string]bool{}}
	for _, r := range set.All() {
		changed, err := set.changed(r, known)
		if err != nil {
			return nil, err
		}
		all[r.IR.Source] = changed
	}
	for _, c := range set.Correlations { // each stands after those that it reads
		read := map[*rules.Rule]bool{}
		need(c.Correlation, read)
		for body := range read {
			all[c.IR.Source] = all[c.IR.Source] || all[body]
		}
	}
	return func(r *rules.Rule) bool { return all[r] }, nil
}

func (set *Set) changed(r Rule, known *changes) (bool, error) {
	if r.File.Disk == "" {
		return false, errors.New("--since: the shipped library has no history; name a folder")
	}
	files := append(set.testFiles(r.File), r.File.Path)
	for _, l := range r.IR.Source.Lists {
		switch {
		case l.Outside:
			if changed, err := known.has(filepath.FromSlash(path.Dir(l.File)), path.Base(l.File)); changed || err != nil {
				return changed, err
			}
		case l.File != "":
			files = append(files, l.File)
		}
	}
	if changed, err := known.has(r.File.Disk, files...); changed || err != nil {
		return changed, err
	}
	if root, file := r.RegressionData(); root != "" {
		if changed, err := known.has(root, file); changed || err != nil {
			return changed, err
		}
	}
	for _, f := range set.Filters {
		if !f.Covers(r) {
			continue
		}
		if changed, err := known.has(f.File.Disk, append(set.testFiles(f.File), f.File.Path)...); changed || err != nil {
			return changed, err
		}
	}
	return false, nil
}

// testFiles gives the test file of a rule or filter file, and the files with events that it names: slash paths in the folder.
func (set *Set) testFiles(of File) []string {
	tests, _ := of.TestFile()
	files := []string{tests}
	if data, err := of.Folder.Read(tests); err == nil {
		parsed, _ := regression.Parse(of.Folder, tests, data, set.FilterCondition)
		for _, c := range parsed.Cases {
			files = append(files, c.Files()...)
		}
	}
	return files
}
