package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers/packages/formats"
)

type packageParams struct {
	selection ruleset.Selection
	targets   []string
	out       string
	format    string
	opt       queries.Options
	force     bool
	strict    bool
}

// productTargets names what rules are packaged for: targets of the project, and formats.
func productTargets() []string {
	return slices.Concat(targets.Names(projectHere().Targets), formats.Names())
}

func newPackage(s *stdio.Streams) *cobra.Command {
	var p packageParams
	cmd := &cobra.Command{
		Use:   "package [rule files, folders or names]",
		Short: "Write rules as products deploy them: analytics rules, templates",
		Long: `Compile each rule and wrap the query as its product deploys it: with schedule,
severity, ATT&CK, entities and the tables that it reads. What the product
refuses is an error before you deploy; that rule is left out. While a file has
an error, nothing is written: its rules would be missing. A rule without a
schedule runs every hour over the last hour. decree compile --explain CODE says
what a finding means.

Use it to deploy with the product's own tool. Without --target it packages for
the targets of the project that have a package. Outside of a project name one:
` + strings.Join(formats.Names(), ", ") + ".",
		Example: `  decree package -t sentinel -o out tests/examples/rules
  decree package -t sentinel -o out --format json --library`,
		RunE: func(_ *cobra.Command, args []string) error {
			p.selection.Paths = args
			return makePackages(s, p)
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&p.targets, "target", "t", nil, "`TARGETS` to package for: names of the project, or "+strings.Join(formats.Names(), ", "))
	f.StringVarP(&p.out, "out", "o", "", "output `DIR` (default: packages, in the folder of decree.yml); decree replaces only its own files there")
	addQueryOptions(cmd, &p.opt, "gap `CODES` to accept for this command, or all")
	f.BoolVar(&p.strict, "strict", false, "write nothing if a rule is refused or cannot be deployed")
	usage.AddForce(cmd, &p.force, "")
	usage.Complete(cmd, "target", productTargets)
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func makePackages(s *stdio.Streams, p packageParams) error {
	if err := knownOptions(p.opt); err != nil {
		return err
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	p.out = cmp.Or(p.out, in.Beside("packages"))
	chosen, err := targets.ChoosePackages(in.Targets, p.targets)
	if err != nil {
		return err
	}
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	made, err := packaging.Make(set, chosen, p.opt, func(t targets.Target) string { return t.Name })
	if err != nil {
		return err
	}
	found := slices.Concat(set.Found, made.Found, queries.FilterWarnings(set, made.Queries))
	queries.Show(s, set, found, made.Queries)
	queries.ShowCounts(s, made.Queries)
	why := ""
	switch {
	case set.Found.HasErrors():
		why = plural.Count(set.Found.Errors(), "error") + " in the rules"
	case p.strict && found.HasErrors():
		why = "--strict: some rules have no package"
	}
	if why != "" {
		return nothingWritten(s, p.format, why, []packaging.Package{}, found)
	}
	tellAmongRules(s, in, p.out)
	removed, err := output.WriteFolder(p.out, targets.Names(chosen), made.Files, p.force)
	if err != nil {
		return err
	}
	written := folderWritten{dir: p.out, files: len(made.Files), removed: removed}
	written.tellRemoved(s, in, &p.selection)
	tellReplacing(s, in, &p.selection, made)
	if p.format == "json" {
		err = s.WriteJSON(made.Packages)
	} else {
		showPackaged(s, chosen, made.Packages)
		fmt.Fprintln(s.Out, written)
	}
	if err != nil {
		return err
	}
	return exit.After(found)
}

// showPackaged counts the rules that are packaged for each target.
func showPackaged(s *stdio.Streams, chosen []targets.Target, made []packaging.Package) {
	count := map[string]int{}
	for _, m := range made {
		count[m.Target]++
	}
	for _, t := range chosen {
		fmt.Fprintf(s.Out, "%s: %s packaged for %s\n", t.Name, plural.Count(count[t.Name], "rule"), t.Format().Title())
	}
}
