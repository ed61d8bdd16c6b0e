package ruleset

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
)

// Set is what was read from the paths a user named.
type Set struct {
	Files        []File
	Rules        []Rule
	Correlations []Rule // each after those that it reads
	Found        diag.Diagnostics
	Failed       int // files with at least one error

	FilterCondition parse.FilterCondition // how filters are read, those in test files too

	parsed      []parsedFile
	read        []readCorrelation
	filterFiles []string

	texts map[string][]byte // texts of files, for showing findings in them
	files map[string]File   // where to read those of the others
	shown shownFile
}

// OnDisk are the paths of the files that were read, of rules and of filters.
func (set *Set) OnDisk() []string {
	paths := slices.Clone(set.filterFiles)
	for _, f := range set.Files {
		if f.Disk != "" {
			paths = append(paths, filepath.Join(f.Disk, filepath.FromSlash(f.Path)))
		}
	}
	return paths
}

// Rule is a rule that can be run, or a correlation: then IR has its metadata alone.
type Rule struct {
	File        File
	IR          *ir.Rule
	Correlation *ir.Correlation
}

// Lowered are the rules that the engine runs.
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

// Show prints findings to the error stream as people read them.
func (set *Set) Show(s *stdio.Streams, found diag.Diagnostics) {
	diag.WriteText(s.Err, found, set.Text, s.ErrTerminal)
}

// Slug is a file name for a rule: its name, else its file's.
func (r Rule) Slug() string {
	if r.IR.Source.Name != "" {
		return output.Name(r.IR.Source.Name)
	}
	base := strings.TrimSuffix(strings.TrimSuffix(path.Base(r.File.Path), ".yaml"), ".yml")
	return output.Name(base)
}
