package ruleset

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/since"
	"decree/engine/regression"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

// changes are the files that changed since a revision, as package since lists them, by folder on disk. git is asked
// once for each folder.
type changes struct {
	rev string
	of  map[string]map[string]bool
}

// has tells whether one of the files of a folder may have changed. Files are slash paths in the folder.
func (c *changes) has(dir string, files ...string) (bool, error) {
	known, err := c.in(dir)
	may := func(f string) bool { _, is := known[f]; return is }
	return slices.ContainsFunc(files, may), err
}

// in gives the files of a folder that may have changed: true of those that did.
func (c *changes) in(dir string) (map[string]bool, error) {
	known, asked := c.of[dir]
	if !asked {
		var err error
		if known, err = since.Changed(dir, c.rev); err != nil {
			return nil, fmt.Errorf("--since %s: %w", c.rev, err)
		}
		c.of[dir] = known
	}
	return known, nil
}

// changedForAll says that a file changed since a revision that every rule's queries and tests may depend on, the
// project's file or a data model, or that git cannot tell; "" if none did. git cannot tell of a file outside of a
// repository, and of one that it ignores. It is an error if the project's repository does not have the revision.
func changedForAll(p *project.Project, sel Selection) (string, error) {
	known := &changes{sel.Since, map[string]map[string]bool{}}
	if p.Exists() {
		if _, err := known.in(filepath.Dir(p.File)); errors.Is(err, since.ErrUnknown) {
			return "", err
		}
	}
	changed := func(file string) string {
		return diag.Visible(filepath.ToSlash(file)) + " changed since " + diag.Visible(sel.Since)
	}
	files, folders := filesForAll(p, sel)
	for _, at := range folders {
		all, err := known.in(at)
		if err != nil {
			return "git cannot tell whether " + changed(at), nil
		}
		for _, file := range slices.Sorted(maps.Keys(all)) {
			if all[file] && source.IsYAML(file) { // also one that is gone
				return changed(filepath.Join(at, filepath.FromSlash(file))), nil
			}
		}
	}
	for _, file := range files {
		dir, name := filepath.Dir(file), filepath.Base(file)
		switch all, err := known.in(dir); {
		case all[name]:
			return changed(file), nil
		case err != nil || !since.Tracked(dir, name):
			return "git cannot tell whether " + changed(file), nil
		}
	}
	return "", nil
}

// filesForAll gives the files that every rule may depend on, and the folders of such files.
func filesForAll(p *project.Project, sel Selection) (files, folders []string) {
	if p.Exists() {
		files = append(files, p.File)
	}
	if sel.ModelFile != "" {
		files = append(files, sel.ModelFile)
	}
	for _, at := range p.ModelPaths() {
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			folders = append(folders, at)
		} else {
			files = append(files, at)
		}
	}
	for _, m := range p.Models {
		files = append(files, m.File)
	}
	return files, folders
}

// ChangedSince tells which rules changed since a git revision. A rule changed if its file, tests, lists, event files, a
// rule that it joins, or a filter on it or that filter's tests or lists did, and a correlation if a rule that it reads
// did. A filter that is gone, or covers a rule no longer, changed the rule too. A file that git does not track counts
// as changed, also one that it ignores. Without a revision every rule counts as changed.
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
	if err := set.changedByFormerFilters(known, all); err != nil {
		return nil, err
	}
	joined := map[*rules.Rule]bool{}
	for _, r := range set.All() {
		for _, other := range allJoined(r.IR) {
			joined[r.IR.Source] = joined[r.IR.Source] || all[other]
		}
	}
	for body, changed := range joined {
		all[body] = all[body] || changed
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
	if changed, err := set.changedFiles(r.File, r.IR.Source.Lists, known); changed || err != nil {
		return changed, err
	}
	if root, file := r.RegressionData(); root != "" {
		files, ok := recordings(root, file)
		if changed, err := known.has(root, files...); !ok || changed || err != nil {
			return !ok || changed, err
		}
	}
	for _, f := range set.Filters {
		if !f.Covers(r) {
			continue
		}
		var lists []rules.List
		for _, one := range f.of[r.IR.Source] {
			lists = append(lists, one.Body.Lists...)
		}
		if changed, err := set.changedFiles(f.File, lists, known); changed || err != nil {
			return changed, err
		}
	}
	return false, nil
}

// changedFiles tells whether the file of a rule or filter may have changed, its tests or one of its lists. Tests that
// cannot be read count as changed: a file with events may be gone.
func (set *Set) changedFiles(of File, lists []rules.List, known *changes) (bool, error) {
	files, ok := set.testFiles(of)
	if !ok {
		return true, nil
	}
	files = append(files, of.Path)
	for _, l := range lists {
		switch {
		case l.Outside:
			if changed, err := set.changedList(l, known); changed || err != nil {
				return changed, err
			}
		case l.File != "":
			files = append(files, l.File)
		}
	}
	return known.has(of.Disk, files...)
}

// changedList tells whether a file of the list folders that answers a name may have changed, or is gone: another may
// answer now, below it or above. Of a folder that git does not know nothing can be gone: it matters only if the list
// is in it.
func (set *Set) changedList(l rules.List, known *changes) (bool, error) {
	for _, dir := range set.listDirs {
		files, err := known.in(dir)
		if err != nil && set.files[l.File].Disk == dir {
			return false, err
		}
		for file := range files {
			if below := path.Dir(file); (below == "." || below == set.Environment) && parse.ListName(file) == l.Name {
				return true, nil
			}
		}
	}
	return false, nil
}

// allJoined gives the rules that a rule joins, and those that they join.
func allJoined(r *ir.Rule) (out []*rules.Rule) {
	for _, j := range r.Joins() {
		if j.Rule != nil && !j.First {
			out = append(append(out, j.Rule.Source), allJoined(j.Rule)...)
		}
	}
	return out
}

// changedByFormerFilters marks the rules that a filter covered at the revision whose file has changed since, or is
// gone.
func (set *Set) changedByFormerFilters(known *changes, all map[*rules.Rule]bool) error {
	for _, at := range set.filterPlaces {
		files, err := known.in(at.dir)
		if err != nil {
			return err
		}
		for file := range files {
			if !at.has(file) {
				continue
			}
			text, was := since.Text(at.dir, known.rev, file)
			if !was {
				continue
			}
			former, _ := parse.FilterText(file, text, set.FilterCondition)
			for _, r := range set.All() {
				covered := slices.ContainsFunc(former, func(f *rules.Filter) bool { return f.Covers(r.IR.Source) })
				all[r.IR.Source] = all[r.IR.Source] || covered
			}
		}
	}
	return nil
}

// recordings gives a file of Sigma's regression data and the recordings that it names: slash paths in the folder. ok is
// false if it has faults, such as a recording that is not there.
func recordings(root, file string) (files []string, ok bool) {
	files = []string{file}
	folder, err := source.OpenFolder(root)
	if err != nil {
		return files, false
	}
	data, err := folder.Read(file)
	if err != nil {
		return files, false
	}
	cases, found := regression.LoadInfo(folder, file, data, "")
	return append(files, eventFiles(cases)...), len(found) == 0
}

// testFiles gives the test file of a rule or filter file, and the files with events that it names: slash paths in the
// folder. ok is false if the tests have errors, such as a file that is not there.
func (set *Set) testFiles(of File) (files []string, ok bool) {
	tests, _ := of.TestFile()
	files = []string{tests}
	data, err := of.Folder.Read(tests)
	if err != nil {
		return files, true // there are no tests
	}
	parsed, found := regression.Parse(of.Folder, tests, data, set.FilterCondition)
	return append(files, eventFiles(parsed.Cases)...), !found.HasErrors()
}

// eventFiles gives the files with events that cases name.
func eventFiles(cases []*regression.Case) (files []string) {
	for _, c := range cases {
		files = append(files, c.Files()...)
	}
	return files
}
