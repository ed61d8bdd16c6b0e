// Package catalogue gathers what the pages of detections are made of. In: a rule set with its queries, packages and tests. Out: a catalogue, and the files
// that its pages lead to.
package catalogue

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"decree/cmd/decree/internal/assessment"
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

// Gather makes a catalogue, and gives the files that its pages lead to: queries, what is deployed beside them, and packages.
func Gather(s *stdio.Streams, p Parts) (*pages.Catalogue, []output.File, error) {
	c := &pages.Catalogue{Title: cmp.Or(p.Set.Project.Title, "Detections")}
	if d := p.Set.Project.Docs; d != nil {
		c.Title, c.Links = cmp.Or(d.Title, c.Title), d.Links
	}
	var files []output.File
	add := func(f output.File) string {
		f.Path = path.Join(filesFolder, f.Path)
		files = append(files, f)
		return f.Path
	}
	of := map[*rules.Rule]*pages.Detection{}
	for _, r := range p.Set.Whole() {
		d := &pages.Detection{Rule: r.IR, Correlation: r.Correlation, File: r.IR.Source.Range.File, Slug: r.Slug(), LogSources: logSources(r), Filters: p.Set.FiltersOn(r)}
		of[r.IR.Source] = d
		c.Detections = append(c.Detections, d)
	}
	held := newHeld(p.Set.Project)
	for _, q := range p.Queries {
		d := of[q.Source.IR.Source]
		d.Slug = q.Path()
		one, err := held.query(q)
		if err != nil {
			return nil, nil, err
		}
		for i, f := range q.Files() {
			if at := add(f); i == 0 {
				one.File = at
			} else {
				one.Assets = append(one.Assets, at)
			}
		}
		d.Queries = append(d.Queries, one)
		if err := held.fields(d, q); err != nil {
			return nil, nil, err
		}
	}
	for _, f := range p.Packages.Files {
		add(f)
	}
	for _, made := range p.Packages.Packages {
		d := of[made.Source.IR.Source]
		one := pages.Package{Target: made.Target, Format: made.Title, Kind: made.Kind, Name: made.Name, Version: made.Version}
		for _, f := range made.Files {
			one.Files = append(one.Files, path.Join(filesFolder, f))
		}
		d.Packages = append(d.Packages, one)
	}
	for _, q := range p.Packages.Queries { // their targets may be others than those of the queries that the pages show
		if why := p.Packages.NotPackaged(q); len(why) > 0 {
			d := of[q.Source.IR.Source]
			d.Packages = append(d.Packages, pages.Package{Target: q.Target.Name, Format: q.Target.Format().Title(), Why: reasons(why)})
		}
	}
	if err := tests(p, of); err != nil {
		return nil, nil, err
	}
	if err := attackFiles(s, p, c, add); err != nil {
		return nil, nil, err
	}
	if err := histories(s, p, c, of); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(c.Detections, func(a, b *pages.Detection) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Source().Title), strings.ToLower(b.Source().Title)), cmp.Compare(a.Path(), b.Path()))
	})
	distinctPaths(c.Detections)
	return c, files, nil
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

// mostExamples bounds the events of a test that a page shows: so many that are found, and so many that are not.
const mostExamples = 6

// tests adds the tests of each detection, with what they are worth.
func tests(p Parts, of map[*rules.Rule]*pages.Detection) error {
	for i, tested := range p.Tests.Tested {
		t := &pages.Tests{}
		for j, c := range tested.Suite.Cases {
			o := p.Outcomes[i][j]
			one := pages.Case{Name: o.Case, Model: o.Model, Passed: o.Passed(), Expected: o.Expected, Events: o.Events}
			if o.Passed() {
				t.Passed++
			}
			examples, err := c.Examples(o, mostExamples)
			if err != nil {
				return err
			}
			for _, e := range examples {
				one.Examples = append(one.Examples, pages.Example{Label: e.Label, Found: e.Found, Fields: values(e.Fields)})
			}
			t.Cases = append(t.Cases, one)
		}
		if len(t.Cases) > 0 {
			of[tested.Rule.IR.Source].Tests = t
		}
	}
	judged, err := assessment.Measure(p.Tests, p.Mutate)
	if err != nil {
		return err
	}
	at := 0
	for _, tested := range p.Tests.Tested {
		if tested.Suite.Correlation != nil {
			continue // it is not judged
		}
		t, j := of[tested.Rule.IR.Source].Tests, judged[at]
		at++
		if t == nil {
			continue
		}
		t.Covered, t.Goals = j.Coverage.Met(), len(j.Coverage.Goals)
		for _, g := range j.Coverage.Goals {
			if !g.Met {
				t.Uncovered = append(t.Uncovered, g.What)
			}
		}
		if m := j.Mutation; m != nil {
			t.Killed, t.Mutants = m.Killed, m.Total()
			for _, s := range m.Survivors {
				t.Survivors = append(t.Survivors, s.Change)
			}
		}
	}
	return nil
}
