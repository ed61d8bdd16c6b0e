package main

import (
	"runtime/debug"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"

	"github.com/spf13/cobra"
)

// version is set by release builds with -ldflags "-X main.version=...".
var version = ""

func newRoot(s *stdio.Streams) *cobra.Command {
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
	root.SetFlagErrorFunc(usage.ExplainFlag)
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
