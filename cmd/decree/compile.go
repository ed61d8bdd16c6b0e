package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/fidelity"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules/diag"
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
	results, err := queries.Compile(set, chosen, queries.Options{Model: p.model, ModelFile: p.modelFile, Approximate: p.approximate, Lists: p.lists})
	if err != nil {
		return err
	}
	if p.report {
		set.Show(s, set.Found)
		if err := fidelity.New(results, chosen).Print(s, p.format); err != nil {
			return err
		}
		return exit.After(set.Found, false)
	}
	found := set.Found
	for _, r := range results {
		if len(r.Found) > 0 {
			set.KeepRule(r.Source)
			found = append(found, r.Found...)
		}
	}
	if p.format != "json" {
		queries.Show(s, set, found, results)
	}
	switch {
	case p.out != "":
		var files []output.File
		for _, r := range results {
			files = append(files, r.Files()...)
		}
		if err := output.WriteFolder(p.out, queries.Folders(chosen), files, p.force); err != nil {
			return err
		}
		if p.format != "json" {
			fmt.Fprintf(s.Out, "%d files written to %s\n", len(files), diag.Visible(p.out))
		}
	case p.format != "json":
		queries.Print(s, results)
	}
	if p.format == "json" {
		if err := s.WriteJSON(results); err != nil {
			return err
		}
	}
	return exit.After(found, false)
}
