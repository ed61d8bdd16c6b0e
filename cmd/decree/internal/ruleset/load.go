// Package ruleset loads the rules that a user names. In: the user's selection and the project. Out: rules and
// correlations, lowered and with the environment's filters, and all findings about them. A file with errors never hides
// the others.
package ruleset

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/parallel"
	"decree/cmd/decree/internal/progress"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers"
	"decree/compilers/dialects"
	"decree/rules/diag"
	"decree/rules/lint"
	"decree/rules/parse"
)

// Load loads the rules of a selection, gives them the lists that they name, and applies filters to them. What the
// selection leaves open, the project says. Errors in files are findings of the set. The error is ErrNoRules if neither
// names a rule.
func Load(s *stdio.Streams, p *project.Project, sel Selection) (*Set, error) {
	if err := sel.check(); err != nil {
		return nil, err
	}
	ofProject := len(sel.Paths) == 0 && !sel.Library
	if err := sel.takeProject(p); err != nil {
		return nil, err
	}
	set, err := read(s, sel)
	if err != nil {
		return nil, err
	}
	set.Project, set.whole, set.OfProject = p, sel.Whole(), ofProject && sel.Whole()
	if p.Exists() {
		set.KeepText(filepath.ToSlash(p.File), p.Data)
	}
	set.FilterCondition = parse.FilterCondition(sel.Filters.Condition)
	defer set.sayPassedOver(s)
	set.allRead = set.OfProject && set.Failed == 0
	if err := set.filter(sel, ofProject || len(sel.ofFilters) > 0); err != nil {
		return nil, err
	}
	if err := set.needRules(sel); err != nil {
		return nil, err
	}
	if sel.Since != "" {
		if set.changedForAll, err = changedForAll(p, sel); err != nil {
			return nil, err
		}
	}
	if err := set.narrow(sel); err != nil {
		return nil, err
	}
	if len(sel.names) > 0 {
		set.dropOthers()
	}
	set.sayChanged(s, sel)
	set.checkWritten()
	set.Found = p.Lint.Judge(set.Found)
	return set, nil
}

// takeProject takes what the selection leaves open from the project.
func (sel *Selection) takeProject(p *project.Project) error {
	if len(sel.Paths) == 0 && !sel.Library {
		if sel.Paths = p.Rules; len(sel.Paths) == 0 {
			return ErrNoRules
		}
	}
	sel.expand()
	sel.takeNames(p)
	sel.takeFilters(p)
	if len(sel.Lists.Dirs) == 0 {
		sel.Lists.Dirs = p.Lists
	}
	return nil
}

// sayChanged says why rules are taken that did not change since a revision, or that none did.
func (set *Set) sayChanged(s *stdio.Streams, sel Selection) {
	if set.changedForAll != "" {
		fmt.Fprintf(s.Err, "%s: it may change what every rule becomes, so all rules %sare taken\n", set.changedForAll, sel.described())
	}
	if sel.Since != "" && len(set.All()) == 0 {
		fmt.Fprintf(s.Err, "no rule %schanged since %s\n", sel.described(), diag.Visible(sel.Since))
	}
}

// read parses and lowers every file. What is wrong with a file is in Found.
func read(s *stdio.Streams, sel Selection) (*Set, error) {
	files, linked, err := findRules(sel)
	if err != nil {
		return nil, err
	}
	set := &Set{Found: linked, all: files, texts: map[string][]byte{}, files: map[string]File{}, readers: map[string][]string{}}
	set.countFailed(linked)
	if err := set.openLists(s, sel.Lists); err != nil {
		return nil, err
	}
	ofLists := len(set.Found)
	read := make([]readFile, len(files))
	for i, f := range files {
		read[i].from, read[i].lists, read[i].onlyRun = f, set.Lists, sel.OnlyRun
	}
	step, end := progress.Steps(s, "files", len(files))
	parallel.Each(read, func(f *readFile) {
		f.read()
		step()
	})
	end()
	ofProject := set.Found
	set.Files, set.Rules, set.parsed = make([]File, 0, len(read)), make([]Rule, 0, len(read)), make([]parsedFile, 0, len(read))
	for i := range read {
		set.add(&read[i])
	}
	set.ofEveryRule(ofProject)
	set.addCorrelations()
	for _, r := range set.All() {
		if found := compilers.CheckAccepted(r.IR.Source, dialects.Names()); len(found) > 0 {
			set.KeepRule(r)
			set.Found = append(set.Found, found...)
		}
	}
	if len(set.parsed)+len(set.read)+len(set.Found) == ofLists {
		if len(set.PassedOver) > 0 {
			return nil, fmt.Errorf("no rules in %s, but %s", strings.Join(slices.Concat(sel.Paths, sel.beside), ", "), set.countPassedOver())
		}
		return nil, fmt.Errorf("no rules in %s", strings.Join(slices.Concat(sel.Paths, sel.beside), ", "))
	}
	set.Found.Sort()
	set.Found = slices.Compact(set.Found) // every rule that uses a list finds what is wrong with it
	return set, nil
}

// readFile is a parsed and lowered rule file. Files are read on all cores, and put together in order.
type readFile struct {
	parsedFile
	rules   []Rule
	written []Rule
	onlyRun bool             // what rules are lowered from is not kept, nor where their metadata stands
	foreign bool             // nothing in the file is meant as a rule
	passed  diag.Diagnostics // what was passed over
}

func (f *readFile) read() {
	data, found := f.from.Folder.Load(f.from.Path)
	f.file = lint.File{Found: found}
	if found == nil {
		parsed, found := parse.Documents(f.from.Path, data, f.from.Folder)
		empty := len(found)+len(parsed.Rules)+len(parsed.Written)+len(parsed.Correlations) == 0
		f.foreign = (parsed.Foreign || empty) && !f.from.Named
		if found, f.passed = passOver(f.from, parsed, found); f.foreign && empty {
			f.passed = emptyFile(f.from.Folder.Shown(f.from.Path))
		}
		f.file = lowered(parsed, found, f.lists)
	}
	f.file.Path = f.from.Folder.Shown(f.from.Path)
	for _, r := range f.file.Lowered {
		if r != nil {
			f.rules = append(f.rules, Rule{File: f.from, IR: r})
		}
	}
	if f.onlyRun {
		for _, r := range f.file.Rules {
			r.Searches, r.Keys = nil, nil // nearly half of what would be kept of a rule
		}
	}
	for _, r := range f.file.Written {
		f.written = append(f.written, Rule{File: f.from, IR: unread(r)})
	}
	if lint.HasDirectives(data) {
		f.file.Data = data
	}
}

func (set *Set) add(f *readFile) {
	set.PassedOver = append(set.PassedOver, f.passed...)
	if len(f.passed) > 0 {
		set.files[f.file.Path] = f.from
	}
	if f.foreign {
		set.foreign++
		return
	}
	set.Files = append(set.Files, f.from)
	set.Rules, set.Written = append(set.Rules, f.rules...), append(set.Written, f.written...)
	if len(f.file.Rules)+len(f.file.Written)+len(f.file.Broken)+len(f.file.Correlations) > 0 {
		set.parsed = append(set.parsed, f.parsedFile)
	}
	for _, c := range f.file.Correlations {
		set.read = append(set.read, readCorrelation{f.from, c})
	}
	if f.file.Found.HasErrors() {
		set.Failed++
	}
	set.Found = append(set.Found, f.file.Found...)
	set.readers[f.file.Path] = []string{f.file.Path}
	for _, d := range f.file.Found {
		if d.Range.File != f.file.Path {
			set.readers[d.Range.File] = append(set.readers[d.Range.File], f.file.Path)
		}
	}
	if len(f.file.Found) > 0 {
		set.files[f.file.Path] = f.from
	}
}

// ofEveryRule notes that findings are not about single rule files.
func (set *Set) ofEveryRule(found diag.Diagnostics) {
	for _, d := range found {
		delete(set.readers, d.Range.File)
	}
}
