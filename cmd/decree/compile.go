package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/fidelity"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/compilers/dialects"
)

type compileParams struct {
	selection ruleset.Selection
	targets   []string
	opt       queries.Options
	out       string
	format    string
	force     bool
	report    bool
	strict    bool
	places    placeFlags
}

func newCompile(s *stdio.Streams) *cobra.Command {
	var p compileParams
	var explain usage.Explain
	cmd := &cobra.Command{
		Use:     "compile [rule files, folders or names]",
		Aliases: []string{"convert"},
		Short:   "Write rules as KQL, SPL and EQL queries",
		Long: `Write each rule in the language of each target. What a target cannot say is an
error, with its place in the rule: the rule is refused. A rule of another
product is skipped, which is not an error. The query notes each approximation
that was accepted.

Use it to get one query, or with --out a folder of queries and what they need
beside them. --report shows how faithful the queries are. --explain CODE says
what an error or a note means. Without paths it compiles the rules of the
project, for the targets of the project.`,
		Example: `  decree compile -t kql tests/examples/rules/remote_script.yml
  decree compile -t spl,eql -o queries tests/examples/rules
  decree compile --report tests/examples/rules
  decree compile --explain no-column`,
		RunE: func(_ *cobra.Command, args []string) error {
			if code, asked := explain.Code(args); asked {
				return explainGap(s, code)
			}
			if err := knownOptions(p.opt); err != nil {
				return err
			}
			p.selection.Paths = args
			return compile(s, p)
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&p.targets, "target", "t", nil, "`TARGETS` to write: names of the project, or kql, spl, eql (default all); splunk, elastic, kusto, defender and sentinel are known too")
	f.StringVarP(&p.opt.Model, "model", "m", "", "data `MODEL` (default: the target's first that can say the rule)")
	f.StringVar(&p.opt.ModelFile, "model-file", "", "`FILE` of a data model; it may extend a shipped one")
	f.StringVarP(&p.out, "out", "o", "", "output `DIR` for queries and what they need; without it they are printed")
	addQueryOptions(cmd, &p.opt, "gap `CODES` to accept for this command, or all")
	explain.AddTo(cmd, "say what the `CODE` of an error or note means; without a code, list all", compilers.GapCodes)
	f.BoolVar(&p.report, "report", false, "show how faithful the queries are and why rules are refused, not the queries")
	f.BoolVar(&p.strict, "strict", false, "with --report: exit with 1 if a rule is refused, as without --report")
	usage.AddForce(cmd, &p.force, "with --out")
	usage.Complete(cmd, "target", func() []string {
		return slices.Concat(targets.Names(projectHere().Targets), dialects.Names(), targets.Words())
	})
	usage.Complete(cmd, "model", func() []string {
		var names []string
		for _, d := range dialects.Names() {
			names = append(names, projectHere().ModelsFor(d)...)
		}
		return names
	})
	p.places.addTo(cmd)
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "text", "json", "markdown")
	return cmd
}

// addQueryOptions adds the flags of how queries are written. accepted is the usage of --allow-approximate.
func addQueryOptions(cmd *cobra.Command, to *queries.Options, accepted string) {
	cmd.Flags().StringSliceVar(&to.Approximate, "allow-approximate", nil, accepted)
	usage.Complete(cmd, "allow-approximate", acceptable)
	cmd.Flags().BoolVar(&to.NoIndexTerms, "no-index-terms", false, "ask only what the rule asks, not also for terms that the product has in an index")
	cmd.Flags().StringVar(&to.Lists, "lists", compilers.ListsBySize, "where value lists go: `PLACE` is "+strings.Join(compilers.ListPlaces, ", ")+" (a watchlist or lookup)")
	usage.Complete(cmd, "lists", usage.These(compilers.ListPlaces...))
}

// knownOptions refuses gaps and places of lists that do not exist.
func knownOptions(opt queries.Options) error {
	if !slices.Contains(compilers.ListPlaces, opt.Lists) {
		return usage.UnknownChoice("value of --lists", opt.Lists, compilers.ListPlaces)
	}
	codes := append(compilers.GapCodes(), "all")
	for _, code := range opt.Approximate {
		if !slices.Contains(codes, code) {
			return usage.UnknownName("gap", code, codes, "decree compile --explain lists them")
		}
	}
	return nil
}

// acceptable are the codes of gaps that --allow-approximate can accept.
func acceptable() []string {
	codes := []string{"all"}
	for _, g := range compilers.Gaps() {
		if g.Kind == "accepted" {
			codes = append(codes, g.Code)
		}
	}
	return codes
}

// explainGap shows what a code means. Without a code it lists all.
func explainGap(s *stdio.Streams, code string) error {
	if code == "" {
		rows := [][]string{{"Code", "Is"}}
		for _, g := range compilers.Gaps() {
			rows = append(rows, []string{g.Code, g.KindText()})
		}
		return table.Text(s.Out, rows)
	}
	text, err := compilers.ExplainGap(code)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.Out, table.Prose(text, s.ProseColumns()))
	return err
}

func compile(s *stdio.Streams, p compileParams) error {
	if err := p.check(); err != nil {
		return err
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	chosen, err := p.chosen(in)
	if err != nil {
		return err
	}
	p.selection.ModelFile = p.opt.ModelFile
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	results, err := queries.Compile(set, chosen, p.opt)
	if err != nil {
		return err
	}
	ofFilters := queries.FilterWarnings(set, results)
	if p.report {
		set.Show(s, append(set.Found, ofFilters...))
		if err := fidelity.New(results, chosen, packaging.Made{}).Print(s, p.format); err != nil {
			return err
		}
		return exit.AfterFailure(p.strict && queries.WithoutQuery(results).Refused > 0, set.Found)
	}
	found := set.Found
	for _, r := range results {
		if len(r.Found) > 0 {
			set.KeepRule(r.Source)
			found = append(found, r.Found...)
		}
	}
	if p.format == "json" {
		set.Show(s, set.Found) // of rules that have no result
		results = queries.WithFilterWarnings(set, results)
	} else {
		queries.Show(s, set, append(found, ofFilters...), results)
		queries.ShowCounts(s, results)
	}
	if err := p.write(s, in, set, chosen, results); err != nil {
		return err
	}
	return exit.After(found)
}

// check tells whether flags of the report fit each other.
func (p *compileParams) check() error {
	if p.format == "markdown" && !p.report {
		return errors.New("--format markdown needs --report")
	}
	if p.report && p.out != "" {
		return errors.New("choose --report or --out: a report replaces the queries")
	}
	return nil
}

// chosen gives the targets that the user named, with the places of events that the user named for them.
func (p *compileParams) chosen(in *project.Project) ([]targets.Target, error) {
	chosen, err := targets.Choose(in.Targets, p.targets)
	if err != nil {
		return nil, err
	}
	if len(chosen) > 1 && (p.opt.Model != "" || p.opt.ModelFile != "") {
		return nil, fmt.Errorf("--model and --model-file need exactly one --target (%s): each target has its own models",
			strings.Join(targets.Names(chosen), ", "))
	}
	return p.places.in(chosen)
}

// write writes the queries into the folder of --out, or shows them.
func (p *compileParams) write(s *stdio.Streams, in *project.Project, set *ruleset.Set, chosen []targets.Target, results []queries.Result) error {
	asJSON := p.format == "json"
	if p.out == "" && !asJSON {
		queries.Print(s, results)
	}
	if p.out != "" {
		var files []output.File
		for _, r := range results {
			files = append(files, r.Files()...)
		}
		tellAmongRules(s, in, p.out)
		removed, err := output.WriteFolder(p.out, removable(s, set, p.out, targets.Names(chosen)...), files, p.force)
		if err != nil {
			return err
		}
		written := folderWritten{dir: p.out, files: len(files), removed: removed}
		written.tellRemoved(s, in, &p.selection)
		if !asJSON {
			fmt.Fprintln(s.Out, written)
		}
	}
	if asJSON {
		return s.WriteJSON(results)
	}
	return nil
}
