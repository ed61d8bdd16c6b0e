package lint

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/ir"
)

// meaning is a normal form: trees with equal texts have the same meaning. It drops the author's names, sorts
// terms and values, and uses lower case where case does not matter. Equal meanings may still have different texts.
func meaning(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Named:
		return meaning(n.Body)
	case *ir.Match:
		return n.Field.String() + " " + asked(n.Test)
	case *ir.Keyword:
		return "any " + asked(n.Test)
	case *ir.And, *ir.Or, *ir.AtLeast:
		how := fmt.Sprintf("%T", n)
		if some, ok := n.(*ir.AtLeast); ok {
			how += fmt.Sprint(some.Count)
		}
		var terms []string
		for _, t := range ir.Children(n) {
			terms = append(terms, meaning(t))
		}
		slices.Sort(terms)
		return how + "(" + strings.Join(terms, "\n") + ")"
	case *ir.Not:
		return "not(" + meaning(n.Term) + ")"
	}
	return ir.Dump(&ir.Rule{Condition: n})
}

func asked(t ir.Test) string {
	text, ok := t.(*ir.Text)
	if !ok {
		return ir.Describe(t)
	}
	values := slices.Clone(text.Values)
	if !text.Cased {
		for i, v := range values {
			values[i] = strings.ToLower(v)
		}
	}
	slices.Sort(values)
	return fmt.Sprintf("%s %t %q", text.Op, text.Cased, slices.Compact(values))
}
