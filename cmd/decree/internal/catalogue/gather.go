// Package catalogue gathers what the pages of detections are made of. In: a rule set with its queries, packages and
// tests. Out: a catalogue, and the files that its pages lead to.
package catalogue

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers/pages"
	"decree/engine/regression"
	"decree/rules"
)

// Parts are what a catalogue is gathered from.
type Parts struct {
	Set      *ruleset.Set
	Queries  []queries.Result // by target, with the rules in the same order in each
	Packages packaging.Made
	Tests    *ruletests.Tests
	Outcomes [][]regression.Outcome // of Tests
	Mutate   bool                   // the mutation score is measured
	Since    string                 // a git revision; "" is none
}

// filesFolder is the folder of a catalogue with queries and packages.
const filesFolder = "files"

// gathering is a catalogue while it is made.
type gathering struct {
	Parts
	catalogue *pages.Catalogue
	of        map[*rules.Rule]*pages.Detection
	files     []output.File // that pages lead to
}

// gather makes a catalogue, and gives the files that its pages lead to: queries, what is deployed beside them, and
// packages.
func gather(s *stdio.Streams, p Parts) (*pages.Catalogue, []output.File, error) {
	g := &gathering{Parts: p, catalogue: &pages.Catalogue{Title: cmp.Or(p.Set.Project.Title, "Detections")}, of: map[*rules.Rule]*pages.Detection{}}
	c := g.catalogue
	if d := p.Set.Project.Docs; d != nil {
		c.Title, c.Links = cmp.Or(d.Title, c.Title), d.Links
	}
	for _, r := range p.Set.Whole() {
		d := &pages.Detection{Rule: r.IR, Correlation: r.Correlation, File: r.IR.Source.Range.File, Slug: r.Slug(), LogSources: logSources(r), Filters: p.Set.FiltersOn(r)}
		g.of[r.IR.Source] = d
		c.Detections = append(c.Detections, d)
	}
	if err := g.queries(); err != nil {
		return nil, nil, err
	}
	g.packages()
	if err := g.tests(); err != nil {
		return nil, nil, err
	}
	if err := attackFiles(s, p, c, g.add); err != nil {
		return nil, nil, err
	}
	if err := g.histories(s); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(c.Detections, func(a, b *pages.Detection) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Source().Title), strings.ToLower(b.Source().Title)), cmp.Compare(a.Path(), b.Path()))
	})
	distinctPaths(c.Detections)
	return c, g.files, nil
}

// add adds a file, and gives its path in the catalogue.
func (g *gathering) add(f output.File) string {
	f.Path = path.Join(filesFolder, f.Path)
	g.files = append(g.files, f)
	return f.Path
}

// queries adds the queries of each detection, with their files and what they read.
func (g *gathering) queries() error {
	held := newHeld(g.Set.Project)
	for _, q := range g.Queries {
		d := g.of[q.Source.IR.Source]
		d.Slug = q.Path()
		one, err := held.query(q)
		if err != nil {
			return err
		}
		for i, f := range q.Files() {
			if at := g.add(f); i == 0 {
				one.File = at
			} else {
				one.Assets = append(one.Assets, at)
			}
		}
		d.Queries = append(d.Queries, one)
		if err := held.fields(d, q); err != nil {
			return err
		}
	}
	return nil
}

// packages adds what each detection is packaged as, or why it is not.
func (g *gathering) packages() {
	for _, f := range g.Packages.Files {
		g.add(f)
	}
	for _, made := range g.Packages.Packages {
		d := g.of[made.Source.IR.Source]
		one := pages.Package{Target: made.Target, Format: made.Title, Kind: made.Kind, Name: made.Name, Version: made.Version}
		for _, f := range made.Files {
			one.Files = append(one.Files, path.Join(filesFolder, f))
		}
		d.Packages = append(d.Packages, one)
	}
	for _, q := range g.Packages.Queries { // their targets may be others than those of the queries that the pages show
		if why := g.Packages.NotPackaged(q); len(why) > 0 {
			d := g.of[q.Source.IR.Source]
			d.Packages = append(d.Packages, pages.Package{Target: q.Target.Name, Format: q.Target.Format().Title(), Why: reasons(why)})
		}
	}
}

// distinctPaths gives detections of the same id pages of their own: those after the first are found by their names.
func distinctPaths(all []*pages.Detection) {
	seen := map[string]bool{}
	for _, d := range all {
		d.ByName = seen[output.Fold(d.Path())]
		seen[output.Fold(d.Path())] = true
	}
}

// logSources are those of a rule, and then those of rules that it joins, each once.
func logSources(r ruleset.Rule) []rules.LogSource {
	all := r.LogSources()
	for _, read := range ofRule(r) {
		all = append(all, read.Source.LogSources()...)
	}
	var out []rules.LogSource
	for _, ls := range all {
		if !slices.ContainsFunc(out, func(had rules.LogSource) bool { return had.Name() == ls.Name() }) {
			out = append(out, ls)
		}
	}
	return out
}
