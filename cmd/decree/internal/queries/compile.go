// Package queries writes a rule set in the languages of its targets. Each rule and target gives a query or a refusal.
// In: rules and targets. Out: for each pair a query with its files, or the findings that refuse it.
package queries

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/parallel"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/targets"
	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Options say which data model rules are written for, and how.
type Options struct {
	Model, ModelFile string   // as the user names them; empty: the target's own, or its first that can say the rule
	Approximate      []string // accepted gaps, beside those of the project
	Lists            string   // where value lists go
	// without what is asked only for the product's index, also where the target does not say so
	NoIndexTerms bool
	// for the packages of the targets, which all have a format: with its models and schedule, and the columns that
	// alerts show
	Package bool
}

// Result is one rule in one target.
type Result struct {
	Rule  string           `json:"rule"`
	Query *compilers.Query `json:"query,omitempty"` // nil for a refused or skipped rule
	// all its log sources are another product's, or its queries are for other targets
	Skipped bool             `json:"skipped,omitempty"`
	LeftOut bool             `json:"left_out,omitempty"` // the project leaves the rule out of the target on purpose
	Indices []string         `json:"indices,omitempty"`  // index patterns that the query runs on, in Elasticsearch
	Found   diag.Diagnostics `json:"findings,omitempty"`

	Source ruleset.Rule   `json:"-"`
	Target targets.Target `json:"-"`
	Model  string         `json:"-"` // name of the model of the query or the refusal

	model                *schema.Model    // of the query; nil for one that is hand-written
	path                 string           // below a target's folder, without extension
	packaged             bool             // the query is that of a package
	show                 compilers.Show   // what the package's alerts show
	places               compilers.Places // with which the package's query was written
	scheduled            *ir.Rule         // for a package: with a whole schedule
	scheduledCorrelation *ir.Correlation
	has                  bool            // the model has the rule's log source
	filters              []*rules.Filter // of the rule, or of those that a correlation reads
	passedOver           []passed        // preferred models that cannot say the rule
	// of a rule that is left out: what is not written; nil if the target cannot say it
	would *compilers.Query
}

// passed is a preferred model that cannot say a rule.
type passed struct {
	model string
	why   diag.Diagnostic // the first error
	by    []cause         // the filters without which the model could say it, if every error is in one
}

// cause is a filter for which a model cannot say a rule.
type cause struct {
	filter *rules.Filter
	why    diag.Diagnostic // the first error in it
}

// Compile compiles every rule for every target, on all cores. The results come by target, with the rules in their
// order.
func Compile(set *ruleset.Set, chosen []targets.Target, opt Options) ([]Result, error) {
	whole := set.Whole()
	paths := outputPaths(whole)
	results := make([]Result, 0, len(chosen)*len(whole))
	for _, t := range chosen {
		models, err := loadModels(set.Project, t, opt)
		if err != nil {
			return nil, err
		}
		if err := checkPlaces(t, models); err != nil {
			return nil, err
		}
		from := len(results)
		for _, r := range whole {
			results = append(results, Result{Rule: r.Slug(), path: paths[r.IR.Source], Source: r, Target: t, filters: filtersOf(set, r)})
			if opt.Package {
				results[len(results)-1].forPackage()
			}
		}
		parallel.Each(results[from:], func(c *Result) {
			approximate := slices.Concat(set.Project.Approximate, opt.Approximate)
			c.compile(models, compilers.Options{Approximate: approximate, Lists: opt.Lists, NoIndexTerms: opt.NoIndexTerms || t.NoIndexTerms, Scope: t.Scope, Index: t.Index, Table: t.Table})
			if c.Query == nil && opt.ModelFile == "" && cmp.Or(opt.Model, t.Model) != "" {
				c.hintAtModel(models[0], approximate)
			}
			if LeavesOut(t, c.Source) {
				c.leaveOut()
			}
		})
	}
	return results, nil
}

// checkPlaces gives what is wrong with where a target keeps its events as an error.
func checkPlaces(t targets.Target, models []*schema.Model) error {
	var faults []error
	for _, f := range compilers.CheckPlaces(t.Dialect, t.Places(), models...) {
		faults = append(faults, fmt.Errorf("target %s: %w", t.Name, f))
	}
	return errors.Join(faults...)
}

// CheckPlaces says what is wrong with where a target of a project keeps its events.
func CheckPlaces(p *project.Project, t targets.Target) ([]compilers.PlaceFault, error) {
	if len(t.Places()) == 0 {
		return nil, nil
	}
	models, err := loadModels(p, t, Options{})
	if err != nil {
		return nil, err
	}
	return compilers.CheckPlaces(t.Dialect, t.Places(), models...), nil
}

// loadModels reads the models to try for a target, the preferred first.
func loadModels(p *project.Project, t targets.Target, opt Options) ([]*schema.Model, error) {
	names := schema.Preferred(t.Dialect.Name())
	if opt.Package {
		names = t.Format().Models()
	}
	switch name := cmp.Or(opt.Model, t.Model); {
	case opt.ModelFile != "":
		names = names[:1] // stands for the file
	case name != "":
		if own := p.ModelsFor(t.Dialect.Name()); slices.Contains(p.ModelNames(), name) && !slices.Contains(own, name) {
			return nil, fmt.Errorf("target %s has no queries for model %s: its models are %s", t.Name, name, strings.Join(own, ", "))
		}
		names = []string{name}
	}
	type loaded struct {
		name  string
		model *schema.Model
		err   error
	}
	all := make([]loaded, len(names))
	for i, name := range names {
		all[i].name = name
	}
	parallel.Each(all, func(l *loaded) { l.model, l.err = models.Load(p, l.name, opt.ModelFile) })
	var models []*schema.Model
	for _, l := range all {
		if l.err != nil {
			return nil, l.err
		}
		if own := l.model.Dialect; own != "" && own != t.Dialect.Name() { // a file's: those of others are chosen by it
			return nil, fmt.Errorf("%s is a data model of %s, and target %s is of %s: name a target of its dialect", cmp.Or(opt.ModelFile, l.name), own, t.Name, t.Dialect.Name())
		}
		models = append(models, l.model)
	}
	return models, nil
}

// compile writes the rule for the first model that can say it. If none can, the findings are from the first model that
// has the rule's log source. If no model has anything of the products of its log sources, it is skipped.
func (c *Result) compile(models []*schema.Model, opt compilers.Options) {
	if c.written() {
		return
	}
	for i, m := range models {
		opt.Model = m
		q, found := c.writeFor(opt)
		has := c.hasLogSources(m)
		if q != nil || i == 0 || (has && !c.has) {
			c.Query, c.Found, c.Model, c.has = q, found, m.Name, has
		}
		if q != nil {
			c.Indices, c.model = q.Result.Indices, m
			c.tellPassedOver()
			return
		}
		why := firstError(found)
		if has && why.Code == compilers.NeverMatches {
			c.passedOver = nil
			return // another model would only hide that the rule contradicts itself
		}
		c.passedOver = append(c.passedOver, passed{m.Name, why, c.causedBy(found)})
	}
	c.passedOver = nil
	if of := c.Source.LogSources(); !slices.ContainsFunc(of, func(ls rules.LogSource) bool { return !schema.Foreign(ls, models...) }) {
		c.Skipped, c.Found = true, diag.Diagnostics{compilers.Skipped(c.Target.Name, of[0], models...)}
		return
	}
	c.tellLogSources(models)
}

// tellPassedOver names the preferred models that the query is not for.
func (c *Result) tellPassedOver() {
	at := cmp.Or(c.Source.IR.Source.LogSource.Range, c.Source.IR.Source.Range)
	for _, p := range c.passedOver {
		var filters []string
		for _, by := range p.by {
			filters = append(filters, by.filter.Body.Title)
		}
		c.Found = append(c.Found, compilers.PassedOver(c.Target.Name, c.Model, p.model, at, p.why, filters))
	}
}

// causedBy gives the filters that have errors, if all errors are in filters.
func (c *Result) causedBy(found diag.Diagnostics) (by []cause) {
	for _, d := range found {
		if d.Severity != diag.Error {
			continue
		}
		f := filterAt(c.filters, d.Range)
		if f == nil {
			return nil
		}
		if !slices.ContainsFunc(by, func(b cause) bool { return b.filter == f }) {
			by = append(by, cause{f, d})
		}
	}
	return by
}

// tellLogSources says of log sources that no model has that none has them, where the findings are from one model.
func (c *Result) tellLogSources(models []*schema.Model) {
	for _, ls := range c.Source.LogSources() {
		if slices.ContainsFunc(models, func(m *schema.Model) bool { return m.Has(ls) }) {
			continue
		}
		for i, d := range c.Found {
			if d.Code == "no-log-source" && d.Range == ls.Range {
				c.Found[i] = compilers.NoLogSource(ls, models...)
			}
		}
	}
}

// hintAtModel lets the finding that the one model that was chosen refuses or skips a rule name another shipped model,
// if there is one: of several the preferred. For a refused rule it is one that can say the rule with the accepted gaps.
// For a skipped one it has the log sources, which needs no compiling: a collection may have thousands for other
// products.
func (c *Result) hintAtModel(chosen *schema.Model, approximate []string) {
	at := slices.IndexFunc(c.Found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error || d.Code == compilers.AnotherProduct })
	if at < 0 || c.Found[at].Code == compilers.NeverMatches {
		return
	}
	names := schema.Preferred(c.Target.Dialect.Name())
	if c.packaged {
		names = c.Target.Format().Models()
	}
	for _, name := range names {
		m, err := schema.Shipped(name)
		if err != nil || name == chosen.Name {
			continue
		}
		fits, what := false, "can say the rule"
		if c.Skipped {
			fits, what = c.hasLogSources(m), "has the rule's log source"
		} else {
			q, _ := c.write(compilers.Options{Model: m, Approximate: approximate})
			fits = q != nil
		}
		if fits {
			c.Found[at].Hint = strings.TrimPrefix(c.Found[at].Hint+"; ", "; ") + fmt.Sprintf("data model %s %s: --model %s, or a target with `model: %s`", name, what, name, name)
			return
		}
	}
}

// hasLogSources tells whether a model has every log source of the rule.
func (c *Result) hasLogSources(m *schema.Model) bool {
	return !slices.ContainsFunc(c.Source.LogSources(), func(ls rules.LogSource) bool { return !m.Has(ls) })
}

func firstError(found diag.Diagnostics) diag.Diagnostic {
	return found[slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })]
}

// writeFor writes the rule for a model. A query of several sources finds what is wrong with the rule in each of them;
// it is told once.
func (c *Result) writeFor(opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	write := c.write
	if c.packaged {
		write = c.writeForPackage
	}
	q, found := write(opt)
	return q, found.Distinct()
}

func (c *Result) write(opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if c.Source.Correlation != nil {
		return c.Target.Dialect.CompileCorrelation(cmp.Or(c.scheduledCorrelation, c.Source.Correlation), opt)
	}
	return c.Target.Dialect.Compile(cmp.Or(c.scheduled, c.Source.IR), opt)
}
