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
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	chosen, err := targets.Choose(in.Targets, nil)
	if err != nil {
		return err
	}
	loaded, err := ruletests.Load(set, nil)
	if err != nil {
		return err
	}
	tests := testreport.Run(loaded)
	found := append(set.Found, tests.Findings...)
	if found.HasErrors() || tests.Failed > 0 {
		set.Show(s, found)
		tests.Print(s, set, false)
		fmt.Fprintf(s.Err, "%s and %s, so nothing is written\n", plural.Count(found.Errors(), "error"), plural.Count(tests.Failed, "failed test"))
		return exit.After(found, true)
	}
	if in.Exists() {
		stopping, err := forBuild(s, set, loaded)
		if err != nil {
			return err
		}
		if len(stopping) > 0 {
			set.Show(s, append(found, stopping...))
			fmt.Fprintf(s.Err, "%s by the settings of %s, so nothing is written\n", plural.Count(len(stopping), "finding"), project.FileName)
			return exit.After(stopping, true)
		}
	}
	opt := queries.Options{NoIndexTerms: p.unindexed}
	results, err := queries.Compile(set, chosen, opt)
	if err != nil {
		return err
	}
	summary := buildSummary{Environment: set.Environment, Rules: len(set.Whole()), Passed: tests.Passed, Failed: tests.Failed}
	without := queries.WithoutQuery(results)
	summary.Refused, summary.Skipped, summary.LeftOut = without.Refused, without.Skipped, without.LeftOut
	made, err := packages(set, chosen, opt)
	if err != nil {
		return err
	}
	files := made.Files
	found = append(found, made.Found...)
	if set.OfProject {
		found = append(found, in.Lint.Judge(append(unusedExceptions(set), queries.NeedlessExceptions(results, made.Unpackable)...))...)
	}
	report := fidelity.New(results, chosen, made)
	summary.Packages, summary.NotPackaged = made.Packages, report.NotPackaged()
	refusals := map[diag.Diagnostic]bool{} // which decree compile shows
	for _, r := range results {
		set.KeepRule(r.Source)
		for _, d := range r.Found {
			if !slices.Contains(found, d) { // the package's query has the same finding
				found = append(found, d)
			}
		}
		if r.Query == nil {
			for _, d := range slices.Concat(r.Found, made.Refusal(r)) {
				refusals[d] = true
			}
		}
		written := r.Files()
		files = append(files, written...)
		summary.Queries = append(summary.Queries, newBuiltQuery(r, written, made.NotPackaged(r)))
	}
	if in.Docs != nil {
		of := catalogue.Parts{Set: set, Queries: results, Packages: made, Tests: loaded, Outcomes: tests.Outcomes()}
		pages, err := catalogue.Files(s, of, false)
		if err != nil {
			return err
		}
		for _, f := range pages {
			f.Path = path.Join("docs", f.Path)
			files = append(files, f)
		}
	}
	if why := stops(in, p.strict, summary); why != "" {
		queries.Show(s, set, found, results)
		queries.ShowCounts(s, results)
		fmt.Fprintf(s.Err, "%s, so nothing is written\n", why)
		return exit.After(found, true)
	}
	var text bytes.Buffer
	if err := diag.WriteJSON(&text, summary); err != nil {
		return err
	}
	if err := output.WriteFolder(p.out, []string{output.Everywhere}, append(files, output.File{Path: "summary.json", Text: text.String()}), p.force); err != nil {
		return err
	}
	summedUp := summary.Refused > shownRefusals || p.selection.Library                  // who builds the shipped rules cannot change them
	shown, left := findings.Few(slices.DeleteFunc(found, func(d diag.Diagnostic) bool { // the report has the reasons
		return d.Code == compilers.ModelPassedOver || d.Code == compilers.AnotherProduct || d.Code == compilers.LeftOutCode || (summedUp && refusals[d])
	}), shownOfCode)
	set.Show(s, shown)
	if left != "" {
		fmt.Fprintln(s.Err, table.Wrap("not shown: "+left+" (decree validate and decree package show all)", s.ProseColumns(), 2))
	}
	if summedUp && summary.Refused > 0 {
		fmt.Fprintln(s.Err, "decree compile shows each refusal with its place")
		if in.Exists() {
			fmt.Fprintf(s.Err, "`except` of a target in %s leaves rules out on purpose\n", project.FileName)
		}
	}
	if p.format == "json" {
		return s.WriteJSON(summary)
	}
	if err := report.Print(s, "text"); err != nil {
		return err
	}
	return summary.print(s, p.out, len(files)+1)
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
