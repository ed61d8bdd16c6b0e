package compilers

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/ir"
)

// lostHashes is the gap of a list of hashes if some of the algorithms have no column.
const lostHashes = "lost-hashes"

// hashes handles a list of hashes in a product with a column for each algorithm. If the loss is accepted, it keeps the
// hashes that have a column. If nothing is lost, or nothing would be left, it keeps all.
func (c *checker) hashes(n *ir.Match, own ir.Node) ir.Node {
	or, isOr := own.(*ir.Or)
	if n.Field.Name != "Hashes" || !isOr {
		return own
	}
	var kept []ir.Node
	var lost []string
	left, all := 0, 0
	for _, term := range or.Terms {
		m, plain := term.(*ir.Match)
		if !plain {
			return own
		}
		text, plain := m.Test.(*ir.Text)
		if !plain {
			return own
		}
		all += len(text.Values)
		if c.opt.Model.Reaches(c.plan.Source, m.Field, m.Test) {
			kept = append(kept, term)
			left += len(text.Values)
		} else {
			lost = append(lost, m.Field.Name)
		}
	}
	if len(kept) == 0 || len(lost) == 0 {
		return own
	}
	slices.Sort(lost)
	what := fmt.Sprintf("data model %s has no column for %s: the query searches for %d of %d hashes", c.opt.Model.Name, strings.Join(lost, " and "), left, all)
	if !c.accepted(lostHashes) {
		c.report(lostHashes, n.Range(), AcceptHint(c.dialect, lostHashes), what)
	} else if c.first(lostHashes, n.Range()) {
		effect := "false-negatives"
		if c.negated[n] {
			effect = "false-positives"
		}
		c.plan.Notes = append(c.plan.Notes, Note{Code: lostHashes, Effect: effect, Message: what, Range: n.Range()})
	}
	if len(kept) == 1 {
		return kept[0]
	}
	return &ir.Or{Base: or.Base, Terms: kept}
}
