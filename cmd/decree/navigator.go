package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/input"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/techniques"
	"decree/cmd/decree/internal/usage"
	"decree/compilers/pages/layers"
	"decree/rules/attack"
	"decree/rules/diag"
)

type navigatorParams struct {
	selection ruleset.Selection
	score     string
	name      string
	site      string
	gaps      string
	failGaps  bool
	out       string
	force     bool
	format    string
}

func newNavigator(s *stdio.Streams) *cobra.Command {
	var p navigatorParams
	cmd := &cobra.Command{
		Use:   "navigator [rule files, folders or names]",
		Short: "Show the ATT&CK techniques that rules detect, as a layer",
		Long: `Write which techniques of MITRE ATT&CK the rules detect, by their tags: as a
layer of ATT&CK Navigator (format 4.5), as a technique administration of
DeTT&CT, or as text.

Use it to see what is covered, and with --gaps what is not. A rule counts also
if a target refuses it; --score fidelity shows how many targets say the rules.

The list of --gaps has an id a line; # begins a comment. For it a rule of a
sub-technique covers its technique too, not the other way round; elsewhere each
counts for itself.`,
		Example: `  decree navigator --library -o layer.json
  decree navigator --library --score level --format text
  decree navigator tests/examples/rules --format dettect
  decree navigator --library --gaps tests/examples/techniques.txt -f text`,
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(layers.Scales(), p.score) {
				return usage.UnknownChoice("score", p.score, layers.Scales())
			}
			if p.failGaps && p.gaps == "" {
				return fmt.Errorf("--fail-on-gaps needs the techniques that must be covered: --gaps FILE")
			}
			if p.site != "" && !strings.HasPrefix(p.site, "https://") && !strings.HasPrefix(p.site, "http://") {
				return fmt.Errorf("--site %q is not an address: write one that begins with https://", p.site)
			}
			p.selection.Paths = args
			return navigator(s, p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.score, "score", layers.Scales()[0], "what the `SCORE` of a technique is: "+strings.Join(layers.Scales(), ", "))
	f.StringVar(&p.name, "name", "", "`NAME` of the layer (default: the project's title, or decree)")
	f.StringVar(&p.site, "site", "", "`URL` of the site that decree docs made: the layer links to its pages")
	f.StringVar(&p.gaps, "gaps", "", "mark the techniques of `FILE` that no rule detects")
	f.BoolVar(&p.failGaps, "fail-on-gaps", false, "with --gaps: exit with 1 if there is one")
	f.StringVarP(&p.out, "out", "o", "", "write to this `FILE`; it must not exist, except with --force")
	f.BoolVar(&p.force, "force", false, "overwrite the file of --out")
	usage.Complete(cmd, "score", layers.Scales)
	p.selection.AddTo(cmd)
	p.selection.CompleteArgs(cmd, 0)
	usage.AddFormat(cmd, &p.format, "layer", "dettect", "text")
	return cmd
}

func navigator(s *stdio.Streams, p navigatorParams) (err error) {
	to, err := output.Redirect(s, p.out, p.force)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Discard()) }()
	var wanted []attack.Technique
	if p.gaps != "" {
		file, err := os.Open(p.gaps)
		if err != nil {
			return err
		}
		defer file.Close()
		if wanted, err = layers.Wanted(file, p.gaps); err != nil {
			return err
		}
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	set, err := ruleset.Load(s, in, p.selection)
	if err != nil {
		return err
	}
	if err := input.NotAmong("out", p.out, append(set.OnDisk(), p.gaps)); err != nil {
		return err
	}
	scored, found, err := techniques.Rules(s, set, layers.Scale(p.score), p.site)
	if err != nil {
		return err
	}
	all := layers.ByTechnique(scored)
	gaps := layers.Gaps(wanted, all)
	text, err := techniques.Write(p.format, cmp.Or(p.name, in.Title, "decree"), all, layers.Scale(p.score), gaps)
	if err != nil {
		return err
	}
	if _, err := to.Out.Write(text); err != nil {
		return err
	}
	if err := to.Commit(); err != nil {
		return err
	}
	if p.out != "" {
		if _, err := fmt.Fprintf(s.Out, "%s written to %s\n", plural.Count(len(all), "technique"), diag.Visible(p.out)); err != nil {
			return err
		}
	}
	found = slices.Concat(found, techniques.Unknown(set), set.Found)
	set.Show(s, found)
	if p.gaps != "" {
		fmt.Fprintf(s.Err, "%d of %s without a rule\n", len(gaps), plural.Count(len(wanted), "technique"))
	}
	return exit.AfterFailure(p.failGaps && len(gaps) > 0, found)
}
