package main

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/parallel"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/schema"
)

type compileParams struct {
	filters     ruleset.Filters
	paths       []string
	targets     []string
	model       string
	modelFile   string
	out         string
	format      string
	approximate []string
	lists       string
	force       bool
	report      bool
}

func newCompile(s *stdio.Streams) *cobra.Command {
	var p compileParams
	var explain string
	cmd := &cobra.Command{
		Use:   "compile [rule files or folders]",
		Short: "Write rules as KQL, SPL and EQL",
		Long: "Write each rule (without paths: the shipped library) in each target's language. What a target\n" +
			"cannot say is an error with its place in the rule; an accepted approximation is noted in the query.\n" +
			"--explain CODE tells what an error's or a note's code means, and what to do next.",
		Example: "  decree compile my_rule.yml\n  decree compile -t kql my_rule.yml\n  decree compile -t spl,eql -o queries my_rules/\n  decree compile -t eql --model winlogbeat my_rule.yml\n  decree compile -t kql --model sentinel my_rule.yml\n  decree compile -t spl --lists apart -o queries my_rules/\n  decree compile --allow-approximate deep-ancestor -t eql my_rule.yml\n  decree compile --report --format markdown my_rules/ > FIDELITY.md\n  decree compile --explain no-column",
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("explain") {
				if explain == noCode && len(args) > 0 { // the code stands behind a space
					explain = args[0]
				}
				return explainGap(s, strings.TrimSuffix(explain, noCode))
			}
			if !slices.Contains(compilers.ListPlaces, p.lists) {
				return usage.UnknownChoice("place of lists", p.lists, compilers.ListPlaces)
			}
			codes := []string{"all"}
			for _, g := range compilers.Gaps() {
				codes = append(codes, g.Code)
			}
			for _, code := range p.approximate {
				if !slices.Contains(codes, code) {
					return usage.UnknownName("gap", code, codes, "decree compile --explain lists them")
				}
			}
			p.paths = args
			return compile(s, p)
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&p.targets, "target", "t", nil, "targets: kql, spl, eql (default all)")
	f.StringVarP(&p.model, "model", "m", "", "data model (default: the first of the target's that can say the rule)")
	f.StringVar(&p.modelFile, "model-file", "", "data model file; may extend a shipped model")
	f.StringVarP(&p.out, "out", "o", "", "write queries and assets into this folder instead of printing them")
	f.StringSliceVar(&p.approximate, "allow-approximate", nil, "gap codes to accept for this command, or all")
	f.StringVar(&p.lists, "lists", compilers.ListsBySize, "where value lists go: "+strings.Join(compilers.ListPlaces, ", ")+" (a watchlist or a lookup)")
	f.StringVar(&explain, "explain", "", "show what the code of an error or a note means and what to do next; without a code list them all")
	f.Lookup("explain").NoOptDefVal = noCode
	f.BoolVar(&p.report, "report", false, "show how faithful each query would be, and why rules are refused, in place of the queries")
	usage.AddForce(cmd, &p.force, "with --out")
	usage.Complete(cmd, "target", targets.Names)
	usage.Complete(cmd, "model", func() []string { return targets.Models(targets.All...) })
	usage.Complete(cmd, "lists", usage.These(compilers.ListPlaces...))
	p.filters.AddTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json", "markdown")
	return cmd
}

// explainGap shows what one code means, or without a code lists them all.
func explainGap(s *stdio.Streams, code string) error {
	if code == "" {
		rows := [][]string{{"Code", "Is"}}
		for _, g := range compilers.Gaps() {
			rows = append(rows, []string{g.Code, g.Said()})
		}
		return table.Text(s.Out, rows)
	}
	text, err := compilers.ExplainGap(code)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.Out, text)
	return err
}

// compiled is one rule in one target.
type compiled struct {
	Rule   string           `json:"rule"`
	Query  *compilers.Query `json:"query,omitempty"`
	Found  diag.Diagnostics `json:"findings,omitempty"`
	place  string           // below a target's folder, without extension
	rule   ruleset.Rule
	to     compilers.Dialect
	model  string
	has    bool     // the model has the rule's log source
	passed []string // models that the target prefers, and that cannot say the rule
}

func compile(s *stdio.Streams, p compileParams) error {
	// A short run that keeps most of what it makes: to look for garbage less often is a fifth of its time.
	debug.SetGCPercent(400)
	chosen, err := targets.Choose(p.targets)
	if err != nil {
		return err
	}
	if len(chosen) > 1 && (p.model != "" || p.modelFile != "") {
		return fmt.Errorf("--model and --model-file need one --target of %s: each target has its own models", strings.Join(targets.Names(), ", "))
	}
	set, err := ruleset.Load(s, p.paths, p.filters)
	if err != nil {
		return err
	}
	if p.format == "markdown" && !p.report {
		return errors.New("--format markdown goes with --report")
	}
	if p.report && p.out != "" {
		return errors.New("--report and --out exclude each other: a report is printed in place of the queries")
	}
	results, err := compileAll(set, chosen, p)
	if err != nil {
		return err
	}
	if p.report {
		set.Show(s, set.Found)
		if err := newReport(results, chosen).print(s, p.format); err != nil {
			return err
		}
		return exit.After(set.Found, false)
	}
	found := set.Found
	for _, r := range results {
		if len(r.Found) > 0 {
			set.KeepRule(r.rule)
			found = append(found, r.Found...)
		}
	}
	if p.format != "json" {
		showCompiled(s, set, found, results)
	}
	switch {
	case p.out != "":
		var files []output.File
		for _, r := range results {
			files = append(files, r.files()...)
		}
		if err := output.WriteFolder(p.out, foldersOf(chosen), files, p.force); err != nil {
			return err
		}
		if p.format != "json" {
			fmt.Fprintf(s.Out, "%d files written to %s\n", len(files), diag.Visible(p.out))
		}
	case p.format != "json":
		printQueries(s, results)
	}
	if p.format == "json" {
		if err := s.WriteJSON(results); err != nil {
			return err
		}
	}
	return exit.After(found, false)
}

// compileAll compiles every rule for every dialect, in that order, on all cores.
func compileAll(set *ruleset.Set, chosen []compilers.Dialect, p compileParams) ([]compiled, error) {
	whole := set.Whole()
	places := outputPlaces(whole)
	results := make([]compiled, 0, len(chosen)*len(whole))
	for _, d := range chosen {
		models, err := loadModels(d, p)
		if err != nil {
			return nil, err
		}
		from := len(results)
		for _, r := range whole {
			results = append(results, compiled{Rule: r.Slug(), place: places[r.IR.Source], rule: r, to: d})
		}
		parallel.Each(results[from:], func(c *compiled) { c.compile(models, compilers.Options{Approximate: p.approximate, Lists: p.lists}) })
	}
	return results, nil
}

// loadModels reads the models that a rule is compiled for, preferred first.
func loadModels(d compilers.Dialect, p compileParams) ([]*schema.Model, error) {
	names := d.Models()
	switch {
	case p.modelFile != "":
		names = names[:1] // stands for the file
	case p.model != "":
		if own := targets.Models(d); slices.Contains(schema.Names(), p.model) && !slices.Contains(own, p.model) {
			return nil, fmt.Errorf("%s is not written for model %s: its models are %s", d.Name(), p.model, strings.Join(own, ", "))
		}
		names = []string{p.model}
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
	parallel.Each(all, func(l *loaded) { l.model, l.err = models.Load(l.name, p.modelFile) })
	var models []*schema.Model
	for _, l := range all {
		if l.err != nil {
			return nil, l.err
		}
		models = append(models, l.model)
	}
	return models, nil
}

// compile writes the rule for the first model that can say it. Where none can, the findings are those of
// the first that has the rule's log source.
func (c *compiled) compile(models []*schema.Model, opt compilers.Options) {
	var passed []diag.Diagnostic // why each model before was passed over
	for i, m := range models {
		opt.Model = m
		q, found := c.writeFor(opt)
		has := !slices.ContainsFunc(c.rule.LogSources(), func(ls rules.LogSource) bool { return !hasSource(m, ls) })
		if q != nil || i == 0 || (has && !c.has) {
			c.Query, c.Found, c.model, c.has = q, found, m.Name, has
		}
		if q != nil {
			at := cmp.Or(c.rule.IR.Source.LogSource.Range, c.rule.IR.Source.Range)
			for j, why := range passed {
				c.passed = append(c.passed, models[j].Name)
				c.Found = append(c.Found, compilers.PassedOver(c.to.Name(), m.Name, models[j].Name, at, why))
			}
			return
		}
		passed = append(passed, firstError(found))
	}
	for i, d := range c.Found {
		for _, ls := range c.rule.LogSources() {
			if d.Code == "no-log-source" && d.Range == ls.Range && !slices.ContainsFunc(models, func(m *schema.Model) bool { return hasSource(m, ls) }) {
				c.Found[i] = compilers.NoLogSource(ls, models...) // the finding is of the first model, and no other has it
			}
		}
	}
}

func firstError(found diag.Diagnostics) diag.Diagnostic {
	return found[slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })]
}

func hasSource(m *schema.Model, ls rules.LogSource) bool {
	return len(m.Find(ls.Category, ls.Product, ls.Service)) > 0
}

func (c *compiled) writeFor(opt compilers.Options) (*compilers.Query, diag.Diagnostics) {
	if c.rule.Correlation != nil {
		return c.to.CompileCorrelation(c.rule.Correlation, opt)
	}
	return c.to.Compile(c.rule.IR, opt)
}

// files are the query and its assets, as laid out in an output folder.
func (c compiled) files() []output.File {
	if c.Query == nil {
		return nil
	}
	base, from := path.Join(c.to.Name(), c.place), fmt.Sprintf("%q (%s)", c.rule.IR.Source.Title, c.rule.IR.Source.Range)
	files := []output.File{{Path: base + c.to.Extension(), Text: c.Query.Text, From: from}}
	for _, a := range c.Query.Assets {
		files = append(files, output.File{Path: path.Join(base+".assets", output.Name(a.Name)), Text: a.Content, From: from})
	}
	return files
}

// foldersOf are the parts of an output folder that belong to targets.
func foldersOf(chosen []compilers.Dialect) []string {
	names := make([]string, len(chosen))
	for i, d := range chosen {
		names[i] = d.Name()
	}
	return names
}

func printQueries(s *stdio.Streams, results []compiled) {
	first := true
	for _, r := range results {
		if r.Query == nil {
			continue
		}
		if !first {
			fmt.Fprintln(s.Out)
		}
		first = false
		fmt.Fprintf(s.Out, "=== %s: %s ===\n%s\n", r.to.Title(), r.Rule, r.Query.Text)
		for _, a := range r.Query.Assets {
			fmt.Fprintf(s.Out, "--- asset %s (%s) ---\n%s\n", diag.Visible(a.Name), diag.Visible(a.Purpose), a.Content)
		}
	}
}

// showCompiled shows what compiling found. Of queries for another model than the one that their target prefers it shows
// each, or how many when there are many.
func showCompiled(s *stdio.Streams, set *ruleset.Set, found diag.Diagnostics, results []compiled) {
	var order []string
	counts := map[string]int{}
	for _, c := range results {
		for _, passed := range c.passed {
			kind := fmt.Sprintf("%s: %%d queries are for model %s; %s was passed over, which cannot say those rules\n", c.to.Name(), c.model, passed)
			if counts[kind] == 0 {
				order = append(order, kind)
			}
			counts[kind]++
		}
	}
	many := false
	for _, n := range counts {
		many = many || n > shownPassedOver
	}
	if !many {
		set.Show(s, found)
		return
	}
	set.Show(s, slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Code == compilers.ModelPassedOver }))
	for _, kind := range order {
		fmt.Fprintf(s.Err, kind, counts[kind])
	}
	fmt.Fprintln(s.Err, "--format json says why, rule by rule")
}

// shownPassedOver bounds how many queries for another model than the preferred one are shown one by one.
const shownPassedOver = 3
