package ruleset

import (
	"path/filepath"
	"slices"

	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

// Set holds the rules of the paths that a user named.
type Set struct {
	Files        []File
	Rules        []Rule
	Correlations []Rule // each after the correlations that it reads
	Written      []Rule // rules that have queries and no detection: they are compiled, and nothing runs them
	Found        diag.Diagnostics
	Failed       int              // files with at least one error
	PassedOver   diag.Diagnostics // remarks on what folders hold beside rules; not in Found

	Lists       *parse.Outside // nil without folders of lists
	Environment string         // whose lists win over others; empty for none

	Project         *project.Project // that the rules were loaded for
	OfProject       bool             // it has all rules of the project, and no others
	whole           bool             // it has all rules of its paths
	allRead         bool             // it has all rules of the project, and none has errors
	all             []File           // that were read, also those of no selected rule
	Filters         []AppliedFilter
	filterPlaces    []filterPlace         // whose filters were applied
	listDirs        []string              // that answer what rules do not define
	FilterCondition parse.FilterCondition // how filters are read, also in test files

	parsed        []parsedFile
	parsedFilters []parsedFile // files of filters
	read          []readCorrelation
	foreign       int                  // files in PassedOver
	chosen        map[*rules.Rule]bool // rules that the user chose by their name or id
	changedForAll string               // that a file changed that all rules depend on, where those that changed are selected
	onlyRead      map[*rules.Rule]bool // rules that the user did not select and a selected correlation reads

	texts map[string][]byte // file -> its text, to show findings in it
	files map[string]File   // file -> where to read its text

	readers map[string][]string // rule file or list with findings -> the rule files that it is, or is a list of
	shown   shownFile
}

// OnDisk gives the paths of all rule, filter and list files that were read, and of the project file.
func (set *Set) OnDisk() []string {
	var paths []string
	if set.Project != nil && set.Project.Exists() {
		paths = append(paths, set.Project.File)
	}
	for _, f := range set.parsedFilters {
		paths = append(paths, f.from.path())
	}
	for _, file := range set.Lists.Files() {
		paths = append(paths, filepath.FromSlash(file))
	}
	for _, f := range set.Files {
		if f.Disk != "" {
			paths = append(paths, f.path())
		}
	}
	return paths
}

// All are all rules and correlations.
func (set *Set) All() []Rule { return slices.Concat(set.Rules, set.Correlations, set.Written) }

// RulesOf are the rules and correlations of a file, also those that the user did not select or that have errors.
func (set *Set) RulesOf(file File) (out []*rules.Rule) {
	for _, f := range set.parsed {
		if f.from.Folder == file.Folder && f.from.Path == file.Path {
			out = slices.Concat(out, f.file.Rules, f.file.Written, f.file.Broken)
		}
	}
	for _, c := range set.read {
		if c.from.Folder == file.Folder && c.from.Path == file.Path {
			out = append(out, c.of.Body)
		}
	}
	return out
}

// HasRuleIn tells whether a rule or correlation is of a file, by whatever path it was read.
func (set *Set) HasRuleIn(file File) bool {
	at := onDisk(file.path())
	return slices.ContainsFunc(set.All(), func(r Rule) bool { return r.File.onDisk == at })
}

// Rule is a rule that can be run, a correlation, or a rule that has only queries. IR of the last two has only metadata.
type Rule struct {
	File        File
	IR          *ir.Rule
	Correlation *ir.Correlation
}

// Lowered gives the rules that the engine runs.
func (set *Set) Lowered() []*ir.Rule {
	var out []*ir.Rule
	stranded := set.stranded()
	for _, r := range set.Rules {
		if !stranded[r.IR.Source] {
			out = append(out, r.IR)
		}
	}
	return out
}

// Show prints findings to the error stream, each once, with excerpts of their files.
func (set *Set) Show(s *stdio.Streams, found diag.Diagnostics) {
	findings.Write(s.Err, found.Distinct(), set.Text, s.ErrTerminal, s.Columns)
}

// Slug gives a file name for a rule: its name, else the name of its file.
func (r Rule) Slug() string {
	if r.IR.Source.Name != "" {
		return output.Name(r.IR.Source.Name)
	}
	return output.Name(source.BaseName(r.File.Path))
}
