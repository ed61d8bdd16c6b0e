package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules/diag"
)

type listParams struct {
	selection ruleset.Selection
	format    string
}

func newList(s *stdio.Streams) *cobra.Command {
	var p listParams
	cmd := &cobra.Command{
		Use:   "list [rule files or folders]",
		Short: "List rules with level, status, name and log source",
		Long: `List rules with their level, status, name, log source and title. The JSON form
has their ids, tags and files too.

Use it to see which rules a folder holds, or which of them have a tag, a level
or a status. Without paths it lists the rules of the project.`,
		Example: `  decree list tests/examples/rules
  decree list --library --format json`,
		RunE: func(_ *cobra.Command, args []string) error {
			p.selection.Paths = args
			return list(s, p)
		},
	}
	p.selection.AddTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

type listRow struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	Level     string   `json:"level"`
	Status    string   `json:"status"`
	LogSource string   `json:"logsource"`
	Tags      []string `json:"tags"`
	File      string   `json:"file"`
}

func list(s *stdio.Streams, p listParams) error {
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	rows := []listRow{}
	for _, r := range slices.Concat(set.Rules, set.Correlations) {
		m := r.IR.Source
		var parts []string
		for _, part := range []string{m.LogSource.Product, m.LogSource.Category, m.LogSource.Service} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		if c := r.Correlation; c != nil {
			parts = []string{string(c.Source.Type)}
		}
		rows = append(rows, listRow{m.ID, r.Slug(), m.Title, m.Level, m.Status, strings.Join(parts, "/"), m.Tags, m.Range.File})
	}
	set.Show(s, set.Found)
	if p.format == "json" {
		err = s.WriteJSON(rows)
	} else {
		w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
		_, err = fmt.Fprintln(w, "LEVEL\tSTATUS\tNAME\tLOG SOURCE\tTITLE")
		for _, r := range rows {
			_, more := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", diag.FirstVisible(r.Level), diag.Visible(r.Status), r.Name, diag.Visible(r.LogSource), diag.Visible(r.Title))
			err = errors.Join(err, more)
		}
		err = errors.Join(err, w.Flush())
	}
	if err != nil {
		return err
	}
	return exit.After(set.Found, false)
}
