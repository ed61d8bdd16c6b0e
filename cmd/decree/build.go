package main

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/catalogue"
	"decree/cmd/decree/internal/exit"
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
	"decree/cmd/decree/internal/table"
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
	unindexed bool
}

func newBuild(s *stdio.Streams) *cobra.Command {
	var p buildParams
	cmd := &cobra.Command{
		Use:   "build [rule files or folders]",
		Short: "Check, test and compile rules into a folder",
		Long: `Check every rule, run its regression tests, and write it for every target. The
output folder gets the queries, what they need beside them, and summary.json.
If a rule has an error or a test fails, nothing is written. A rule that a target
cannot say is refused, one of another product is skipped, and one that its
product does not take is not packaged: all are counted. With --strict nothing is
written if a rule is refused or not packaged. A project says what else stops a
build: missing tests, low coverage, warnings. With docs in decree.yml the folder
gets the catalogue that decree docs writes, too.

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
	cmd.Flags().StringVarP(&p.out, "out", "o", "dist", "output `DIR`; decree replaces only its own files there")
	cmd.Flags().BoolVar(&p.strict, "strict", false, "fail if a target refuses a rule or cannot package it; a skipped rule is of another product and never fails")
	addIndexTerms(cmd, &p.unindexed)
	usage.AddForce(cmd, &p.force, "")
	p.selection.AddTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

// buildSummary is dist/summary.json.
type buildSummary struct {
	Environment string              `json:"environment,omitempty"` // whose lists are in the queries
	Rules       int                 `json:"rules"`
	Passed      int                 `json:"tests_passed"`
	Failed      int                 `json:"tests_failed"`
	Refused     int                 `json:"refused"`                // queries that a target cannot write
	Skipped     int                 `json:"skipped"`                // rules of another product than the target's, for each target
	LeftOut     int                 `json:"left_out,omitempty"`     // rules that the project leaves out of a target on purpose, for each target
	NotPackaged int                 `json:"not_packaged,omitempty"` // rules with a query that the package of a target leaves out, for each target
	Queries     []builtQuery        `json:"queries"`
	Packages    []packaging.Package `json:"packages,omitempty"`
}

type builtQuery struct {
	Rule     string           `json:"rule"`
	ID       string           `json:"id"`
	Target   string           `json:"target"`
	Dialect  string           `json:"dialect"`
	Model    string           `json:"model"`
	File     string           `json:"file,omitempty"`
	Fidelity string           `json:"fidelity"` // exact, approximate, hand-written, refused, skipped or left out
	Assets   int              `json:"assets"`
	Notes    []compilers.Note `json:"notes,omitempty"`
	// NotPackaged are the errors for which the package of the target leaves the rule out.
	NotPackaged diag.Diagnostics `json:"not_packaged,omitempty"`
}

func build(s *stdio.Streams, p buildParams) error {
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	if !in.Exists() && len(p.selection.Paths) == 0 && !p.selection.Library {
		fmt.Fprintln(s.Err, "no project here: building the rules that decree ships")
		p.selection.Library = true
	}
	b := &builder{s: s, p: p, in: in}
	if b.set, err = ruleset.Load(s, in, p.selection); err != nil {
		return err
	}
	if b.chosen, err = targets.Choose(in.Targets, nil); err != nil {
		return err
	}
	if err := b.test(); err != nil {
		return err
	}
	if err := b.compile(); err != nil {
		return err
	}
	if err := b.document(); err != nil {
		return err
	}
	if why := stops(in, p.strict, b.summary); why != "" {
		queries.Show(s, b.set, b.found, b.results)
		queries.ShowCounts(s, b.results)
		fmt.Fprintf(s.Err, "%s, so nothing is written\n", why)
		return exit.After(b.found, true)
	}
	if err := b.write(); err != nil {
		return err
	}
	b.showFindings()
	if p.format == "json" {
		return s.WriteJSON(b.summary)
	}
	if err := b.report.Print(s, "text"); err != nil {
		return err
	}
	return b.summary.print(s, p.out, len(b.files))
}

// builder holds what a build has made so far.
type builder struct {
	s        *stdio.Streams
	p        buildParams
	in       *project.Project
	set      *ruleset.Set
	chosen   []targets.Target
	tests    *ruletests.Tests
	outcomes *testreport.Report
	results  []queries.Result
	packages packaging.Made
	report   fidelity.Report
	files    []output.File
	found    diag.Diagnostics
	refusals map[diag.Diagnostic]bool // the findings that say why a query or a package is refused
	summary  buildSummary
}

// test runs the regression tests. If they, an error of a rule, or the project's settings end the build, it shows why
// and gives the exit code.
func (b *builder) test() (err error) {
	if b.tests, err = ruletests.Load(b.set, nil); err != nil {
		return err
	}
	b.outcomes = testreport.Run(b.tests)
	b.found = append(b.set.Found, b.outcomes.Findings...)
	if b.found.HasErrors() || b.outcomes.Failed > 0 {
		b.set.Show(b.s, b.found)
		b.outcomes.Print(b.s, b.set, false)
		fmt.Fprintf(b.s.Err, "%s and %s, so nothing is written\n", plural.Count(b.found.Errors(), "error"), plural.Count(b.outcomes.Failed, "failed test"))
		return exit.After(b.found, true)
	}
	if !b.in.Exists() {
		return nil
	}
	stopping, err := forBuild(b.s, b.set, b.tests)
	if err != nil || len(stopping) == 0 {
		return err
	}
	b.set.Show(b.s, append(b.found, stopping...))
	fmt.Fprintf(b.s.Err, "%s by the settings of %s, so nothing is written\n", plural.Count(len(stopping), "finding"), project.FileName)
	return exit.After(stopping, true)
}

// compile makes the queries and the packages of every target.
func (b *builder) compile() (err error) {
	opt := queries.Options{NoIndexTerms: b.p.unindexed}
	if b.results, err = queries.Compile(b.set, b.chosen, opt); err != nil {
		return err
	}
	if b.packages, err = packages(b.set, b.chosen, opt); err != nil {
		return err
	}
	b.files = b.packages.Files
	b.found = append(b.found, b.packages.Found...)
	if b.set.OfProject {
		exceptions := append(unusedExceptions(b.set), queries.NeedlessExceptions(b.results, b.packages.Unpackable)...)
		b.found = append(b.found, b.in.Lint.Judge(exceptions)...)
	}
	b.report = fidelity.New(b.results, b.chosen, b.packages)
	without := queries.WithoutQuery(b.results)
	b.summary = buildSummary{Environment: b.set.Environment, Rules: len(b.set.Whole()), Passed: b.outcomes.Passed, Failed: b.outcomes.Failed,
		Refused: without.Refused, Skipped: without.Skipped, LeftOut: without.LeftOut, NotPackaged: b.report.NotPackaged(), Packages: b.packages.Packages}
	b.refusals = map[diag.Diagnostic]bool{}
	for _, r := range b.results {
		b.add(r)
	}
	return nil
}

// add adds the query of a rule for a target, or why there is none.
func (b *builder) add(r queries.Result) {
	b.set.KeepRule(r.Source)
	b.found = append(b.found, r.Found...)
	if r.Query == nil {
		for _, d := range slices.Concat(r.Found, b.packages.Refusal(r)) {
			b.refusals[d] = true
		}
	}
	written := r.Files()
	b.files = append(b.files, written...)
	b.summary.Queries = append(b.summary.Queries, newBuiltQuery(r, written, b.packages.NotPackaged(r)))
}

// document makes the pages of the catalogue, if the project has one.
func (b *builder) document() error {
	if b.in.Docs == nil {
		return nil
	}
	of := catalogue.Parts{Set: b.set, Queries: b.results, Packages: b.packages, Tests: b.tests, Outcomes: b.outcomes.Outcomes()}
	pages, err := catalogue.Files(b.s, of, false)
	for _, f := range pages {
		f.Path = path.Join("docs", f.Path)
		b.files = append(b.files, f)
	}
	return err
}

// write writes the output folder, with the summary.
func (b *builder) write() error {
	var text bytes.Buffer
	if err := diag.WriteJSON(&text, b.summary); err != nil {
		return err
	}
	b.files = append(b.files, output.File{Path: "summary.json", Text: text.String()})
	return output.WriteFolder(b.p.out, []string{output.Everywhere}, b.files, b.p.force)
}

// showFindings shows the findings of a build that was written, but for the reasons that its report has, and only some
// of each code.
func (b *builder) showFindings() {
	fewRefusals := b.summary.Refused <= shownRefusals && !b.p.selection.Library // who builds the shipped rules cannot change them
	shown, left := findings.Few(slices.DeleteFunc(b.found.Distinct(), func(d diag.Diagnostic) bool {
		return d.Code == compilers.ModelPassedOver || d.Code == compilers.AnotherProduct || d.Code == compilers.LeftOutCode || (!fewRefusals && b.refusals[d])
	}), shownOfCode)
	b.set.Show(b.s, shown)
	if left != "" {
		fmt.Fprintln(b.s.Err, table.Wrap("not shown: "+left+" (decree validate and decree package show all)", b.s.ProseColumns(), 2))
	}
	if fewRefusals || b.summary.Refused == 0 {
		return
	}
	fmt.Fprintln(b.s.Err, "decree compile shows each refusal with its place")
	if b.in.Exists() {
		fmt.Fprintf(b.s.Err, "`except` of a target in %s leaves rules out on purpose\n", project.FileName)
	}
}

// shownRefusals bounds how many refusals a build shows with their places, where they do not fail it.
const shownRefusals = 3

// shownOfCode bounds how many warnings and remarks of one code a build shows.
const shownOfCode = 3

// packages makes the packages of the targets that have one, each in the folder package of its target.
func packages(set *ruleset.Set, chosen []targets.Target, opt queries.Options) (packaging.Made, error) {
	packaged := slices.DeleteFunc(slices.Clone(chosen), func(t targets.Target) bool { return t.Format() == nil })
	return packaging.Make(set, packaged, opt, func(t targets.Target) string { return path.Join(t.Name, "package") })
}

func newBuiltQuery(c queries.Result, files []output.File, notPackaged diag.Diagnostics) builtQuery {
	q := builtQuery{Rule: c.Rule, ID: c.Source.IR.Source.ID, Target: c.Target.Name, Dialect: c.Target.Dialect.Name(), Model: c.Model, Fidelity: fidelity.Of(c), NotPackaged: notPackaged}
	if c.Query != nil {
		q.File, q.Assets, q.Notes = files[0].Path, len(c.Query.Assets), c.Query.Notes
	}
	return q
}

func (b buildSummary) print(s *stdio.Streams, out string, files int) error {
	without := ""
	if counted := (queries.Without{Refused: b.Refused, Skipped: b.Skipped, LeftOut: b.LeftOut}); counted.Any() || b.NotPackaged > 0 {
		without = "; " + counted.String()
	}
	if b.NotPackaged > 0 {
		without += fmt.Sprintf(", %d not packaged", b.NotPackaged)
	}
	became := fmt.Sprintf("%s valid, %s passed, %d failed%s", plural.Count(b.Rules, "rule"), plural.Count(b.Passed, "test"), b.Failed, without)
	written := fmt.Sprintf("%s written to %s", plural.Count(files, "file"), diag.Visible(out))
	separator := "; "
	if len(became)+len(separator)+len(written) > s.PageColumns() {
		separator = "\n"
	}
	_, err := fmt.Fprintf(s.Out, "\n%s%s%s\n", became, separator, written)
	return err
}
