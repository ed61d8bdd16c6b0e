package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules/diag"
)

func newMan(s *stdio.Streams) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "man [DIR]",
		Short: "Write manual pages",
		Long: `Write a manual page for each command into a folder. Without a folder the page of
decree itself is printed.

Use it when you install decree, into a folder of MANPATH.`,
		Example: `  decree man > decree.1
  decree man man/man1`,
		Args: usage.Arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return doc.GenMan(cmd.Root(), manHeader(), s.Out)
			}
			return writeManual(s, cmd.Root(), args[0], force)
		},
	}
	usage.AddForce(cmd, &force, "")
	return cmd
}

// manHeader is that of each page. Its date is that of the program's revision; where that is not known,
// SOURCE_DATE_EPOCH's, or today.
func manHeader() *doc.GenManHeader {
	h := &doc.GenManHeader{Section: "1", Source: "decree " + buildVersion()}
	if at, err := time.Parse(time.RFC3339, thisBuild().Time); err == nil {
		h.Date = &at
	}
	return h
}

func writeManual(s *stdio.Streams, root *cobra.Command, dir string, force bool) error {
	if err := output.MakeFolder(dir); err != nil {
		return err
	}
	commands := append([]*cobra.Command{root}, root.Commands()...)
	written := 0
	for _, cmd := range commands {
		if cmd != root && !cmd.IsAvailableCommand() {
			continue
		}
		var page strings.Builder
		if err := doc.GenMan(cmd, manHeader(), &page); err != nil {
			return err
		}
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		if err := output.Write(filepath.Join(dir, name), []byte(page.String()), force); err != nil {
			return err
		}
		written++
	}
	_, err := fmt.Fprintf(s.Out, "%s written to %s\n", plural.Count(written, "page"), diag.Visible(dir))
	return err
}
