package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/catalogue"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/ruletests"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/techniques"
	"decree/cmd/decree/internal/usage"
	"decree/compilers/packages/formats"
	"decree/rules/diag"
)

type docsParams struct {
	selection ruleset.Selection
	targets   []string
	out       string
	markdown  bool
	mutate    bool
	force     bool
}

func newDocs(s *stdio.Streams) *cobra.Command {
	var p docsParams
	cmd := &cobra.Command{
		Use:   "docs [rule files, folders or names]",
		Short: "Write a catalogue: a page for every detection",
		Long: `Write a static site with a page for every detection: what it finds and why, its
condition in words, its queries with what differs from the rule, its packages,
its tests as examples, and its history. There are an index with search and
filters, the ATT&CK matrix, and the coverage by log source. With --since a page
says what changed. The site needs no server: open index.html in its folder.

Use it to show people which detections there are. Without paths it documents the
project; its title and its links come from decree.yml.`,
		Example: `  decree docs -o site tests/examples/rules
  decree docs --markdown -o wiki --library`,
		RunE: func(_ *cobra.Command, args []string) error {
			p.selection.Paths = args
			return docs(s, p)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&p.out, "out", "o", "", "output `DIR` (default: site, in the folder of decree.yml); decree replaces only its own files there")
	f.StringSliceVarP(&p.targets, "target", "t", nil, "`TARGETS` whose queries are shown (default: those of the project, or all)")
	f.BoolVar(&p.markdown, "markdown", false, "write Markdown, for a repository or a wiki")
	f.BoolVar(&p.mutate, "mutate", false, "measure the mutation score of the tests, which takes time")
	usage.AddForce(cmd, &p.force, "")
	usage.Complete(cmd, "target", func() []string { return targets.Names(projectHere().Targets) })
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	f.Lookup("since").Usage = "add a page of what changed since the git revision `REV`"
	return cmd
}

func docs(s *stdio.Streams, p docsParams) error {
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	p.out = cmp.Or(p.out, in.Beside("site"))
	since := p.selection.Since
	p.selection.Since = "" // the catalogue has all rules
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	chosen, err := targets.Choose(in.Targets, p.targets)
	if err != nil {
		return err
	}
	parts := catalogue.Parts{Set: set, Mutate: p.mutate, Since: since}
	if parts.Queries, err = queries.Compile(set, chosen, queries.Options{}); err != nil {
		return err
	}
	if parts.Packages, err = documentedPackages(set, in, chosen); err != nil {
		return err
	}
	parts.Tests = ruletests.Load(set, nil)
	parts.Outcomes = parts.Tests.Run()
	found := slices.Concat(set.Found, parts.Tests.Found, techniques.Unknown(set))
	findings.ShowFew(s, set.Show, found.Distinct(), "more of what is shown above")
	if len(set.Whole()) == 0 { // all have errors: a catalogue that is there stays
		fmt.Fprintln(s.Err, "no detections to document: nothing is written")
		return exit.AfterFailure(true, found)
	}
	form := catalogue.Site
	if p.markdown {
		form = catalogue.Markdown
	}
	files, err := catalogue.Files(s, parts, form)
	if err != nil {
		return err
	}
	tellAmongRules(s, in, p.out)
	removed, err := output.WriteFolder(p.out, removable(s, set, p.out, output.Everywhere), files, p.force)
	if err != nil {
		return err
	}
	folderWritten{dir: p.out, files: len(files), removed: removed}.tellRemoved(s, in, &p.selection)
	fmt.Fprintf(s.Out, "%s documented in %s\n", plural.Count(len(set.Whole()), "detection"), diag.Visible(p.out))
	return exit.After(found)
}

// documentedPackages makes the packages that a catalogue has: those of the project's targets, or outside of a project
// those of every format.
func documentedPackages(set *ruleset.Set, in *project.Project, chosen []targets.Target) (packaging.Made, error) {
	if len(in.Targets) == 0 {
		var err error
		if chosen, err = targets.ChoosePackages(nil, formats.Names()); err != nil {
			return packaging.Made{}, err
		}
	}
	return packages(set, chosen, queries.Options{})
}
