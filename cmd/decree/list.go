package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/fieldmap"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/attack"
	"decree/rules/diag"
)

type listParams struct {
	selection ruleset.Selection
	sort      string
	format    string
}

func newList(s *stdio.Streams) *cobra.Command {
	var p listParams
	cmd := &cobra.Command{
		Use:   "list [rule files, folders or names]",
		Short: "List rules with level, log source and ATT&CK",
		Long: `List rules with their level, status, log source, ATT&CK techniques and tactics,
name and title, and the targets that leave them out. The JSON form has their
ids, tags and files too. In a pipe each rule is one line, whatever its width:
set COLUMNS for the layout of a terminal.

Use it to see which rules a folder holds, or which of them have a tag, a level
or a status. Without paths it lists the rules of the project.`,
		Example: `  decree list tests/examples/rules
  decree list --sort level --tag attack.execution tests/examples/rules
  decree list --library --format json`,
		RunE: func(_ *cobra.Command, args []string) error {
			if p.sort != "" && !slices.Contains(sortNames(), p.sort) {
				return usage.UnknownChoice("order", p.sort, sortNames())
			}
			p.selection.Paths = args
			return list(s, p)
		},
	}
	cmd.Flags().StringVar(&p.sort, "sort", "", "`ORDER` of the rules: "+strings.Join(sortNames(), ", ")+" (default: by files)")
	usage.Complete(cmd, "sort", sortNames)
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

type listRow struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Level      string   `json:"level"`
	Status     string   `json:"status"`
	LogSource  string   `json:"logsource"`
	Tactics    []string `json:"tactics,omitempty"`    // of ATT&CK, as tags name them
	Techniques []string `json:"techniques,omitempty"` // the same
	Tags       []string `json:"tags"`
	File       string   `json:"file"`
	LeftOut    []string `json:"left_out,omitempty"` // targets out of which the project leaves the rule
}

// orders are those of --sort.
var orders = []struct {
	name string
	less func(a, b listRow) int
}{
	{"level", func(a, b listRow) int {
		// the most severe first
		return cmp.Compare(slices.Index(rules.Levels(), b.Level), slices.Index(rules.Levels(), a.Level))
	}},
	{"status", func(a, b listRow) int { return byStatus(a.Status, b.Status) }},
	{"logsource", func(a, b listRow) int { return cmp.Compare(a.LogSource, b.LogSource) }},
	{"technique", func(a, b listRow) int { return slices.Compare(a.Techniques, b.Techniques) }},
	{"tactic", func(a, b listRow) int { return slices.Compare(a.Tactics, b.Tactics) }},
	{"name", func(a, b listRow) int { return cmp.Compare(a.Name, b.Name) }},
	{"title", func(a, b listRow) int { return cmp.Compare(a.Title, b.Title) }},
}

// byStatus compares statuses, the most mature first. A rule without one is last.
func byStatus(a, b string) int {
	at := func(status string) int {
		if i := slices.Index(rules.Statuses(), status); i >= 0 {
			return i
		}
		return len(rules.Statuses())
	}
	return cmp.Compare(at(a), at(b))
}

func sortNames() []string {
	names := make([]string, len(orders))
	for i, o := range orders {
		names[i] = o.name
	}
	return names
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
	for _, r := range set.All() {
		rows = append(rows, newListRow(r, in.Targets))
	}
	for _, o := range orders {
		if o.name == p.sort {
			slices.SortStableFunc(rows, o.less)
		}
	}
	set.Show(s, set.Found)
	if p.format == "json" {
		err = s.WriteJSON(rows)
	} else {
		err = showList(s, rows)
	}
	if err != nil {
		return err
	}
	return exit.After(set.Found)
}

// newListRow is the row of a rule, with the targets of the project that leave it out.
func newListRow(r ruleset.Rule, of []targets.Target) listRow {
	m := r.IR.Source
	from := fieldmap.Names(m.LogSources())
	if c := r.Correlation; c != nil {
		from = string(c.Source.Type)
	}
	tactics, techniques := attack.Named(m.Tags)
	var leftOut []string
	for _, t := range of {
		if queries.LeavesOut(t, r) {
			leftOut = append(leftOut, t.Name)
		}
	}
	return listRow{m.ID, r.Slug(), m.Title, m.Level, m.Status, from, tactics, techniques, m.Tags, m.Range.File, leftOut}
}

// showList writes a table. On a terminal that is too narrow for it, name and title stand below each row.
func showList(s *stdio.Streams, rows []listRow) error {
	out := [][]string{{"level", "status", "log source", "techniques", "tactics", "left out", "name", "title"}}
	for _, r := range rows {
		out = append(out, []string{cmp.Or(diag.Visible(r.Level), "-"), cmp.Or(diag.Visible(r.Status), "-"), cmp.Or(diag.Visible(r.LogSource), "-"), cmp.Or(strings.Join(r.Techniques, ","), "-"),
			cmp.Or(strings.Join(r.Tactics, ","), "-"), cmp.Or(strings.Join(r.LeftOut, ","), "-"), diag.Visible(r.Name), diag.Visible(r.Title)})
	}
	last := 6
	if !slices.ContainsFunc(rows, func(r listRow) bool { return len(r.LeftOut) > 0 }) {
		last--
		for i, row := range out {
			out[i] = slices.Delete(row, last, last+1)
		}
	}
	if s.Columns > 0 && table.Width(out) > s.Columns {
		for i, row := range out {
			out[i] = append(row[:last:last], row[last]+": "+row[last+1])
		}
	}
	return table.Fit(s.Out, s.Columns, out)
}
