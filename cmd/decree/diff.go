package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/drift"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers/deployed"
	"decree/compilers/packages/formats"
	"decree/rules/diag"
	"decree/rules/source"
)

type diffParams struct {
	selection ruleset.Selection
	deployed  string
	target    string
	format    string
	opt       queries.Options
	summary   bool
}

func newDiff(s *stdio.Streams) *cobra.Command {
	var p diffParams
	cmd := &cobra.Command{
		Use:   "diff DEPLOYED [rule files, folders or names]",
		Short: "Compare the rules with what is deployed",
		Long: `Compare what the rules would deploy with an export of what is deployed. DEPLOYED
is a file, a folder or an archive: Sentinel's rules (ARM template, REST, YAML),
Defender's detectionRules (Graph), Kibana's NDJSON or Splunk's app or
savedsearches.conf. Its content says which. A rule is new, changed, gone, or
changed by hand: the last line of a packaged query tells these apart. Lookups,
macros and watchlists that the export has are compared, too. What the product
fills in itself is not. Rules of others are only counted.

Use it before you deploy, and on a schedule to find what was changed by hand.
The exit code is 1 if anything differs, or if the export says that rules are
missing from it. Rules that the target refuses are told, and are not a
difference. An export that is cut is refused.`,
		Example: `  decree diff tests/examples/deployed/sentinel.json tests/examples/rules
  decree diff --summary tests/examples/deployed/sentinel.json --library`,
		Args: usage.Arguments(1, -1),
		RunE: func(_ *cobra.Command, args []string) error {
			p.deployed, p.selection.Paths = args[0], args[1:]
			return diffDeployed(s, p)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&p.target, "target", "t", "", "`TARGET` that was deployed, of the project or "+strings.Join(formats.Names(), ", ")+" (default: that of the export's product)")
	f.BoolVar(&p.summary, "summary", false, "name the rules that differ, and not what differs in them")
	addQueryOptions(cmd, &p.opt, "gap `CODES` that were accepted when the rules were packaged, or all")
	usage.Complete(cmd, "target", productTargets)
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 1)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func diffDeployed(s *stdio.Streams, p diffParams) error {
	if err := knownOptions(p.opt); err != nil {
		return err
	}
	if _, err := os.Stat(p.deployed); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w\nname an export of what is deployed; decree docs --since REV shows what changed since a git revision", source.NotFound(p.deployed))
	}
	export, err := readExport(p.deployed)
	if err != nil {
		return err
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	target, err := deployedTarget(in.Targets, export.Product, p.target)
	if err != nil {
		return err
	}
	export.Product = deployed.Product(target.Package)
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	made, err := packaging.Make(set, []targets.Target{target}, p.opt, func(t targets.Target) string { return t.Name })
	if err != nil {
		return err
	}
	found := append(set.Found, made.Found...)
	set.Show(s, slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Severity != diag.Error }))
	own, refused, err := made.Deployable(target)
	if err != nil {
		return err
	}
	changes, others := deployed.Compare(export.Product, own.Rules, export.Rules,
		deployed.Settings{Target: target.Name, Refused: refused, Partial: takesSome(in, &p.selection), Broken: set.Found.HasErrors()})
	parts, remarks := deployed.CompareParts(own.Parts, export.Parts)
	export.Remarks = append(export.Remarks, remarks...)
	report := drift.New(export, p.deployed, target.Name, append(changes, parts...), others)
	report.Findings = set.Found.OnlyErrors()
	if p.format == "json" {
		err = s.WriteJSON(report)
	} else {
		report.Print(s, !p.summary)
	}
	if err != nil {
		return err
	}
	// a rule that the target refuses is deployed nowhere: it is told, and no difference
	return exit.AfterFailure(report.Drifted() || export.Incomplete, set.Found)
}

// readExport reads what is deployed.
func readExport(name string) (*deployed.Export, error) {
	files, err := deployed.Open(name)
	if err != nil {
		return nil, err
	}
	export, err := deployed.Read(files)
	// a file of a folder has the folder's name in its own
	if err != nil && !strings.HasPrefix(err.Error(), filepath.ToSlash(filepath.Clean(name))) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return export, err
}

// deployedTarget is the target whose rules an export has: the one that is named, or else the only one of the product,
// which an empty export does not tell.
func deployedTarget(own []targets.Target, of deployed.Product, name string) (targets.Target, error) {
	if of == "" && name == "" {
		return targets.Target{}, errors.New("the export lists no rules and does not say of which product: name the target with --target")
	}
	asked := name
	if name == "" {
		asked = string(of)
	}
	chosen, err := targets.ChoosePackages(own, []string{asked})
	switch {
	case err != nil:
		return targets.Target{}, err
	case len(chosen) > 1:
		return targets.Target{}, fmt.Errorf("the project has several targets for %s: name one with --target, of %s", asked, strings.Join(targets.Names(chosen), ", "))
	case of == "" && !slices.Contains([]string{string(deployed.Sentinel), string(deployed.Defender)}, chosen[0].Package):
		return targets.Target{}, fmt.Errorf("the export is an empty list of Sentinel's or Defender's rules, and target %s is for %s", chosen[0].Name, chosen[0].Package)
	case of != "" && chosen[0].Package != string(of):
		return targets.Target{}, fmt.Errorf("the export is of %s, and target %s is for %s", of, chosen[0].Name, chosen[0].Package)
	}
	return chosen[0], nil
}
