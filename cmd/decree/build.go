package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/catalogue"
	"decree/cmd/decree/internal/fidelity"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/testreport"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules/diag"
)

type buildParams struct {
	selection ruleset.Selection
	out       string
	format    string
	force     bool
	strict    bool
	opt       queries.Options
}

func newBuild(s *stdio.Streams) *cobra.Command {
	var p buildParams
	cmd := &cobra.Command{
		Use:   "build [rule files, folders or names]",
		Short: "Check, test and compile rules into a folder",
		Long: `Check every rule, run its regression tests, and write it for every target. The
output folder gets the queries, what they need beside them, and summary.json.
If a rule has an error or a test fails, nothing is written. A rule that a target
cannot say is refused, one of another product is skipped, and one that its
product does not take is not packaged: all are counted. With --strict nothing is
written if a rule is refused or not packaged. A project says what else stops a
build: missing tests, low coverage, warnings. INDEXED counts the queries that
ask the product's index for a term, which makes them fast. With docs in
decree.yml the folder gets the catalogue that decree docs writes, too.

The folder holds what one build writes: of an earlier build, files that this one
does not write are removed. Build a selection of rules into a folder of its own.

Use it in CI, or before you deploy. Without paths it builds the project, for the
targets of the project. Outside of a project it builds the shipped library.`,
		Example: `  decree build
  decree build -o out tests/examples/rules
  decree build -o out --format json tests/examples/rules`,
		RunE: func(_ *cobra.Command, args []string) error {
			p.selection.Paths = args
			return build(s, p)
		},
	}
	cmd.Flags().StringVarP(&p.out, "out", "o", "", "output `DIR` (default: dist, in the folder of decree.yml); decree replaces only its own files there")
	cmd.Flags().BoolVar(&p.strict, "strict", false, "fail if a target refuses a rule or cannot package it; a skipped rule is of another product and never fails")
	addQueryOptions(cmd, &p.opt, "gap `CODES` to accept for this command, or all")
	usage.AddForce(cmd, &p.force, "")
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func build(s *stdio.Streams, p buildParams) error {
	if err := knownOptions(p.opt); err != nil {
		return err
	}
	b, err := newBuilder(s, p)
	if err != nil {
		return err
	}
	tested, err := b.test()
	if err != nil {
		return err
	}
	made, err := b.compile()
	if err != nil {
		return err
	}
	pages, err := b.document(tested, made)
	if err != nil {
		return err
	}
	found := slices.Concat(b.set.Found, tested.outcomes.Findings, made.found)
	report := fidelity.New(made.queries, b.chosen, made.packages)
	summary := b.summary(tested, made, report)
	why := stops(b.in, p.strict, summary)
	if made.packages.SameID() {
		why = "rules share an id, or have none and share a name: in a product one would replace the other"
	}
	if why != "" {
		queries.Show(s, b.set, found, made.queries)
		queries.ShowCounts(s, made.queries)
		return b.stop(why, found, tested.outcomes)
	}
	files, err := withSummary(slices.Concat(made.files(), pages), summary)
	if err != nil {
		return err
	}
	tellAmongRules(s, b.in, b.p.out)
	removed, err := output.WriteFolder(b.p.out, []string{output.Everywhere}, files, p.force)
	if err != nil {
		return err
	}
	b.showFindings(found, made, summary.Refused)
	written := folderWritten{dir: b.p.out, files: len(files), removed: removed}
	written.tellRemoved(s, b.in, &b.p.selection)
	tellReplacing(s, b.in, &b.p.selection, made.packages)
	if p.format == "json" {
		return s.WriteJSON(summary)
	}
	if err := report.Print(s, "text"); err != nil {
		return err
	}
	return summary.print(s, written)
}

// builder is what a build is made of: the rules, and the targets that they are compiled to.
type builder struct {
	s      *stdio.Streams
	p      buildParams
	in     *project.Project
	set    *ruleset.Set
	chosen []targets.Target
}

// newBuilder loads the rules of a build and chooses its targets. Outside of a project it builds the shipped rules.
func newBuilder(s *stdio.Streams, p buildParams) (*builder, error) {
	in, err := project.Open(s)
	if err != nil {
		return nil, err
	}
	p.out = cmp.Or(p.out, in.Beside("dist"))
	if !in.Exists() && len(p.selection.Paths) == 0 && !p.selection.Library {
		fmt.Fprintln(s.Err, "no project here: building the rules that decree ships")
		p.selection.Library = true
	}
	b := &builder{s: s, p: p, in: in}
	if b.set, err = ruleset.Load(s, in, p.selection); err != nil {
		return nil, err
	}
	if b.chosen, err = targets.Choose(in.Targets, nil); err != nil {
		return nil, err
	}
	return b, nil
}

// testedRules are the regression tests of a build, and what came of them.
type testedRules struct {
	tests    *ruletests.Tests
	outcomes *testreport.Report
}

// compiledRules are the queries and packages of a build.
type compiledRules struct {
	queries  []queries.Result
	packages packaging.Made
	found    diag.Diagnostics // of both
}

// test runs the regression tests. If they, an error of a rule, or the project's settings end the build, it shows why
// and gives the exit code.
func (b *builder) test() (t testedRules, err error) {
	t.tests = ruletests.Load(b.set, nil)
	t.outcomes = testreport.Run(t.tests)
	found := slices.Concat(b.set.Found, t.outcomes.Findings).Distinct()
	warned := t.outcomes.Warnings()
	if found.HasErrors() || warned.HasErrors() || t.outcomes.Failed > 0 {
		found = append(found, warned...)
		b.set.Show(b.s, found)
		if b.p.format != "json" {
			t.outcomes.Print(b.s, b.set, false)
		}
		why := fmt.Sprintf("%s and %s", plural.Count(found.Errors(), "error"), plural.Count(t.outcomes.Failed, "failed test"))
		return t, b.stop(why, found, t.outcomes)
	}
	b.set.Show(b.s, warned)
	if !b.in.Exists() {
		return t, nil
	}
	stopping, err := forBuild(b.s, b.set, t.tests)
	if err != nil || len(stopping) == 0 {
		return t, err
	}
	found = append(found, stopping...)
	b.set.Show(b.s, found)
	return t, b.stop(fmt.Sprintf("%s by the settings of %s", plural.Count(len(stopping), "finding"), project.FileName), found, t.outcomes)
}

// stop says why nothing is written, and gives the exit code.
func (b *builder) stop(why string, found diag.Diagnostics, outcomes *testreport.Report) error {
	return nothingWritten(b.s, b.p.format, why, stoppedBuild{why, found, outcomes}, found)
}

// compile makes the queries and the packages of every target.
func (b *builder) compile() (c compiledRules, err error) {
	if c.queries, err = queries.Compile(b.set, b.chosen, b.p.opt); err != nil {
		return c, err
	}
	if c.packages, err = packages(b.set, b.chosen, b.p.opt); err != nil {
		return c, err
	}
	c.found = append(slices.Clone(c.packages.Found), queries.FilterWarnings(b.set, c.queries)...)
	if b.set.OfProject {
		exceptions := append(unusedExceptions(b.set), queries.NeedlessExceptions(c.queries, c.packages.Unpackable)...)
		c.found = append(c.found, b.in.Lint.Judge(exceptions)...)
	}
	for _, r := range c.queries {
		b.set.KeepRule(r.Source)
		c.found = append(c.found, r.Found...)
	}
	c.found = toldOnce(c.found)
	return c, nil
}

// toldOnce leaves out a finding that another tells with a longer hint: what a package cannot have for want of a query
// is told of the query, too, which also says which data model can say the rule.
func toldOnce(found diag.Diagnostics) diag.Diagnostics {
	longest := map[diag.Diagnostic]string{}
	key := func(d diag.Diagnostic) diag.Diagnostic {
		d.Hint = ""
		return d
	}
	for _, d := range found {
		if k := key(d); len(d.Hint) > len(longest[k]) {
			longest[k] = d.Hint
		}
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Hint != longest[key(d)] })
}

// files are those of the packages and queries.
func (c compiledRules) files() []output.File {
	files := slices.Clone(c.packages.Files)
	for _, r := range c.queries {
		files = append(files, r.Files()...)
	}
	return files
}

// refusals are the findings that say why a query or a package is refused.
func (c compiledRules) refusals() map[diag.Diagnostic]bool {
	out := map[diag.Diagnostic]bool{}
	for _, r := range c.queries {
		if r.Query == nil {
			for _, d := range slices.Concat(r.Found, c.packages.Refusal(r)) {
				out[d] = true
			}
		}
	}
	return out
}

// document makes the pages of the catalogue, if the project has one.
func (b *builder) document(t testedRules, c compiledRules) ([]output.File, error) {
	if b.in.Docs == nil {
		return nil, nil
	}
	of := catalogue.Parts{Set: b.set, Queries: c.queries, Packages: c.packages, Tests: t.tests, Outcomes: t.outcomes.Outcomes()}
	pages, err := catalogue.Files(b.s, of, catalogue.Site)
	for i := range pages {
		pages[i].Path = path.Join("docs", pages[i].Path)
	}
	return pages, err
}

// showFindings shows the findings of a build that was written, but for the reasons that its report has, and only some
// of each code.
func (b *builder) showFindings(found diag.Diagnostics, made compiledRules, refused int) {
	fewRefusals := refused <= shownRefusals && !b.p.selection.Library // who builds the shipped rules cannot change them
	refusals := made.refusals()
	findings.ShowFew(b.s, b.set.Show, slices.DeleteFunc(found.Distinct(), func(d diag.Diagnostic) bool {
		return d.Code == compilers.ModelPassedOver && d.Severity == diag.Info || d.Code == compilers.AnotherProduct || d.Code == compilers.LeftOutCode || (!fewRefusals && refusals[d])
	}), "decree validate shows those of rules, decree compile those of queries, decree package those of packages")
	if fewRefusals || refused == 0 {
		return
	}
	fmt.Fprintln(b.s.Err, "decree compile shows each refusal with its place")
	if b.in.Exists() {
		fmt.Fprintf(b.s.Err, "`except` of a target in %s leaves rules out on purpose\n", project.FileName)
	}
}

// shownRefusals bounds how many refusals a build shows with their places, where they do not fail it.
const shownRefusals = 3

// packages makes the packages of the targets that have one, each in the folder package of its target.
func packages(set *ruleset.Set, chosen []targets.Target, opt queries.Options) (packaging.Made, error) {
	return packaging.Make(set, packaged(chosen), opt, func(t targets.Target) string { return path.Join(t.Name, "package") })
}

// packaged gives the targets that have a package.
func packaged(chosen []targets.Target) []targets.Target {
	return slices.DeleteFunc(slices.Clone(chosen), func(t targets.Target) bool { return t.Format() == nil })
}
