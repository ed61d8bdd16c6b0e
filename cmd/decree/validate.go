package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"decree/rules/diag"
)

type validateParams struct {
	paths  []string
	format string
}

func newValidate(s *streams) *cobra.Command {
	var p validateParams
	cmd := &cobra.Command{
		Use:     "validate [rule files or folders]",
		Short:   "Check rules and say what is wrong, where, and what to do next",
		Long:    "Check every rule under the paths (without any: the shipped library). All findings of all\nfiles are shown; the exit code is 1 when any is an error.",
		Example: "  decree validate\n  decree validate my_rules/\n  decree validate --format json my_rule.yml\n  decree validate --format sarif my_rules/ > findings.sarif",
		RunE: func(_ *cobra.Command, args []string) error {
			p.paths = args
			return validate(s, p)
		},
	}
	addFormat(cmd, &p.format, "text", "json", "sarif", "github")
	return cmd
}

// validateReport is the JSON form of the result.
type validateReport struct {
	Files    int              `json:"files"`
	Rules    int              `json:"rules"`
	Failed   int              `json:"failed_files"`
	Findings diag.Diagnostics `json:"findings"`
}

func validate(s *streams, p validateParams) error {
	set, err := loadRules(p.paths)
	if err != nil {
		return err
	}
	switch p.format {
	case "sarif":
		if err := diag.WriteSARIF(s.Out, set.Found, buildVersion()); err != nil {
			return err
		}
	case "github":
		diag.WriteGitHub(s.Out, set.Found)
	case "json":
		report := validateReport{len(set.Files), len(set.Rules), set.Failed, set.Found}
		if report.Findings == nil {
			report.Findings = diag.Diagnostics{}
		}
		if err := writeJSON(s, report); err != nil {
			return err
		}
	default:
		set.show(s, set.Found)
		fmt.Fprintf(s.Out, "%d files, %d rules valid, %d files with errors\n", len(set.Files), len(set.Rules), set.Failed)
	}
	if set.Found.HasErrors() {
		return errFindings
	}
	return nil
}
