package engine

import (
	"fmt"
	"slices"
	"strings"

	"decree/engine/condition"
	"decree/engine/document"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/engine/rarity"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/rules/wording"
)

// Explainer tells why a rule did or did not match chosen events. It needs every event, since
// ancestors and rarity depend on other events.
type Explainer struct {
	e      *Engine
	chosen []event.Input
}

// Explanation is why a rule did or did not match one event.
type Explanation struct {
	EventID string `json:"event_id"`
	Source  string `json:"source"`
	Line    int    `json:"line"`
	Matched bool   `json:"matched"`
	// its regular expressions take too many steps, which is not a match
	Unknown bool `json:"unknown,omitempty"`
	// why the rule is not run on the event: it was suspended before
	Suspended string `json:"suspended,omitempty"`
	// the model's name for the log the event is of; "" if not one of the rule's
	LogSource string `json:"log_source,omitempty"`
	// if LogSource is "": why the event is not from each of the rule's
	OtherLog []string `json:"other_log,omitempty"`
	// other logs of the rule's log source, whose events are none of the rule's
	NotAsked   []NotAsked `json:"not_asked,omitempty"`
	InLookback bool       `json:"in_lookback"`
	// the alert for which the match does not alert; nil if it does
	Suppressed *Suppressed        `json:"suppressed_by,omitempty"`
	Facts      []event.Fact       `json:"facts,omitempty"`
	Names      []string           `json:"names,omitempty"` // names of the condition that were true
	Condition  *Step              `json:"condition,omitempty"`
	Filter     *Step              `json:"filter,omitempty"`
	Ancestors  []lineage.Ancestor `json:"ancestors,omitempty"`
	Prevalence []rarity.Figure    `json:"prevalence,omitempty"`
	Joins      []Joined           `json:"joins,omitempty"` // what the rule's joins found, or that they found nothing
	Expr       string             `json:"expr,omitempty"`  // the program that decided
	Atoms      []string           `json:"atoms,omitempty"` // what its numbers mean
}

// Step is a part of a condition with its truth on the event.
type Step struct {
	Text    string   `json:"text"`
	Holds   bool     `json:"holds"`
	Unknown bool     `json:"unknown,omitempty"` // its regular expressions take too many steps
	Value   string   `json:"value,omitempty"`   // of a predicate: what the event has
	Texts   []string `json:"-"`                 // the same as texts; nil if there is none
	From    string   `json:"from,omitempty"`    // where that was read, if not on the event itself
	Steps   []Step   `json:"steps,omitempty"`
}

// NewExplainer compiles one rule.
func NewExplainer(r *ir.Rule, opt Options) (*Explainer, diag.Diagnostics) {
	opt.exhaustive, opt.explains = true, true
	e, found := New([]*ir.Rule{r}, opt)
	if e == nil || len(e.rules) == 0 {
		return nil, found
	}
	// every process and every event of the log source is needed for what is shown
	return &Explainer{e: e}, found
}

// Add gives an event; a chosen one is explained at the end.
func (x *Explainer) Add(ev *event.Event, chosen bool) error {
	order := x.e.order
	if err := x.e.Add(ev); err != nil {
		return err
	}
	if chosen {
		x.chosen = append(x.chosen, event.Input{Origin: event.Origin{Source: ev.Source, Line: ev.Line, Order: order}, Content: event.TextContent(slices.Clone(ev.Raw))})
	}
	return nil
}

// Finish explains the chosen events, in the order they came.
func (x *Explainer) Finish() ([]Explanation, Stats, error) {
	_, stats, err := x.e.Finish()
	if err != nil {
		return nil, stats, err
	}
	var out []Explanation
	for _, in := range x.chosen {
		one, err := x.explain(in)
		if err != nil {
			return nil, stats, fmt.Errorf("%s: %w", in.Origin, err)
		}
		out = append(out, one)
	}
	return out, stats, nil
}

func (x *Explainer) explain(in event.Input) (Explanation, error) {
	m := x.e.main
	out := Explanation{Source: in.Source, Line: in.Line, NotAsked: slices.DeleteFunc(x.e.NotAsked(), func(n NotAsked) bool { return n.Rule != x.e.rules[0].ir })}
	if err := m.loadLate(in); err != nil {
		return out, err
	}
	m.names = namesBelow(in.Content.JSON())
	out.EventID = m.id()
	u, matched, unknown, err := x.shownUnit()
	out.Unknown = unknown
	if err == nil && u == nil {
		out.OtherLog = m.otherLog()
	}
	if err != nil || u == nil {
		return out, err
	}
	s := x.e.sources[u.source]
	out.LogSource, out.InLookback = s.Name, m.inWindow(u)
	out.Facts = m.facts(s)
	if u.backtracks && u.rule.suspension != nil && u.rule.isSuspended(in.Order) && !out.Unknown {
		out.Suspended = u.rule.suspension.Describe()
	}
	out.Matched = matched && out.InLookback && out.Suspended == ""
	if by, ok := x.e.explained[in.Order]; ok {
		out.Suppressed = &by
	}
	out.Names = m.trueNames(u)
	condition, tree := u.rule.ir.Condition, u.tree
	if u.filter != nil {
		filter := m.step(u.filter, tree.Terms[1], s)
		out.Filter, tree = &filter, tree.Terms[0]
	}
	step := m.step(condition, tree, s)
	out.Condition = &step
	out.Ancestors, out.Joins = m.ancestors(u, s), m.joinedBy(u)
	for _, p := range u.rule.rare {
		if f, ok := m.figure(p); ok {
			out.Prevalence = append(out.Prevalence, f)
		}
	}
	out.Atoms = x.calls()
	out.Expr, err = u.program.Text()
	return out, err
}

// shownUnit runs the rule on the current event in each source that the event is of. It gives one in which it matches,
// else the first, and none where the event is of no source of the rule. unknown is true if an expression took too many
// steps.
func (x *Explainer) shownUnit() (u *unit, matched, unknown bool, err error) {
	m := x.e.main
	for _, one := range x.e.units {
		if matched || one.rare != nil || one.rule.order > 0 || !slices.Contains(m.route.Of, one.source) {
			continue
		}
		holds, err := m.run(one)
		if err != nil {
			return nil, false, unknown, err
		}
		unknown = unknown || m.atoms.Usage.Exceeded
		if u == nil || holds {
			u, matched = one, holds
		}
	}
	return u, matched, unknown, nil
}

// calls says what each call of the rule's expr program asks.
func (x *Explainer) calls() (out []string) {
	for i := range x.e.atoms.All() {
		out = append(out, fmt.Sprintf("atom(%d): %s", i, x.e.atoms.Describe(i)))
	}
	for i, p := range x.e.populations {
		out = append(out, fmt.Sprintf("rare(%d): prevalence %s", i, p.Condition().Name))
	}
	for i, j := range x.e.joins {
		out = append(out, fmt.Sprintf("joined(%d): join %s", i, j.node.Name))
	}
	for i, t := range x.e.programs.Groups() {
		out = append(out, fmt.Sprintf("atleast(%d): %d of %d parts", i, t.N, len(t.Terms)))
	}
	return out
}

// step explains a node by the term that was built from it.
func (m *matcher) step(n ir.Node, t *condition.Term, s *source) Step {
	m.atoms.Ask()
	out := Step{Holds: m.program.Truth(t)}
	if m.atoms.Usage.Exceeded {
		out.Holds, out.Unknown = false, true
	}
	switch n := n.(type) {
	case *ir.Named:
		out.Text = n.Name
	case *ir.Keyword:
		out.Text = "any value " + ir.Describe(n.Test)
	case *ir.Prevalence:
		out.Text = "prevalence " + n.Name
		if t.Op != condition.Rare {
			out.Value = m.lacks(n, s)
		} else if f, ok := m.figure(m.p.populations[t.N]); ok {
			out.Value = f.Describe()
		} else {
			out.Value = m.p.populations[t.N].Uncounted(counted{m})
		}
	case *ir.Join:
		out.Text = kindOf(n) + " " + n.Name + ": " + wording.Node(n).String()
		if out.Value = m.lacks(n, s); t.Op == condition.Joined {
			out.Value = m.found(t.N, s).Describe()
		}
	case *ir.Match:
		out.Text = n.Field.String() + " " + ir.Describe(n.Test)
		if of, ok := n.Test.(*ir.Elements); ok && t.Op == condition.Atom {
			m.examine(&out, n.Field, of, t)
		} else {
			out.Value, out.From, out.Texts = m.actual(n.Field, n.Test, t, s)
		}
	default:
		out.Text = groupText(n)
	}
	for i, child := range ir.Children(n) {
		out.Steps = append(out.Steps, m.step(child, t.Terms[i], s))
	}
	return out
}

// lacks says why a prevalence condition or a join does not hold in a log source that lacks a field for it.
func (m *matcher) lacks(n ir.Node, s *source) string {
	f, _ := m.p.opt.Model.Lacks(s.Source, n)
	return fmt.Sprintf("missing: the data model has no column for %s here", f)
}

// actual is what the event, or an ancestor's event, has in a field.
func (m *matcher) actual(f ir.Field, test ir.Test, t *condition.Term, s *source) (value, from string, texts []string) {
	if t.Op != condition.Atom {
		return m.actualOf(t.Terms, f, test, s)
	}
	a := m.p.atoms.All()[t.N]
	if !a.Ancestor {
		slot := m.doc.Slot(a.Slot)
		value = shown(slot)
		columns := m.p.layout.Describe(a.Slot)
		if !slot.Present && columns != f.Name {
			value = "missing: no " + columns
		}
		if !slot.Present {
			value += m.misspelt(columns, s)
			if told, _, known := m.above.Field(f); f.Level == 1 && known {
				value += fmt.Sprintf(" (the parent's own creation has %q, but the event must have it: queries read the event)", told)
			}
		}
		if a.Other >= 0 {
			value += ", the other " + shown(m.doc.Slot(a.Other))
		}
		return value, "", cloned(slot.Texts)
	}
	texts, ok := m.ancestor(f)
	if !ok {
		return "unknown", "no creation event tells it", nil
	}
	if !s.lineage.Carries(m.doc, f) {
		_, from, _ = m.above.Field(f)
	}
	return quoteAll(texts), from, cloned(texts)
}

// actualOf is what the event has in the columns that a model spreads a field over: of the first that is there.
func (m *matcher) actualOf(columns []*condition.Term, f ir.Field, test ir.Test, s *source) (value, from string, texts []string) {
	const missing = "missing"
	value = missing + ": the data model has no column for it here"
	for _, t := range columns {
		if value, from, texts = m.actual(f, test, t, s); !strings.HasPrefix(value, missing) {
			break
		}
	}
	return value, from, texts
}

// cloned copies texts out of the document's memory, which is used again.
func cloned(texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, strings.Clone(t))
	}
	return out
}

func shown(v *document.Value) string {
	switch {
	case !v.Present:
		return "missing"
	case len(v.Texts) == 0:
		return "present, a list or an object, which has no text of its own: test field.key, or field[any] with sigma-version: 3"
	}
	return quoteAll(v.Texts)
}

func quoteAll(texts []string) string {
	parts := make([]string, len(texts))
	for i, t := range texts {
		parts[i] = fmt.Sprintf("%q", t)
	}
	return strings.Join(parts, ", ")
}

// EventID gives the id that results show for an event.
func EventID(m *schema.Model, ev *event.Event) string {
	for _, column := range m.ID {
		if v, ok := ev.Lookup(column); ok && v != nil {
			return event.Text(v)
		}
	}
	return ""
}
