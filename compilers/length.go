package compilers

import (
	"fmt"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// LongQuery is the code of the note about a long query. The query is exact, but cannot be deployed as a scheduled rule.
const LongQuery = "long-query"

// TooLong notes that a query, without its comments, has more characters than the product allows in a scheduled rule.
func TooLong(m *schema.Model, text string, at diag.Range) []Note {
	length := utf8.RuneCountInString(text)
	if m.Longest == 0 || length <= m.Longest {
		return nil
	}
	return []Note{{Code: LongQuery, Effect: "exact", Range: at,
		Message: fmt.Sprintf("the query has %d characters, but a scheduled rule may have at most %d: compile with --lists apart, or split the rule", length, m.Longest)}}
}

// ManyValues is the code of the note about more values than the product may take in a query.
const ManyValues = "many-values"

// noteManyValues notes that a query has more values among its conditions than its product may take. Of several sources
// the one with the most counts: their conditions may be the same, and stand in the query once.
func noteManyValues(plans []*Plan, m *schema.Model) {
	if m.MostValues == 0 {
		return
	}
	values := 0
	for _, p := range plans {
		n := 0
		for _, c := range p.Conditions() {
			n += p.values(c)
		}
		values = max(values, n)
	}
	if values <= m.MostValues {
		return
	}
	for _, p := range plans {
		p.Notes = append(p.Notes, Note{Code: ManyValues, Effect: "exact", Range: p.Rule.Source.LogSource.Range,
			Message: fmt.Sprintf("the query has %s values, and the product may refuse more than %s: split the rule", humanize.Comma(int64(values)), humanize.Comma(int64(m.MostValues)))})
	}
}

// values counts what a condition compares with, without lists that are kept beside the query.
func (p *Plan) values(condition ir.Node) (n int) {
	ir.Inspect(condition, func(below ir.Node) bool {
		match, ok := below.(*ir.Match)
		if !ok {
			return true
		}
		test := match.Test
		if of, ok := test.(*ir.OfFilename); ok {
			test = of.Test
		}
		switch t := test.(type) {
		case *ir.Text:
			if !p.Apart(t) {
				n += len(t.Values)
			}
		case *ir.CIDR:
			n += len(t.Prefixes)
		case *ir.Number:
			n += len(t.Values)
		case *ir.Elements:
			n += p.values(t.Body)
		default:
			n++
		}
		return true
	})
	return n
}
