package main

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/lint"
)

type validateParams struct {
	paths   []string
	filters ruleset.Filters
	format  string
	level   string
	strict  bool
	fix     bool
	force   bool
}

func newValidate(s *stdio.Streams) *cobra.Command {
	var p validateParams
	var explain string
	cmd := &cobra.Command{
		Use:   "validate [rule files or folders]",
		Short: "Check rules and say what is wrong, where, and what to do next",
		Long: "Check every rule under the paths (without any: the shipped library). All findings of all files are\n" +
			"shown: errors, and what is allowed and still likely wrong. The exit code is 1 when any is an error, or,\n" +
			"with --strict, a warning. A comment `# decree:ignore CODE why` accepts a finding: behind the line or above\n" +
			"it, or at the beginning of a line for the whole file. With --filters the environment's filters are checked, too.",
		Example: "  decree validate\n  decree validate my_rules/\n  decree validate --level info --fix my_rules/\n  decree validate --explain redundant-value\n  decree validate --strict --format github my_rules/\n  decree validate --format sarif my_rules/ > findings.sarif",
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("explain") {
				if explain == noCode && len(args) > 0 { // the code stands behind a space
					explain = args[0]
				}
				return explainCheck(s, strings.TrimSuffix(explain, noCode))
			}
			p.paths = args
			return validate(s, p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&explain, "explain", "", "show what a finding's code means and how to fix it; without a code list them all")
	f.Lookup("explain").NoOptDefVal = noCode
	f.StringVar(&p.level, "level", "warning", "least severe finding that is shown: error, warning, info")
	f.BoolVar(&p.strict, "strict", false, "warnings fail, too")
	f.BoolVar(&p.fix, "fix", false, "fix what can be fixed without changing what a rule means, then show what is left")
	usage.AddForce(cmd, &p.force, "with --fix")
	usage.Complete(cmd, "level", usage.These(findings.Severities...))
	p.filters.AddTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json", "sarif", "github")
	return cmd
}

// validateReport is the JSON form of the result.
type validateReport struct {
	Files        int              `json:"files"`
	Rules        int              `json:"rules"`
	Correlations int              `json:"correlations,omitempty"`
	Failed       int              `json:"failed_files"`
	Findings     diag.Diagnostics `json:"findings"`
}

// memoryAimedAt is what checking keeps to while the rules themselves fit: garbage is then looked for more often.
const memoryAimedAt = 1280 << 20

// noCode is what --explain holds when no code was given.
const noCode = "?"

func validate(s *stdio.Streams, p validateParams) error {
	if !slices.Contains(findings.Severities, p.level) {
		return usage.UnknownChoice("level", p.level, findings.Severities)
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // nobody has said another
		debug.SetMemoryLimit(memoryAimedAt)
	}
	set, err := ruleset.Load(s, p.paths, p.filters)
	if err != nil {
		return err
	}
	if p.fix {
		if err := set.Fix(s, p.force); err != nil {
			return err
		}
		if set, err = ruleset.Load(s, p.paths, p.filters); err != nil {
			return err
		}
	}
	all := append(set.Found, set.Lint(s)...)
	all.Sort()
	if err := report(s, set, p, findings.AtLeast(all, p.level), len(all)); err != nil {
		return err
	}
	return exit.After(all, p.strict && len(findings.AtLeast(all, diag.Warning.String())) > 0)
}

// report shows the findings; of all there are more where some are less severe than was asked for.
func report(s *stdio.Streams, set *ruleset.Set, p validateParams, found diag.Diagnostics, all int) error {
	switch p.format {
	case "sarif":
		return diag.WriteSARIF(s.Out, found, buildVersion(), lint.Why)
	case "github":
		diag.WriteGitHub(s.Out, found)
		return nil
	case "json":
		report := validateReport{len(set.Files), len(set.Rules), len(set.Correlations), set.Failed, found}
		if report.Findings == nil {
			report.Findings = diag.Diagnostics{}
		}
		return s.WriteJSON(report)
	}
	set.Show(s, found)
	err := findings.CountByCode(s, found)
	correlations := ""
	if n := len(set.Correlations); n > 0 {
		correlations = fmt.Sprintf(" and %d correlations", n)
	}
	fmt.Fprintf(s.Out, "%d files, %d rules%s valid, %d files with errors\n", len(set.Files), len(set.Rules), correlations, set.Failed)
	if less := all - len(found); less > 0 {
		fmt.Fprintf(s.Out, "%d less severe findings: --level info shows them\n", less)
	}
	return err
}

// explainCheck shows what one code means, or without a code lists them all.
func explainCheck(s *stdio.Streams, code string) error {
	if code != "" {
		text, err := lint.Explain(code)
		if err != nil {
			if _, compiling := compilers.ExplainGap(code); compiling == nil {
				return fmt.Errorf("compiling reports %q, not validating: decree compile --explain %s", code, code)
			}
			return err
		}
		fmt.Fprint(s.Out, text)
		return nil
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "CODE\tSEVERITY\tFIXED BY --fix")
	for _, page := range lint.Pages() {
		fixed := ""
		if lint.Fixable(page.Code) {
			fixed = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", page.Code, page.Severity, fixed)
	}
	return w.Flush()
}
