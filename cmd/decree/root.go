package main

import (
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/memory"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
)

// The value of --explain may be left out. The library would show it with its internal default.
func init() {
	cobra.AddTemplateFunc("optional", func(flags string) string { return strings.ReplaceAll(flags, `CODE[="?"]`, `[CODE]    `) })
}

func newRoot(s *stdio.Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "decree",
		Short: "One detection, read four ways: an engine, KQL, SPL and EQL",
		Long: `decree checks detection rules in Sigma's format, runs them on event files, runs
their regression tests, and writes them as Microsoft KQL, Splunk SPL and Elastic
EQL. You write a detection once, and all four find the same events.

In a project every command finds decree.yml in its folder or above it, and takes
from it what you do not say. decree init starts one. Where a command takes rule
files, it takes rules of the project by their name, id or title, too, and
without a project or with --library those that decree ships.

The examples use files of decree's repository.

Exit codes:
  0  all is well
  1  something was found: an error in a rule, a failed test, a refused rule in
     compile, and with --strict in build and reports (a skipped rule is none)
  2  wrong usage, or a file could not be read or written
An interrupted run ends with 130: its output can be read, and is not whole.`,
		Example: `  decree init our_rules
  decree validate tests/examples/rules
  decree run -r tests/examples/rules tests/examples/events/processes.ndjson
  decree compile -t kql tests/examples/rules/remote_script.yml`,
		Version:       buildVersion(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Name() != "run" { // it may read events for days, and bounds its memory itself
			memory.Short()
		}
		return usage.TakenApart(cmd, args)
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.Flags().Bool("version", false, "show the version") // cobra's own takes -v, which is --verbose elsewhere
	root.SetUsageTemplate(strings.NewReplacer(".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped 76 | optional", ".InheritedFlags.FlagUsages", ".InheritedFlags.FlagUsagesWrapped 76").Replace(root.UsageTemplate()))
	root.SetFlagErrorFunc(usage.ExplainFlag)
	root.AddCommand(newInit(s), newBuild(s), newValidate(s), newCompile(s), newPackage(s), newDiff(s), newImport(s), newRun(s), newTest(s), newTune(s), newNew(s), newSchema(s), newExplain(s), newList(s),
		newFields(s), newDocs(s), newNavigator(s), newTargets(s), newVersion(s), newMan(s))
	refuseUnknown(root)
	return root
}

// refuseUnknown makes errors of names that the library's own commands do not know: it would show help and succeed.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Run = nil
			cmd.RunE = func(_ *cobra.Command, args []string) error {
				of, _, err := root.Find(args)
				if err != nil {
					return err
				}
				of.InitDefaultHelpFlag()
				return of.Help()
			}
		case "completion":
			cmd.Args = cobra.ArbitraryArgs
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) == 0 {
					return cmd.Help()
				}
				var shells []string
				for _, shell := range cmd.Commands() {
					shells = append(shells, shell.Name())
				}
				return usage.UnknownChoice("shell", args[0], shells)
			}
		}
	}
}
