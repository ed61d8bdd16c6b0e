package main

import (
	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine/regression"
	"decree/rules"
	"decree/rules/schema"
)

func newSchema(s *stdio.Streams) *cobra.Command {
	texts := map[string][]byte{"rule": rules.JSONSchema, "test": regression.JSONSchema, "project": project.JSONSchema, "model": schema.JSONSchema}
	kinds := []string{"rule", "test", "project", "model"}
	return &cobra.Command{
		Use:   "schema rule|test|project|model",
		Short: "Print the JSON Schema of a kind of file, for editors",
		Long: `Print a JSON Schema (draft 2020-12). Editors use it to complete keys and to mark
mistakes while you type.

Use it once for each project. The YAML language server needs this first line:
# yaml-language-server: $schema=rule.schema.json`,
		Example: `  decree schema rule > rule.schema.json
  decree schema test > test.schema.json
  decree schema project > project.schema.json`,
		Args:      usage.Arguments(1, 1),
		ValidArgs: kinds,
		RunE: func(_ *cobra.Command, args []string) error {
			text, ok := texts[args[0]]
			if !ok {
				return usage.UnknownChoice("kind of file", args[0], kinds)
			}
			_, err := s.Out.Write(text)
			return err
		},
	}
}
