// Package wording says in plain English what a rule asks of an event. In: a lowered rule or correlation. Out: a tree of
// phrases, for pages and for people who do not read the rule's language.
//
// What must stay true: the words say what the tree means, no more and no less. All values are there, and the texts of a
// rule stay apart from our own words, so that whoever shows them can quote them.
package wording

import (
	"fmt"
	"strings"

	"decree/rules/ir"
)

// Phrase is a part of a condition in words: a sentence, what it is about, and the phrases below it.
type Phrase struct {
	Name   string   // the rule's name for it, or ""
	Text   string   // our words, with names of fields
	Values []string // texts of the rule that follow the words, as they are
	List   string   // the rule's list that has exactly these values, or ""
	Parts  []Phrase
}

// Rule gives the condition of a rule, without the environment's filter.
func Rule(r *ir.Rule) Phrase { return Node(r.Condition) }

// Node gives a condition, or a part of one.
func Node(n ir.Node) Phrase {
	switch n := n.(type) {
	case *ir.And:
		return Phrase{Text: "all of these hold", Parts: nodes(n.Terms)}
	case *ir.Or:
		return Phrase{Text: "at least one of these holds", Parts: nodes(n.Terms)}
	case *ir.AtLeast:
		return Phrase{Text: fmt.Sprintf("at least %d of these hold", n.Count), Parts: nodes(n.Terms)}
	case *ir.Not:
		return not(n.Term)
	case *ir.Named:
		p := Node(n.Body)
		if p.Name != "" { // a name that means another name
			p = Phrase{Text: "this holds", Parts: []Phrase{p}}
		}
		p.Name = n.Name
		return p
	case *ir.Const:
		if n.Value {
			return Phrase{Text: "every event"}
		}
		return Phrase{Text: "no event"}
	case *ir.Match:
		return test(n.Field.String(), n.Test)
	case *ir.Keyword:
		return test("any value of the event", n.Test)
	case *ir.Prevalence:
		return prevalence(n)
	case *ir.Join:
		return join(n)
	case *ir.Occurred: // Correlation says which
		return Phrase{Text: fmt.Sprintf("input %d", n.Input)}
	}
	panic("wording: unknown node")
}

func nodes(all []ir.Node) []Phrase {
	out := make([]Phrase, len(all))
	for i, n := range all {
		out[i] = Node(n)
	}
	return out
}

// not is a negated condition. An event without the field satisfies it.
func not(n ir.Node) Phrase {
	p := Node(n)
	if p.Name != "" {
		return Phrase{Text: "this does not hold", Parts: []Phrase{p}}
	}
	switch n.(type) {
	case *ir.Or:
		p.Text = "none of these holds"
		return p
	case *ir.And:
		p.Text = "these do not all hold"
		return p
	}
	return Phrase{Text: "this does not hold", Parts: []Phrase{p}}
}

// String writes the phrase on one line, with its parts in parentheses.
func (p Phrase) String() string {
	text := p.Text
	if p.Name != "" {
		text = p.Name + ": " + text
	}
	switch {
	case p.List != "":
		text += " %" + p.List + "%"
	case len(p.Values) > 0:
		text += " " + strings.Join(p.Values, ", ")
	}
	if len(p.Parts) == 0 {
		return text
	}
	parts := make([]string, len(p.Parts))
	for i, below := range p.Parts {
		parts[i] = below.String()
	}
	return text + " (" + strings.Join(parts, "; ") + ")"
}

// Negated tells which tests of a condition count only where they do not hold: those below an odd number of negations.
// Its keys are leaves.
func Negated(n ir.Node) map[ir.Node]bool {
	out := map[ir.Node]bool{}
	var visit func(ir.Node, bool)
	visit = func(n ir.Node, negated bool) {
		children := ir.Children(n)
		if len(children) == 0 && negated {
			out[n] = true
		}
		_, not := n.(*ir.Not)
		for _, below := range children {
			visit(below, negated != not)
		}
	}
	visit(n, false)
	return out
}
