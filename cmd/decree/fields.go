package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/fieldmap"
	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/schema"
)

type fieldsParams struct {
	selection ruleset.Selection
	usedBy    bool
	logSource string
	with      []string
	models    []string
	modelFile string
	format    string
}

func newFields(s *stdio.Streams) *cobra.Command {
	var p fieldsParams
	cmd := &cobra.Command{
		Use:         "fields [log source]",
		Annotations: usage.ArgumentsAre("log sources"),
		Short:       "Show each field of a log source, and its column in each product",
		Long: `Show what data models have of a log source: each field of Sigma and each entity,
its column in the product, and where it is missing or held otherwise. The engine
and the compilers translate, so a rule is written with Sigma's fields.

Use it to see which fields a rule may test, and what a product lacks. Write the
product, the category and the service in any order. Without a log source it
lists the log sources and their tables; +3 stands for three more places of one
search, which --format json has. --used-by names the rules that read each field:
those of the project, or of --rules.`,
		Example: `  decree fields windows/process_creation
  decree fields --used-by -r tests/examples/rules windows/process_creation
  decree fields -m mde --with windows/file_rename windows/file_event
  decree fields --format json aws/cloudtrail`,
		RunE: func(_ *cobra.Command, args []string) error {
			p.logSource = strings.Join(args, "/")
			return fields(s, p)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return completeLogSources(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&p.models, "model", "m", nil, "data `MODELS` whose columns are shown, or all (default: the first of each target and of events)")
	f.StringVar(&p.modelFile, "model-file", "", "`FILE` of a data model; it may extend a shipped one")
	f.BoolVar(&p.usedBy, "used-by", false, "name the rules that read each field")
	f.StringSliceVarP(&p.selection.Paths, "rules", "r", nil, "with --used-by: rule `PATHS`, files, folders or names of rules (default: those of the project)")
	p.selection.CompleteRules(cmd)
	f.StringSliceVar(&p.with, "with", nil, "only fields that these `LOG SOURCES` have too: a rule of several may read those")
	usage.Complete(cmd, "with", completeLogSources)
	usage.Complete(cmd, "model", func() []string { return append(projectHere().ModelNames(), allModels) })
	p.selection.AddTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func fields(s *stdio.Streams, p fieldsParams) error {
	if len(p.with) > 0 && p.logSource == "" {
		return errors.New("--with needs a log source to compare with: decree fields lists them")
	}
	if p.usedBy && p.logSource == "" {
		return errors.New("--used-by needs a log source, such as windows/process_creation: decree fields lists them")
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	known, err := knownModels(in)
	if err != nil {
		return err
	}
	chosen, err := p.chosen(in, known)
	if err != nil {
		return err
	}
	known = slices.Concat(known, chosen)
	ls := rules.LogSource{}
	if p.logSource != "" {
		if ls, err = fieldmap.ParseLogSource(p.logSource, known); err != nil {
			return err
		}
	}
	if p.logSource == "" || fieldmap.Partial(ls, known) {
		return p.listLogSources(s, ls, known, chosen)
	}
	return p.showFields(s, in, ls, known, chosen)
}

// listLogSources lists the log sources of the chosen models, or of all known ones, of which ls is a part.
func (p *fieldsParams) listLogSources(s *stdio.Streams, ls rules.LogSource, known, chosen []*schema.Model) error {
	if len(chosen) == 0 {
		chosen = known
	}
	listed := fieldmap.List(ls, chosen)
	if p.format == "json" {
		return s.WriteJSON(listed)
	}
	return fieldmap.ShowList(s, listed)
}

// showFields shows the fields of one log source.
func (p *fieldsParams) showFields(s *stdio.Streams, in *project.Project, ls rules.LogSource, known, chosen []*schema.Model) error {
	if len(chosen) == 0 {
		var rest []string
		if chosen, rest = fieldmap.Preferred(ls, known); len(rest) > 0 {
			fmt.Fprintln(s.Err, table.Wrap(fmt.Sprintf("not shown: %s (--model all shows every model)", strings.Join(rest, ", ")), s.ProseColumns(), 2))
		}
	}
	used := map[string][]string{}
	found := diag.Diagnostics{}
	if p.usedBy {
		set, err := ruleset.Load(s, in, p.selection)
		if err != nil {
			return err
		}
		set.Show(s, set.Found)
		found = set.Found
		used = fieldmap.Used(ls, set)
	}
	m := fieldmap.New(ls, known, chosen, slices.Sorted(maps.Keys(used)))
	if len(m.Models) == 0 {
		return fmt.Errorf("no log source %q in %s: decree fields %[1]s shows the models that have it", p.logSource, strings.Join(p.models, ", "))
	}
	m.Mark(used)
	for _, name := range p.with {
		other, err := fieldmap.ParseLogSource(name, known)
		if err != nil {
			return err
		}
		m.Share(fieldmap.New(other, known, chosen, nil))
	}
	var err error
	if p.format == "json" {
		err = s.WriteJSON(m)
	} else {
		err = m.Show(s, p.usedBy)
	}
	return cmp.Or(err, exit.After(found))
}

// allModels is the name that stands for every model.
const allModels = "all"

// chosen gives the models that the user named, or else those that the project's targets name.
func (p *fieldsParams) chosen(in *project.Project, known []*schema.Model) ([]*schema.Model, error) {
	if slices.Contains(p.models, allModels) {
		return known, nil
	}
	names := p.models
	if len(names) == 0 && p.modelFile == "" {
		for _, t := range in.Targets {
			if t.Model != "" && !slices.Contains(names, t.Model) {
				names = append(names, t.Model)
			}
		}
	}
	var out []*schema.Model
	load := func(name, file string) error {
		m, err := models.Load(in, name, file)
		out = append(out, m)
		return err
	}
	for _, name := range names {
		if err := load(name, ""); err != nil {
			return nil, err
		}
	}
	if p.modelFile != "" {
		if err := load("", p.modelFile); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// knownModels gives the project's models and the shipped ones.
func knownModels(in *project.Project) ([]*schema.Model, error) {
	var all []*schema.Model
	for _, name := range in.ModelNames() {
		m, err := models.Load(in, name, "")
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// projectHere gives the project for completion, which shows nothing. A project file that cannot be used says nothing.
func projectHere() *project.Project {
	in, err := project.Open(&stdio.Streams{Out: io.Discard, Err: io.Discard})
	if err != nil {
		return &project.Project{}
	}
	return in
}

// completeLogSources names the log sources of all models.
func completeLogSources() []string {
	all, err := knownModels(projectHere())
	if err != nil {
		return nil
	}
	var names []string
	for _, one := range fieldmap.List(rules.LogSource{}, all) {
		if len(names) == 0 || names[len(names)-1] != one.LogSource {
			names = append(names, one.LogSource)
		}
	}
	return names
}
