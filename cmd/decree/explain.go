package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/evaluation"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/explanation"
	"decree/cmd/decree/internal/input"
	"decree/cmd/decree/internal/nearmiss"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/rules/source"
)

type explainParams struct {
	evaluation.Flags
	filters ruleset.Filters
	lists   ruleset.Lists
	rule    string
	events  []string
	eventID string
	line    int
	expr    bool
	format  string
}

func newExplain(s *stdio.Streams) *cobra.Command {
	var p explainParams
	cmd := &cobra.Command{
		Use:   "explain RULE EVENTS...",
		Short: "Show why a rule did or did not match an event",
		Long: `Show the condition of a rule as a tree: the result of each part on one event,
and the value that the event has. Ancestors and rarity are shown too.

Use it when a rule matches too much or too little. Choose the event with --event
or --line. decree reads all events, because ancestors and rarity depend on other
events. For a correlation it shows what the inputs found, and for each group the
window that matched or came nearest.

RULE is a file with one rule, or the name, id or title of a rule of the project.
Without a project it is one that decree ships.

The content of the files decides their data model, unless --model names it. All
must have the same. Folders and zip archives are read as by decree run.

The exit code is 2 if an input could not be read, or if most lines of it are not
events, and 1 if the rule is suspended, as that of decree run.`,
		Example: `  decree explain --line 2 tests/examples/rules/remote_script.yml \
    tests/examples/events/processes.ndjson
  decree explain tests/examples/rules/password_guessing.yml \
    tests/examples/events/logons.ndjson`,
		Args: usage.Arguments(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := usage.InBounds(cmd, usage.Bound{Flag: "line", Value: float64(p.line), Least: 1}); err != nil {
				return err
			}
			if !source.IsYAML(args[0]) && slices.ContainsFunc(args[1:], source.IsYAML) {
				return fmt.Errorf("the rule comes first, and then the events: %s is not a rule file (.yml)", args[0])
			}
			p.rule, p.events = args[0], args[1:]
			return explain(s, p)
		},
	}
	p.AddTo(cmd)
	p.filters.AddTo(cmd)
	p.lists.AddTo(cmd)
	ruleset.CompleteRule(cmd)
	f := cmd.Flags()
	f.StringVarP(&p.eventID, "event", "e", "", "`ID` of the event, as results show it")
	f.IntVar(&p.line, "line", 0, "line `N` of the event in its file")
	f.BoolVar(&p.expr, "expr", false, "show the compiled program and what its numbers mean")
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func explain(s *stdio.Streams, p explainParams) error {
	set, err := ruleset.LoadOne(s, p.rule, p.filters, p.lists)
	if err != nil {
		return err
	}
	if len(set.Correlations) > 0 {
		return explainCorrelations(s, set, p)
	}
	rules := set.Whole() // a rule that is only joined is a part of the one that joins it
	if len(rules) != 1 {
		return fmt.Errorf("%s is %d rules: choose one by a file, or in a project by a name, id or title, that no other has: %s", p.rule, len(rules), placesOf(rules))
	}
	in, opt, err := p.open(s, set.Project)
	if err != nil {
		return err
	}
	x, found := engine.NewExplainer(rules[0].IR, opt)
	set.Show(s, found)
	if x == nil {
		return exit.ErrFindings
	}
	given := 0
	err = in.Each(func(r *event.Reader, file string) error {
		n, err := p.read(r, opt.Model, x)
		given += n
		in.Judge(file, r)
		return err
	})
	if err != nil {
		return err
	}
	explanations, _, err := x.Finish()
	if err != nil {
		return err
	}
	if err := p.checkChosen(given, len(explanations)); err != nil {
		return err
	}
	if !p.expr {
		for i := range explanations {
			explanations[i].Expr, explanations[i].Atoms = "", nil
		}
	}
	undecided := slices.ContainsFunc(explanations, func(e engine.Explanation) bool { return e.Unknown || e.Suspended != "" })
	if p.format == "json" {
		return cmp.Or(s.WriteJSON(explanations), ended(in, undecided))
	}
	for _, e := range explanations {
		explanation.Print(s, rules[0].IR.Source.Title, e)
	}
	return ended(in, undecided)
}

// ended ends the command as `decree run` ends if an input could not be read, if most lines of it are not events, or if
// a rule was suspended.
func ended(in *input.Explained, suspended bool) error {
	switch {
	case in.Unreadable():
		return exit.ErrUnreadable
	case suspended:
		return exit.ErrFindings
	}
	return nil
}

// checkChosen refuses to explain none of the given events, and all of several.
func (p explainParams) checkChosen(given, chosen int) error {
	var asked []string
	if p.eventID != "" {
		asked = append(asked, fmt.Sprintf("the id %q", p.eventID))
	}
	if p.line != 0 {
		asked = append(asked, fmt.Sprintf("line %d", p.line))
	}
	switch {
	case chosen == 0 && len(asked) == 0:
		return errors.New("no events to explain")
	case chosen == 0:
		return fmt.Errorf("none of %s has %s: `decree run` shows the id and the line of each match", plural.Count(given, "event"), strings.Join(asked, " and "))
	case given > 1 && len(asked) == 0:
		return fmt.Errorf("%d events: choose one with --event ID or --line N", given)
	}
	return nil
}

// open finds the event files, and the one data model that they have.
func (p explainParams) open(s *stdio.Streams, ours *project.Project) (in *input.Explained, opt engine.Options, err error) {
	if opt, err = p.Options(ours); err != nil {
		return nil, opt, err
	}
	given, choice, err := p.Models(ours)
	if err != nil {
		return nil, opt, err
	}
	if in, err = input.Explain(s, p.events, given == nil, choice.Signs()); err != nil {
		return nil, opt, err
	}
	if opt.Model = given; given == nil {
		opt.Model, err = choice.Load(in.Model)
	}
	return in, opt, err
}

// read gives the explainer the events of a file, and returns their number.
func (p explainParams) read(r *event.Reader, m *schema.Model, x *engine.Explainer) (n int, err error) {
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		n++
		if err := x.Add(ev, p.chooses(m, ev, n)); err != nil {
			return n, err
		}
	}
}

// chooses tells whether the user asked about this event. By default it is the first.
func (p explainParams) chooses(m *schema.Model, ev *event.Event, nth int) bool {
	if p.eventID == "" && p.line == 0 {
		return nth == 1
	}
	return (p.eventID == "" || engine.EventID(m, ev) == p.eventID) && (p.line == 0 || ev.Line == p.line)
}

// explainCorrelations shows how near the correlations of a set came to a match. No single event decides that.
func explainCorrelations(s *stdio.Streams, set *ruleset.Set, p explainParams) error {
	if p.eventID != "" || p.line != 0 || p.expr {
		return fmt.Errorf("%s has a correlation, which needs several events: leave out --event, --line and --expr", p.rule)
	}
	in, opt, err := p.open(s, set.Project)
	if err != nil {
		return err
	}
	opt.Correlations, opt.Observe = set.LoweredCorrelations(), true
	rs := make([]*ir.Rule, len(set.Rules))
	for i, r := range set.Rules {
		rs[i] = r.IR
	}
	e, found := engine.New(rs, opt)
	set.Show(s, found)
	if found.HasErrors() {
		return exit.ErrFindings
	}
	err = in.Each(func(r *event.Reader, file string) error {
		defer in.Judge(file, r)
		return e.Run(r, file, 1, func(int) {})
	})
	if err != nil {
		return err
	}
	_, stats, err := e.Finish()
	if err != nil {
		return err
	}
	if stats.Events == 0 {
		return errors.New("no events to explain")
	}
	if stats.Timeless > 0 {
		fmt.Fprintf(s.Err, "warning: %s without a readable time; correlations and joins do not count them\n", plural.Count(stats.Timeless, "match"))
	}
	for _, suspended := range stats.Suspended {
		fmt.Fprintf(s.Err, "error: %s\n", diag.Visible(suspended.Describe()))
	}
	all := e.Progress()
	if p.format == "json" {
		return cmp.Or(s.WriteJSON(all), ended(in, len(stats.Suspended) > 0))
	}
	for i := len(all) - 1; i >= 0; i-- { // inputs are shown below the correlations that read them
		nearmiss.Print(s, all[i])
	}
	return ended(in, len(stats.Suspended) > 0)
}
