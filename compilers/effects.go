package compilers

import (
	"slices"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Effects say what an approximation does to the rule's matches where a condition stands: as it is, the other way round
// below a negation, or both where it stands in both ways. An effect that is neither false positives nor false negatives
// stays.
func (p *Plan) Effects(effect string, n ir.Node) []string {
	opposite, turns := map[string]string{"false-positives": "false-negatives", "false-negatives": "false-positives"}[effect]
	if !turns {
		return []string{effect}
	}
	plain, negated := false, false
	look := func(at ir.Node) bool { return at == n }
	for _, root := range []ir.Node{p.Rule.Condition, p.Rule.Filter} {
		if root != nil {
			stands(root, false, look, &plain, &negated)
		}
	}
	switch {
	case plain && negated:
		return []string{effect, opposite}
	case negated:
		return []string{opposite}
	}
	return []string{effect}
}

// stands tells whether a condition occurs in a tree below an even number of negations, below an odd number, or both.
func stands(n ir.Node, turned bool, look func(ir.Node) bool, plain, negated *bool) {
	if look(n) {
		*plain, *negated = *plain || !turned, *negated || turned
	}
	if _, not := n.(*ir.Not); not {
		turned = !turned
	}
	if m, ok := n.(*ir.Match); ok {
		if t, array := m.Test.(*ir.Elements); array {
			stands(t.Body, turned != (t.Which == rules.NoElement), look, plain, negated)
		}
	}
	if p, ok := n.(*ir.Prevalence); ok && p.Among != nil && !onlyMany(p) {
		stands(p.Among, !turned, look, plain, negated)
	}
	for _, below := range ir.Children(n) {
		stands(below, turned, look, plain, negated)
	}
}

// Note notes what the query says otherwise, once for each code and effect.
func (p *Plan) Note(code, effect string, at diag.Range, message string) {
	if !slices.ContainsFunc(p.Notes, func(n Note) bool { return n.Code == code && n.Effect == effect }) {
		p.Notes = append(p.Notes, Note{Code: code, Effect: effect, Message: message, Range: at})
	}
}

// Require notes, once, what must be set up in the product; nothing if there is nothing to set up.
func (p *Plan) Require(what string, at diag.Range) {
	known := slices.ContainsFunc(p.Notes, func(n Note) bool { return n.Message == what })
	if what != "" && !known {
		p.Notes = append(p.Notes, Note{Code: "requires", Effect: "exact", Message: what, Range: at})
	}
}

// NoteOf notes what a condition is approximated by, with what that does where the condition stands.
func (p *Plan) NoteOf(n ir.Node, code, effect, message string) {
	for _, e := range p.Effects(effect, n) {
		p.Note(code, e, n.Range(), message)
	}
}
