package main

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/git"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/lint"
)

type validateParams struct {
	selection ruleset.Selection
	format    string
	severity  string
	strict    bool
	fix       bool
	force     bool
}

func newValidate(s *stdio.Streams) *cobra.Command {
	var p validateParams
	var explain usage.Explain
	cmd := &cobra.Command{
		Use:     "validate [rule files, folders or names]",
		Aliases: []string{"check", "lint"},
		Short:   "Check rules: what is wrong, where, and what to do",
		Long: `Check every rule and show the findings of all files: errors, and what is allowed
but likely wrong. With --filters the filters are checked too. In a project its
filters, lists, models and tests are checked, and that rules have the tests that
they need.

Use it while you write rules, and in CI. Without paths it checks the rules of
the project. The exit code is 1 for an error, and with --strict for a warning
too.

To accept a finding, write the comment "# decree:ignore CODE reason" at the end
of its line or above it. At the left margin the comment is for the whole file.`,
		Example: `  decree validate tests/examples/rules
  decree validate --strict --severity info tests/examples/rules
  decree validate --explain redundant-value`,
		RunE: func(_ *cobra.Command, args []string) error {
			if code, asked := explain.Code(args); asked {
				return explainCheck(s, code)
			}
			for _, word := range p.selection.Levels {
				if slices.Contains(findings.Severities, word) {
					return fmt.Errorf("--level chooses rules by their level: to choose findings, write --severity %s", word)
				}
			}
			p.selection.Paths = args
			return validate(s, p)
		},
	}
	f := cmd.Flags()
	explain.AddTo(cmd, "say what a finding's `CODE` means and how to fix it; without a code, list all", lintCodes)
	f.StringVar(&p.severity, "severity", "warning", "least severe findings to show: `SEVERITY` is error, warning, info")
	f.BoolVar(&p.strict, "strict", false, "exit with 1 for warnings too")
	f.BoolVar(&p.fix, "fix", false, "fix what can be fixed without a change of meaning, then show the rest")
	usage.AddForce(cmd, &p.force, "with --fix")
	usage.Complete(cmd, "severity", usage.These(findings.Severities...))
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "text", "json", "sarif", "github", "gitlab")
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

// memoryAimedAt is the memory that checking stays within if the rules fit. Garbage is collected more often near it.
const memoryAimedAt = 1280 << 20

func validate(s *stdio.Streams, p validateParams) error {
	if !slices.Contains(findings.Severities, p.severity) {
		return usage.UnknownChoice("severity", p.severity, findings.Severities)
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // GOMEMLIMIT is not set
		debug.SetMemoryLimit(memoryAimedAt)
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	if p.fix {
		if err := set.Fix(s, p.force); err != nil {
			return err
		}
		if set, err = ruleset.Load(s, in, p.selection); err != nil {
			return err
		}
	}
	all := slices.Concat(set.Found, set.PassedOver, set.Lint(s))
	if in.Exists() {
		more, err := besideRules(set)
		if err != nil {
			return err
		}
		all = append(all, more...)
	} else {
		all = append(all, ofNamedTests(set)...)
	}
	all = all.Distinct()
	all.Sort()
	if err := report(s, set, p, findings.AtLeast(all, p.severity), len(all)); err != nil {
		return err
	}
	return exit.AfterFailure((p.strict || in.Lint.Strict) && len(findings.AtLeast(all, diag.Warning.String())) > 0, all)
}

// report shows the findings. all is their number, with those that are less severe than --severity.
func report(s *stdio.Streams, set *ruleset.Set, p validateParams, found diag.Diagnostics, all int) error {
	if slices.Contains([]string{"sarif", "gitlab", "github"}, p.format) { // what reads these looks for files in the repository
		top, _ := git.Below(".")
		found = found.Below(top)
	}
	switch p.format {
	case "sarif":
		return diag.WriteSARIF(s.Out, found, buildVersion(), lint.Why)
	case "gitlab":
		return diag.WriteGitLab(s.Out, found)
	case "github":
		diag.WriteGitHub(s.Out, found)
		return nil
	case "json":
		report := validateReport{len(set.Files), len(set.Rules) + len(set.Written), len(set.Correlations), set.Failed, found}
		if report.Findings == nil {
			report.Findings = diag.Diagnostics{}
		}
		return s.WriteJSON(report)
	}
	set.Show(s, found)
	err := findings.CountByCode(s, found)
	correlations := ""
	if n := len(set.Correlations); n > 0 {
		correlations = " and " + plural.Count(n, "correlation")
	}
	fmt.Fprintf(s.Out, "%s, %s%s valid, %s with errors\n", plural.Count(len(set.Files), "file"), plural.Count(len(set.Rules)+len(set.Written), "rule"), correlations, plural.Count(set.Failed, "file"))
	if less := all - len(found); less > 0 {
		fmt.Fprintf(s.Out, "%s not shown: add --severity info\n", plural.Count(less, "less severe finding"))
	}
	return err
}

// lintCodes are those of all findings.
func lintCodes() []string {
	var codes []string
	for _, page := range lint.Pages() {
		codes = append(codes, page.Code)
	}
	return codes
}

// explainCheck shows what a code means. Without a code it lists all.
func explainCheck(s *stdio.Streams, code string) error {
	if code != "" {
		text, err := lint.Explain(code)
		if err != nil {
			if _, compiling := compilers.ExplainGap(code); compiling == nil {
				return fmt.Errorf("%q is a code of compile: use decree compile --explain %s", code, code)
			}
			return err
		}
		fmt.Fprint(s.Out, table.Prose(text, s.ProseColumns()))
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
