package ruleset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/project"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
)

// of gives the paths of the filters that apply: those that the user gave, or else the project's.
func (f Filters) of(p *project.Project) (paths []string, ofProject bool) {
	if given := f.Given(); len(given) > 0 {
		return given, false
	}
	return p.Filters, true
}

// takeFilters takes from the paths of a selection those of filters that apply. They stand for the rules that they
// cover, which may be any of the project. Where there are no rules beside them, they are left: they may hold rules.
func (sel *Selection) takeFilters(p *project.Project) {
	filters, _ := sel.Filters.of(p)
	var found, others []string
	for _, path := range sel.Paths {
		if at := filterNamed(path, filters); at != "" {
			found = append(found, at)
			continue
		}
		others = append(others, path)
	}
	if len(found) > 0 && (len(p.Rules)+len(others) > 0 || sel.Library) {
		sel.Paths, sel.ofFilters, sel.beside = others, found, p.Rules
	}
}

// needRules is an error if all that a selection names is filters that apply, and there is no rule that they may cover.
func (set *Set) needRules(sel Selection) error {
	skipped := slices.ContainsFunc(set.Found, func(d diag.Diagnostic) bool { return d.Code == parse.FilterSkipped })
	if len(set.Filters) == 0 || len(set.parsed)+len(set.read)+len(sel.ofFilters) > 0 || set.Found.HasErrors() || skipped {
		return nil
	}
	return fmt.Errorf("%s: filters stand for the rules that they cover: name the folder of these rules, too", filepath.ToSlash(strings.Join(sel.Paths, ", ")))
}

// filterNamed gives where a path of a filter file, of its test file or of a folder of filters is on disk, "" if it is
// none.
func filterNamed(path string, filters []string) string {
	info, err := os.Stat(path)
	if err != nil {
		return "" // who reads it says so
	}
	at := folderOnDisk(path)
	if !info.IsDir() {
		at = testedBy(onDisk(path), func(file string) bool { _, err := os.Stat(file); return err == nil })
		if !source.IsYAML(at) || parse.IsTestFile(at) {
			return ""
		}
	}
	for _, of := range filters {
		top := folderOnDisk(of)
		if FolderOf(of) != filepath.Clean(of) {
			top = onDisk(of)
		}
		if source.Within(top, at) {
			return at
		}
	}
	return ""
}

// nameFilters notes which of the filters the user named. It is an error if a path has none that applies.
func (set *Set) nameFilters(paths []string) error {
	for _, path := range paths {
		has := false
		for i, f := range set.Filters {
			if source.Within(path, onDisk(f.File.path())) {
				set.Filters[i].Named, has = true, true
			}
		}
		if !has {
			return fmt.Errorf("%s: no filter that applies", path)
		}
	}
	return nil
}

// coveredByNamed are the rules that filters cover which the user named.
func (set *Set) coveredByNamed() map[*rules.Rule]bool {
	out := map[*rules.Rule]bool{}
	for _, f := range set.Filters {
		for _, r := range f.Rules() {
			out[r] = out[r] || f.Named
		}
	}
	for _, r := range set.Rules { // what a rule with a filter is part of
		for _, other := range allJoined(r.IR) {
			out[r.IR.Source] = out[r.IR.Source] || out[other]
		}
	}
	for _, c := range set.Correlations {
		read := map[*rules.Rule]bool{}
		need(c.Correlation, read)
		for body := range read {
			out[c.IR.Source] = out[c.IR.Source] || out[body]
		}
	}
	return out
}

// coveredParts are those of these rules that are only part of another.
func (set *Set) coveredParts() map[*rules.Rule]bool {
	out, covered := map[*rules.Rule]bool{}, set.coveredByNamed()
	for body := range set.parts() {
		if covered[body] {
			out[body] = true
		}
	}
	return out
}

// ReadAll tells whether all rules were read that filters may cover: those of the project, or without a project those
// that the user named. One with errors was not.
func (set *Set) ReadAll() bool {
	if set.allRead || !set.Project.Exists() || set.Failed > 0 {
		return set.Failed == 0
	}
	files, _, err := findRules(Selection{Paths: set.Project.Rules})
	read := map[string]bool{}
	for _, f := range set.all {
		read[f.onDisk] = true
	}
	return err == nil && len(files) > 0 && !slices.ContainsFunc(files, func(f File) bool { return !read[f.onDisk] })
}
