package compilers

import "decree/rules/ir"

// Effects say what an approximation does to the rule's matches where a condition stands: as it is, the other way round below a negation,
// or both where it stands in both ways. An effect that is neither false positives nor false negatives stays.
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

// stands tells how a condition stands in a tree: below an even number of negations, below an odd one, or in both ways.
func stands(n ir.Node, turned bool, look func(ir.Node) bool, plain, negated *bool) {
	if look(n) {
		*plain, *negated = *plain || !turned, *negated || turned
	}
	if _, not := n.(*ir.Not); not {
		turned = !turned
	}
	for _, below := range ir.Children(n) {
		stands(below, turned, look, plain, negated)
	}
}
