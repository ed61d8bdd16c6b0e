package mutation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Label names a node on one line.
func Label(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Named:
		return n.Name
	case *ir.Match:
		return n.Field.String() + " " + ir.Describe(n.Test)
	case *ir.Keyword:
		return "any value " + ir.Describe(n.Test)
	case *ir.Not:
		return "not " + Label(n.Term)
	case *ir.Prevalence:
		return "prevalence " + n.Name
	case *ir.Join:
		return "join " + n.Name
	case *ir.And:
		return "(" + strings.Join(each(n.Terms), " and ") + ")"
	case *ir.Or:
		return "(" + strings.Join(each(n.Terms), " or ") + ")"
	case *ir.AtLeast:
		return fmt.Sprintf("%d of (%s)", n.Count, labels(n.Terms))
	case *ir.Const:
		return fmt.Sprint(n.Value)
	}
	panic("mutation: unknown node")
}

func each(nodes []ir.Node) []string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = Label(n)
	}
	return out
}

func labels(nodes []ir.Node) string { return strings.Join(each(nodes), ", ") }

// ruleKey is equal for rules that say the same in another order.
func ruleKey(r *ir.Rule) string { return nodeKey(r.Condition) + suppressKey(r) }

func nodeKey(n ir.Node) string {
	switch n := n.(type) {
	case *ir.Named:
		return nodeKey(n.Body)
	case *ir.And:
		return "(&" + keys(n.Terms) + ")"
	case *ir.Or:
		return "(|" + keys(n.Terms) + ")"
	case *ir.AtLeast:
		return fmt.Sprintf("(%d%s)", n.Count, keys(n.Terms))
	case *ir.Not:
		term := nodeKey(n.Term)
		if twice, ok := strings.CutPrefix(term, "!"); ok {
			return twice
		}
		return "!" + term
	case *ir.Const:
		return fmt.Sprint(n.Value)
	case *ir.Match:
		return fmt.Sprintf("%s%T%s", fieldKey(n.Field), n.Test, testKey(n.Test))
	case *ir.Keyword:
		return fmt.Sprintf("*%T%s", n.Test, testKey(n.Test))
	case *ir.Prevalence:
		among := ""
		if n.Among != nil {
			among = nodeKey(n.Among)
		}
		by := ""
		if n.Spec.Local != nil {
			by = fieldKey(n.By())
		}
		return "prevalence" + encoded(n.Spec) + fieldKey(n.Value()) + by + among
	case *ir.Join:
		asked := *n
		asked.Base, asked.Rule, asked.SameAt, asked.Mine, asked.Theirs = ir.Base{}, nil, nil, nil, nil
		key := fmt.Sprintf("join%s%s %s", encoded(asked), fieldKeys(n.Mine), fieldKeys(n.Theirs))
		if n.First {
			key += nodeKey(n.Rule.Condition)
		}
		return key
	}
	panic("mutation: unknown node")
}

func keys(nodes []ir.Node) string {
	out := make([]string, len(nodes))
	for i, n := range nodes {
		out[i] = nodeKey(n)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func testKey(t ir.Test) string {
	switch t := t.(type) {
	case *ir.Text: // a list's name does not matter
		return encoded(ir.Text{Op: t.Op, Values: t.Values, Cased: t.Cased})
	case *ir.FieldRef:
		return fmt.Sprintf("%d%t%s", t.Op, t.Cased, fieldKey(t.Other))
	}
	return encoded(t)
}

// fieldKey is equal for fields with the same values.
func fieldKey(f ir.Field) string {
	if f.Extract != nil {
		return f.Extract.Describe()
	}
	return fmt.Sprintf("%q@%d", f.Name, f.Level)
}

func fieldKeys(fields []ir.Field) string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = fieldKey(f)
	}
	return strings.Join(out, ", ")
}

func encoded(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("mutation: " + err.Error()) // plain values only
	}
	return string(data)
}

// places finds where a value is written.
type places []rules.Item

func placesOf(r *rules.Rule) places {
	var out places
	r.EachItemWithElements(func(it rules.Item) { out = append(out, it) })
	return out
}

// of is the place of a value of the item at a place; the item's when the value is not written there
// as it is, but in a list or before an encoding.
func (p places) of(at diag.Range, value string) diag.Range {
	if value == "" {
		return at
	}
	for _, item := range p {
		if item.Range != at {
			continue
		}
		for _, v := range item.Values {
			if plain(v.Text) == value || v.Text == value {
				return v.Range
			}
		}
	}
	return at
}

// plain is a value's text without the wildcards at its ends.
func plain(s string) string {
	return strings.ReplaceAll(strings.Trim(s, "*"), `\\`, `\`)
}
