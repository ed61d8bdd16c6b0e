package ruleset

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
	"decree/rules/source"
)

// Filters says which filters apply to rules, and how their conditions are read.
type Filters struct {
	Paths     []string // folders or files
	Condition string
}

// AddTo adds the flags --filters and --filter-condition.
func (f *Filters) AddTo(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.Paths, "filters", nil, "`PATH` of Sigma filters, a folder or a file: they suppress what they describe in the rules that they name; repeatable")
	cmd.Flags().StringVar(&f.Condition, "filter-condition", "",
		"how filter conditions are read: `MODE` is suppress (suppress what it describes) or require (it must hold). By default a condition with 'not' must hold, and one without is suppressed; a mixture is an error")
	usage.Complete(cmd, "filter-condition", parse.FilterConditions)
}

// Given are the paths of filters that stand in place of the project's. An empty one, such as of a variable that is not
// set, is none.
func (f Filters) Given() []string {
	return slices.DeleteFunc(slices.Clone(f.Paths), func(path string) bool { return path == "" })
}

// AppliedFilter is a filter file and the rules that its filters cover.
type AppliedFilter struct {
	File   File
	Named  bool // the user named it, its test file or its folder among the rules
	covers map[*rules.Rule]bool
	of     map[*rules.Rule][]*rules.Filter
}

// Covers tells whether a filter of the file covers a rule.
func (f AppliedFilter) Covers(r Rule) bool { return f.covers[r.IR.Source] }

// Rules are those that a filter of the file covers.
func (f AppliedFilter) Rules() []*rules.Rule { return slices.Collect(maps.Keys(f.covers)) }

// FiltersOn gives the filters that apply to a rule.
func (set *Set) FiltersOn(r Rule) []*rules.Filter {
	var out []*rules.Filter
	for _, f := range set.Filters {
		out = append(out, f.of[r.IR.Source]...)
	}
	return out
}

// filter applies the filters of the user's folders and files, or else of the project's. all says that the set has all
// rules of the project: a filter of the project that covers none of fewer rules is not a finding.
func (set *Set) filter(sel Selection, all bool) error {
	paths, ofProject := sel.Filters.of(set.Project)
	read := map[string]bool{}
	for _, path := range paths {
		files, err := set.applyFilters(path, all || !ofProject, sel.ofFilters, read)
		if err == nil && files == 0 && !ofProject {
			err = fmt.Errorf("%s: no filter files (.yml, .yaml) in this folder", path)
		}
		if err != nil && ofProject {
			return fmt.Errorf("filters of %s: %s: %w", filepath.ToSlash(set.Project.File), path, err)
		}
		if err != nil {
			return fmt.Errorf("--filters %s: %w", filepath.Clean(path), err)
		}
	}
	if err := set.nameFilters(sel.ofFilters); err != nil {
		return err
	}
	set.dropApplied()
	if len(paths) > 0 {
		set.Found.Sort()
		set.correlate() // again, now with the filtered rules; the findings are known
	}
	return nil
}

// dropApplied drops the findings that a filter among the rules is not applied, where it was: its folder is one of
// filters, too.
func (set *Set) dropApplied() {
	applied := map[string]bool{}
	for _, f := range set.parsedFilters {
		applied[onDisk(f.from.path())] = true
	}
	set.Found = slices.DeleteFunc(set.Found, func(d diag.Diagnostic) bool {
		return d.Code == parse.FilterSkipped && applied[onDisk(set.files[d.Range.File].path())]
	})
}

// filterPlace is where filters are on disk: a folder, or a file of it.
type filterPlace struct{ dir, file string }

// has tells whether a file of the folder is one of filters.
func (at filterPlace) has(file string) bool {
	if at.file != "" {
		return file == at.file
	}
	return source.IsYAML(file)
}

// applyFilters applies every filter of a folder or a file to the rules that it covers, but those of files that were
// read, to which it adds. Findings about filters are added to the set. A filter that covers no rule is a finding if the
// set has all rules. A file that the user named must have a filter. It gives the number of filter files.
func (set *Set) applyFilters(path string, all bool, named []string, read map[string]bool) (int, error) {
	at := filterPlace{dir: FolderOf(path)}
	if at.dir != filepath.Clean(path) {
		at.file = filepath.Base(path)
	}
	folder, err := source.OpenFolder(at.dir)
	if err != nil {
		return 0, err
	}
	files := []string{at.file}
	if at.file == "" {
		var linked diag.Diagnostics
		if files, linked, err = parse.FilterFiles(folder); err != nil {
			return 0, err
		}
		set.Found = append(set.Found, linked...)
		set.countFailed(linked)
	}
	set.filterPlaces = append(set.filterPlaces, at)
	for _, file := range files {
		key := onDisk(filepath.Join(at.dir, file))
		if read[key] {
			continue
		}
		read[key] = true
		if err := set.applyFile(File{Folder: folder, Disk: at.dir, Path: file, Named: at.file != "" || slices.Contains(named, key)}, all); err != nil {
			return 0, err
		}
	}
	return len(files), nil
}

// applyFile applies the filters of a file.
func (set *Set) applyFile(from File, all bool) error {
	filters, found := parse.Filters(from.Folder, from.Path, set.FilterCondition)
	if from.Named && len(filters) == 0 && len(found) == 0 {
		return errors.New("no filter in this file")
	}
	if !from.Named {
		found = set.amongFilters(from, found)
	}
	applied := AppliedFilter{File: from, covers: map[*rules.Rule]bool{}, of: map[*rules.Rule][]*rules.Filter{}}
	for _, f := range filters {
		set.Lists.Answer(f.Body)
		found = append(found, set.apply(f, applied, all)...)
	}
	shown := from.Folder.Shown(from.Path)
	set.Filters = append(set.Filters, applied)
	set.parsedFilters = append(set.parsedFilters, parsedFile{from: from, file: lint.File{Path: shown, Filters: filters}})
	set.KeepFile(shown, from)
	set.Found = append(set.Found, found...)
	set.ofEveryRule(found)
	if found.HasErrors() {
		set.Failed++
	}
	return nil
}

// amongFilters makes a warning of what a folder of filters holds beside filters: it holds little else, so it is likely
// one that lacks its keys. Folders of lists hold lists.
func (set *Set) amongFilters(from File, found diag.Diagnostics) (out diag.Diagnostics) {
	ofLists := slices.ContainsFunc(set.listDirs, func(dir string) bool { return source.Within(folderOnDisk(dir), onDisk(from.path())) })
	for _, d := range found {
		if d.Code == parse.NotARule {
			if ofLists {
				continue
			}
			d.Severity, d.Code = diag.Warning, "other-among-filters"
		}
		out = append(out, d)
	}
	return out
}

// apply applies a filter to each rule that it covers. all says that one that covers none is a finding.
func (set *Set) apply(f *rules.Filter, in AppliedFilter, all bool) diag.Diagnostics {
	required, found := ir.LowerFilter(f)
	if required == nil {
		return found
	}
	covered := 0
	for _, rs := range [][]Rule{set.Rules, set.Written} {
		for i, r := range rs {
			if f.Covers(r.IR.Source) {
				covered++
				in.covers[r.IR.Source] = true
				in.of[r.IR.Source] = append(in.of[r.IR.Source], f)
				rs[i].IR = r.IR.Filtered(f, required)
			}
		}
	}
	switch {
	case covered > 0:
		found = append(found, set.unknownOf(f)...)
	case all:
		found.Warnf("filter-covers-nothing", f.Body.Range, set.whyNothing(f), "filter %q applies to none of the given rules", f.Body.Title)
	}
	return found
}
