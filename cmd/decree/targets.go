package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers"
	"decree/rules/schema"
)

func newTargets(s *stdio.Streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "targets",
		Short: "Show the targets, their models, and what each can say",
		Long: `Show the targets of the project, or else the three languages: the data models of
each in the order in which they are tried, and what each language can say of a
rule. The JSON form has the reasons, too.

Use it to see what a rule may use if it must be written for all of them.`,
		Example: `  decree targets
  decree targets --format json`,
		Args: usage.Arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			in, err := project.Open(s)
			if err != nil {
				return err
			}
			chosen, err := targets.Choose(in.Targets, nil)
			if err != nil {
				return err
			}
			return showTargets(s, describeTargets(in, chosen), format)
		},
	}
	usage.AddFormat(cmd, &format, "text", "json")
	return cmd
}

// targetFacts say what a target is.
type targetFacts struct {
	Name    string   `json:"name"`
	Dialect string   `json:"dialect"`
	Title   string   `json:"title"`             // of the dialect
	Models  []string `json:"models"`            // in the order in which they are tried
	Others  []string `json:"others,omitempty"`  // models that must be named
	Package string   `json:"package,omitempty"` // what its queries are put into
	Says    []saying `json:"says"`              // each construct
}

// saying is how a dialect says a construct.
type saying struct {
	Construct compilers.Construct `json:"construct"`
	Title     string              `json:"title"`
	How       string              `json:"how"` // yes, nearly, partly, by data model or no
	Effect    string              `json:"effect,omitempty"`
	Why       string              `json:"why,omitempty"`
	Hint      string              `json:"hint,omitempty"`
}

func describeTargets(in *project.Project, chosen []targets.Target) []targetFacts {
	var out []targetFacts
	for _, t := range chosen {
		d := t.Dialect
		facts := targetFacts{Name: t.Name, Dialect: d.Name(), Title: d.Title(), Models: schema.Preferred(d.Name()), Package: t.Package}
		if t.Model != "" {
			facts.Models = []string{t.Model}
		} else {
			facts.Others = slices.DeleteFunc(in.ModelsFor(d.Name()), func(name string) bool { return slices.Contains(facts.Models, name) })
		}
		lacks := d.Lacks()
		for _, c := range compilers.Constructs {
			lack, lacking := lacks[c.Name]
			how := "yes"
			switch {
			case lacking && lack.Partly:
				how = "partly"
			case lacking && lack.Approximate:
				how = "nearly"
			case lacking && lack.ByModel:
				how = "by data model"
			case lacking:
				how = "no"
			}
			facts.Says = append(facts.Says, saying{c.Name, c.Title, how, lack.Effect, lack.Message, lack.Hint})
		}
		out = append(out, facts)
	}
	return out
}

func showTargets(s *stdio.Streams, all []targetFacts, format string) error {
	if format == "json" {
		return s.WriteJSON(all)
	}
	rows := [][]string{{"target", "language", "package", "models"}}
	var dialects []targetFacts // one of each
	for _, t := range all {
		models := strings.Join(t.Models, ", ")
		if len(t.Others) > 0 {
			models += "; if named: " + strings.Join(t.Others, ", ")
		}
		rows = append(rows, []string{t.Name, t.Title, cmp.Or(t.Package, "-"), models})
		if !slices.ContainsFunc(dialects, func(other targetFacts) bool { return other.Dialect == t.Dialect }) {
			dialects = append(dialects, t)
		}
	}
	says := [][]string{{"construct"}}
	for _, d := range dialects {
		says[0] = append(says[0], d.Dialect)
	}
	for i, c := range compilers.Constructs {
		row := []string{string(c.Name)}
		for _, d := range dialects {
			row = append(row, d.Says[i].How)
		}
		says = append(says, append(row, c.Title))
	}
	says[0] = append(says[0], "what it is")
	err := table.Fit(s.Out, s.PageColumns(), rows)
	_, more := fmt.Fprintln(s.Out)
	err = errors.Join(err, more, table.Fit(s.Out, s.PageColumns(), says))
	_, more = fmt.Fprintln(s.Out, "\nnearly: a rule, or --allow-approximate, must accept what differs.\npartly: some forms of it, or some tests; others are refused.\nby data model: only with some data models of the language.\ndecree compile --explain CONSTRUCT says why, and what to do.")
	return errors.Join(err, more)
}
