package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
	"decree/rules/schema"
)

type explainParams struct {
	evaluation
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
		Short: "Say why a rule did or did not match an event",
		Long: "Show the condition of a rule as a tree, with what each part came to on one event and what the event has;\n" +
			"the ancestors that were found, and where; and how rare its value is. All events of the files are read,\n" +
			"since ancestors and rarity are about others: choose the one with --event or --line.\n" +
			"Of a correlation, show what its inputs found, and of each group the window that matched or came nearest.",
		Example: "  decree explain my_rule.yml one_event.json\n  decree explain --model mde --event 1038 my_rule.yml export.ndjson.gz\n  decree explain --expr --line 3 my_rule.yml events.ndjson\n  decree explain --model windows my_correlation.yml logons.ndjson",
		Args:    usage.Arguments(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := usage.InBounds(cmd, usage.Bound{Flag: "line", Value: float64(p.line), Least: 1}); err != nil {
				return err
			}
			p.rule, p.events = args[0], args[1:]
			return explain(s, p)
		},
	}
	p.addTo(cmd)
	f := cmd.Flags()
	f.StringVarP(&p.eventID, "event", "e", "", "id of the event, as results show it")
	f.IntVar(&p.line, "line", 0, "line of the event in its file")
	f.BoolVar(&p.expr, "expr", false, "show the compiled expr program and what its numbers mean")
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func explain(s *stdio.Streams, p explainParams) error {
	set, err := ruleset.Load(s, []string{p.rule}, p.filters)
	if err != nil {
		return err
	}
	set.Show(s, set.Found)
	if err := exit.After(set.Found, false); err != nil {
		return err
	}
	if len(set.Correlations) > 0 {
		return explainCorrelations(s, set, p)
	}
	if len(set.Rules) != 1 {
		return fmt.Errorf("%s has %d rules; explain one", p.rule, len(set.Rules))
	}
	opt, err := p.options()
	if err != nil {
		return err
	}
	x, found := engine.NewExplainer(set.Rules[0].IR, opt)
	set.Show(s, found)
	if x == nil {
		return exit.ErrFindings
	}
	files := event.Expand(p.events)
	if err := errors.Join(files.Errs...); err != nil {
		return err
	}
	given := 0
	for _, file := range files.Paths {
		n, err := p.read(s, file, opt.Model, x)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		given += n
	}
	explanations, _, err := x.Finish()
	if err != nil {
		return err
	}
	switch {
	case len(explanations) == 0 && p.eventID == "" && p.line == 0:
		return errors.New("there is no event to explain")
	case len(explanations) == 0:
		return fmt.Errorf("none of the %d events is the one asked for: `decree run` shows the id and the line of each match", given)
	case p.eventID == "" && p.line == 0 && given > 1:
		return fmt.Errorf("there are %d events: choose one with --event ID or --line N", given)
	}
	if !p.expr {
		for i := range explanations {
			explanations[i].Expr, explanations[i].Atoms = "", nil
		}
	}
	if p.format == "json" {
		return s.WriteJSON(explanations)
	}
	for _, e := range explanations {
		printExplanation(s, set.Rules[0].IR.Source.Title, e)
	}
	return nil
}

// openTelling opens a file, and tells of each line that is rejected.
func openTelling(s *stdio.Streams, file string) (*event.Reader, error) {
	return event.Open(file, event.Options{Stdin: s.In, OnReject: func(j event.Reject) {
		fmt.Fprintf(s.Err, "rejected %s:%d: %s\n", diag.Visible(j.Source), j.Line, diag.Visible(j.Reason))
	}})
}

// read gives the explainer a file's events and says how many there were.
func (p explainParams) read(s *stdio.Streams, file string, m *schema.Model, x *engine.Explainer) (n int, err error) {
	r, err := openTelling(s, file)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
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

// chooses tells whether an event is the one asked about. Without a choice it is the first.
func (p explainParams) chooses(m *schema.Model, ev *event.Event, nth int) bool {
	if p.eventID == "" && p.line == 0 {
		return nth == 1
	}
	return (p.eventID == "" || engine.EventID(m, ev) == p.eventID) && (p.line == 0 || ev.Line == p.line)
}

func printExplanation(s *stdio.Streams, title string, e engine.Explanation) {
	verdict := "does not match"
	switch {
	case e.Matched:
		verdict = "matches"
	case e.Unknown:
		verdict = "is suspended, since its regular expressions take too many steps, at"
	}
	fmt.Fprintf(s.Out, "%s %s %s\n", diag.FirstVisible(title), verdict, position.Event(e.EventID, e.Source, e.Line))
	if e.LogSource == "" {
		fmt.Fprintln(s.Out, "  the event is not of the rule's log source")
		printNotAsked(s, e)
		return
	}
	fmt.Fprintf(s.Out, "  log source: %s\n", diag.Visible(e.LogSource))
	printNotAsked(s, e)
	if e.Suspended != "" {
		fmt.Fprintf(s.Out, "  %s\n", diag.Visible(e.Suspended))
	}
	if !e.InLookback {
		fmt.Fprintln(s.Out, "  the event is outside the rule's lookback")
	}
	for _, f := range e.Facts {
		fmt.Fprintf(s.Out, "  %s: %s\n", diag.Visible(f.Name), diag.Visible(f.Value))
	}
	fmt.Fprintln(s.Out)
	printStep(s, *e.Condition, 0)
	if e.Filter != nil {
		fmt.Fprintln(s.Out, "the environment's filter, all of which must hold:")
		printStep(s, *e.Filter, 1)
	}
	if len(e.Ancestors)+len(e.Prevalence) > 0 {
		fmt.Fprintln(s.Out)
	}
	for _, a := range e.Ancestors {
		fmt.Fprintf(s.Out, "ancestor %d: %s (%s)\n", a.Level, diag.Visible(a.Describe()), a.From)
	}
	for _, f := range e.Prevalence {
		fmt.Fprintf(s.Out, "prevalence %s\n", diag.Visible(f.Describe()))
	}
	if e.Expr != "" {
		fmt.Fprintf(s.Out, "\nexpr: %s\n", diag.Visible(e.Expr))
		for _, a := range e.Atoms {
			fmt.Fprintf(s.Out, "  %s\n", diag.Visible(a))
		}
	}
}

func printNotAsked(s *stdio.Streams, e engine.Explanation) {
	for _, n := range e.NotAsked {
		fmt.Fprintf(s.Out, "  not asked: %s, whose events have no %s, by which the rule excludes\n", diag.Visible(n.LogSource), diag.Visible(n.Field))
	}
}

var marks = map[bool]string{true: "\x1b[32m✓\x1b[0m", false: "\x1b[31m✗\x1b[0m"}

func printStep(s *stdio.Streams, step engine.Step, depth int) {
	mark := "✗"
	if step.Holds {
		mark = "✓"
	}
	if s.OutTerminal {
		mark = marks[step.Holds]
	}
	if step.Unknown {
		mark = "?"
	}
	line := strings.Repeat("  ", depth) + mark + " " + diag.Visible(step.Text)
	if step.Value != "" {
		line += "   ← " + diag.Visible(step.Value)
	}
	if step.From != "" {
		line += " (" + diag.Visible(step.From) + ")"
	}
	fmt.Fprintln(s.Out, line)
	for _, below := range step.Steps {
		printStep(s, below, depth+1)
	}
}
