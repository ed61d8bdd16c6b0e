package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/parallel"
	"decree/cmd/decree/internal/progress"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/library"
	"decree/rules/lint"
)

// libraryName is how paths of the embedded library begin in messages.
const libraryName = "library"

// ruleFile names one rule file in the folder that its lists may come from.
type ruleFile struct {
	Folder *rules.Folder
	Disk   string // the folder's path on disk, "" for the embedded library
	Path   string // slash path in the folder
}

// ruleSet is what was read from the paths a user named.
type ruleSet struct {
	Files   []ruleFile
	Rules   []loadedRule
	Found   diag.Diagnostics
	Failed  int                 // files with at least one error
	sources map[string][]byte   // texts of files, for showing findings in them
	files   map[string]ruleFile // where to read those of the others
	shown   shownFile
	parsed  []parsedFile
	read    []readCorrelation

	filterFiles  []string
	Correlations []loadedRule // each after those that it reads
}

// onDisk are the paths of the files that were read, of rules and of filters.
func (set *ruleSet) onDisk() []string {
	paths := slices.Clone(set.filterFiles)
	for _, f := range set.Files {
		if f.Disk != "" {
			paths = append(paths, filepath.Join(f.Disk, filepath.FromSlash(f.Path)))
		}
	}
	return paths
}

// loadedRule is a rule that can be run, or a correlation: then IR has its metadata alone.
type loadedRule struct {
	File        ruleFile
	IR          *ir.Rule
	Correlation *ir.Correlation
}

// findRules lists the rule files under paths; without any, those of the embedded library.
func findRules(paths []string) ([]ruleFile, error) {
	if len(paths) == 0 {
		return filesOf(rules.NewFolder(libraryName, library.FS()), "")
	}
	var all []ruleFile
	seen := map[string]bool{}
	roots := map[string]*root{}
	for _, p := range paths {
		files, err := findOnDisk(p, roots)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			key := filepath.Join(f.Disk, f.Path)
			if !seen[key] {
				seen[key] = true
				all = append(all, f)
			}
		}
	}
	return all, nil
}

func filesOf(folder *rules.Folder, disk string) ([]ruleFile, error) {
	names, err := folder.Files()
	if err != nil {
		return nil, err
	}
	files := make([]ruleFile, len(names))
	for i, name := range names {
		files[i] = ruleFile{folder, disk, name}
	}
	return files, nil
}

// root is a folder that was opened, and its rule files once they are asked for.
type root struct {
	folder *rules.Folder
	files  []ruleFile
}

func findOnDisk(p string, roots map[string]*root) ([]ruleFile, error) {
	info, err := os.Stat(p)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file or folder", p)
		}
		return nil, err
	}
	dir := filepath.Clean(p)
	if !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	at := rulesRoot(dir)
	in := roots[at]
	if in == nil {
		folder, err := rules.OpenFolder(at)
		if err != nil {
			return nil, err
		}
		in = &root{folder: folder}
		roots[at] = in
	}
	within, err := filepath.Rel(at, p)
	if err != nil {
		return nil, err
	}
	within = filepath.ToSlash(within)
	if !info.IsDir() {
		return []ruleFile{{in.folder, at, within}}, nil
	}
	if in.files == nil {
		if in.files, err = filesOf(in.folder, at); err != nil {
			return nil, err
		}
	}
	var below []ruleFile
	for _, f := range in.files {
		if within == "." || strings.HasPrefix(f.Path, within+"/") {
			below = append(below, f)
		}
	}
	if len(below) == 0 {
		return nil, fmt.Errorf("%s: no rule files (.yml, .yaml) in this folder", p)
	}
	return below, nil
}

// rulesRoot is the folder that a rule's list files must stay inside: the nearest one at or
// above dir that has a lists folder, else dir itself.
func rulesRoot(dir string) string {
	for at, up := dir, ""; ; at = up {
		if info, err := os.Stat(filepath.Join(at, "lists")); err == nil && info.IsDir() {
			return at
		}
		if up = filepath.Dir(at); up == at || at == ".." || strings.HasSuffix(at, string(filepath.Separator)+"..") {
			return dir
		}
	}
}

// loadRules parses and lowers every file. A bad file is in Found; the others go on.
func loadRules(s *stdio.Streams, paths []string) (*ruleSet, error) {
	files, err := findRules(paths)
	if err != nil {
		return nil, err
	}
	set := &ruleSet{Files: files, sources: map[string][]byte{}, files: map[string]ruleFile{}}
	read := make([]readFile, len(files))
	for i, f := range files {
		read[i].from = f
	}
	step, end := progress.Steps(s, "files", len(files))
	parallel.Each(read, func(f *readFile) {
		f.read()
		step()
	})
	end()
	for _, f := range read {
		set.add(f)
	}
	set.addCorrelations()
	for _, r := range slices.Concat(set.Rules, set.Correlations) {
		if found := compilers.CheckAccepted(r.IR.Source, targets.Names()); len(found) > 0 {
			set.keepSource(r)
			set.Found = append(set.Found, found...)
		}
	}
	if len(set.parsed)+len(set.read)+len(set.Found) == 0 {
		return nil, fmt.Errorf("%s: no rule stands there", strings.Join(paths, ", "))
	}
	set.Found.Sort()
	return set, nil
}

// readFile is a rule file, parsed and lowered: files are read on all cores and put together in order.
type readFile struct {
	parsedFile
	rules []loadedRule
}

func (f *readFile) read() {
	data, found := f.from.Folder.ReadRules(f.from.Path)
	f.file = lint.File{Found: found}
	if found == nil {
		parsed, found := rules.ParseFile(f.from.Path, data, f.from.Folder)
		f.file = lowered(parsed, found)
	}
	f.file.Path = f.from.Folder.Shown(f.from.Path)
	for i, r := range f.file.Lowered {
		if r != nil {
			f.rules = append(f.rules, loadedRule{File: f.from, IR: f.file.Lowered[i]})
		}
	}
	if lint.HasDirectives(data) {
		f.file.Data = data
	}
}

func (set *ruleSet) add(f readFile) {
	set.Rules = append(set.Rules, f.rules...)
	if len(f.file.Rules)+len(f.file.Broken)+len(f.file.Correlations) > 0 {
		set.parsed = append(set.parsed, f.parsedFile)
	}
	for _, c := range f.file.Correlations {
		set.read = append(set.read, readCorrelation{f.from, c})
	}
	if f.file.Found.HasErrors() {
		set.Failed++
	}
	set.Found = append(set.Found, f.file.Found...)
	if len(f.file.Found) > 0 {
		set.files[f.file.Path] = f.from
	}
}

func (set *ruleSet) lowered() []*ir.Rule {
	var out []*ir.Rule
	stranded := set.stranded()
	for _, r := range set.Rules {
		if !stranded[r.IR.Source] {
			out = append(out, r.IR)
		}
	}
	return out
}

// show prints findings to the error stream as people read them.
func (set *ruleSet) show(s *stdio.Streams, found diag.Diagnostics) {
	diag.WriteText(s.Err, found, set.source, s.ErrTerminal)
}

// slug is a file name for a rule: its name, else its file's.
func slug(r loadedRule) string {
	if r.IR.Source.Name != "" {
		return output.Name(r.IR.Source.Name)
	}
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(r.File.Path), ".yaml"), ".yml")
	return output.Name(base)
}
