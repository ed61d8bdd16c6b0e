package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"decree/rules/diag"
)

// version is set by release builds with -ldflags "-X main.version=...".
var version = ""

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "decree",
		Short: "One detection, read four ways: an engine, KQL, SPL and EQL",
		Long: "decree checks detection rules written once in Sigma's format, runs them on real events,\n" +
			"regression-tests them, and writes them as Microsoft KQL, Splunk SPL and Elastic EQL.\n\n" +
			"Exit codes: 0 all is well; 1 something was found: an error in a rule, a failed test, a refused query;\n" +
			"2 wrong usage, or something could not be read or written.",
		Example:       "  decree build\n  decree run --model mde events.ndjson.gz\n  decree compile -t kql my_rule.yml",
		Version:       buildVersion(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(explainFlag)
	root.AddCommand(newBuild(s), newValidate(s), newCompile(s), newRun(s), newTest(s), newNew(s), newSchema(s), newExplain(s), newList(s))
	return root
}

func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return "devel " + setting.Value[:12]
		}
	}
	return "devel"
}

// addFormat adds the --format flag, refusing anything but the formats named.
func addFormat(cmd *cobra.Command, format *string, allowed ...string) {
	cmd.Flags().StringVar(format, "format", allowed[0], "output format: "+strings.Join(allowed, ", "))
	before := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		for _, a := range allowed {
			if *format == a {
				if before != nil {
					return before(c, args)
				}
				return nil
			}
		}
		return unknownChoice("format", *format, allowed)
	}
	completeFlag(cmd, "format", these(allowed...))
}

// unknownName says what was not understood, and the closest, else where they are listed.
func unknownName(what, got string, allowed []string, otherwise string) error {
	if near := diag.Closest(got, allowed); near != "" {
		otherwise = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("unknown %s %q: %s", what, got, otherwise)
}

// unknownChoice says what was not understood, what would be, and the closest.
func unknownChoice(what, got string, allowed []string) error {
	hint := ""
	if near := diag.Closest(got, allowed); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("unknown %s %q (one of %s)%s", what, got, strings.Join(allowed, ", "), hint)
}
