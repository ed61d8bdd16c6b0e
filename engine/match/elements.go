package match

import (
	"regexp"
	"slices"
	"strings"

	"decree/engine/event"
	"decree/engine/fold"
	"decree/rules"
	"decree/rules/ir"
)

// element is a test of one element of an array, as event.Decode has it. emptyMissing says that an empty text counts as
// missing.
type element func(e any, emptyMissing bool) bool

// elements tells whether a test of an array's elements holds of them.
func elements(t *ir.Elements, body element, all []any, emptyMissing bool) bool {
	holds := func(e any) bool { return body(e, emptyMissing) }
	fails := func(e any) bool { return !body(e, emptyMissing) }
	switch t.Which {
	case rules.AnyElement:
		return slices.ContainsFunc(all, holds)
	case rules.NoElement:
		return !slices.ContainsFunc(all, holds)
	case rules.EveryElement:
		return len(all) > 0 && !slices.ContainsFunc(all, fails)
	case rules.AllOrEmpty:
		return !slices.ContainsFunc(all, fails)
	case rules.ElementAt:
		at := t.At
		if at < 0 {
			at += len(all)
		}
		return at >= 0 && at < len(all) && holds(all[at])
	}
	panic("match: unknown quantifier " + string(t.Which))
}

// elementOf compiles what an element must satisfy.
func elementOf(n ir.Node) element {
	switch n := n.(type) {
	case *ir.And:
		return atLeast(len(n.Terms), n.Terms)
	case *ir.Or:
		return atLeast(1, n.Terms)
	case *ir.AtLeast:
		return atLeast(n.Count, n.Terms)
	case *ir.Not:
		term := elementOf(n.Term)
		return func(e any, emptyMissing bool) bool { return !term(e, emptyMissing) }
	case *ir.Const:
		return func(any, bool) bool { return n.Value }
	case *ir.Match:
		return elementField(n.Field.Name, n.Test)
	}
	panic("match: unknown node in a test of elements")
}

func atLeast(count int, nodes []ir.Node) element {
	terms := make([]element, len(nodes))
	for i, n := range nodes {
		terms[i] = elementOf(n)
	}
	return func(e any, emptyMissing bool) bool {
		left := count
		for i := 0; left > 0 && left <= len(terms)-i; i++ {
			if terms[i](e, emptyMissing) {
				left--
			}
		}
		return left == 0
	}
}

// elementField compiles a test of a field of an element.
func elementField(name string, t ir.Test) element {
	if of, ok := t.(*ir.Elements); ok {
		body := elementOf(of.Body)
		return func(e any, emptyMissing bool) bool {
			list, _ := within(e, name).([]any)
			return elements(of, body, list, emptyMissing)
		}
	}
	holds := valueTest(t)
	return func(e any, emptyMissing bool) bool {
		texts, present := textsOf(within(e, name))
		if emptyMissing && !slices.ContainsFunc(texts, func(t string) bool { return t != "" }) {
			texts, present = nil, false
		}
		switch t := t.(type) {
		case *ir.Null:
			return !present
		case *ir.Exists:
			return present == t.Value
		case *ir.Text:
			if emptyMissing && !present && t.Op == ir.Equals && slices.Contains(t.Values, "") {
				return true
			}
		}
		return slices.ContainsFunc(texts, holds)
	}
}

// valueTest compiles a test of one value. It folds the value where case is ignored. An expression runs in RE2: lowering
// refuses others below an array.
func valueTest(t ir.Test) func(string) bool {
	p := &predicate{test: t}
	var re *regexp.Regexp
	inner := t
	if of, ok := t.(*ir.OfFilename); ok {
		inner = of.Test
	}
	if expr, ok := inner.(*ir.Regex); ok {
		compiled, err := expr.Parse().Compile()
		if err != nil {
			panic("match: an expression that was to be refused: " + err.Error())
		}
		re, p.name = compiled, inner != t
	} else {
		p = prepare(t)
	}
	return func(v string) bool {
		if re != nil {
			if p.name {
				v = lastPart(v)
			}
			return re.MatchString(v)
		}
		if p.folds {
			v = fold.Text(v)
		}
		return p.holds(v)
	}
}

// within finds a field of an element: by its name, or by the path that the dots of the name describe. "." is the
// element.
func within(e any, name string) any {
	if name == ir.ElementItself {
		return e
	}
	fields, ok := e.(map[string]any)
	if !ok {
		return nil
	}
	if v, ok := fields[name]; ok {
		return v
	}
	if first, rest, dotted := strings.Cut(name, "."); dotted {
		return within(fields[first], rest)
	}
	return nil
}

// textsOf gives the texts of a value, and whether there is one. A list has those of its members, an object none.
func textsOf(v any) (texts []string, present bool) {
	switch v := v.(type) {
	case nil:
		return nil, false
	case []any:
		for _, one := range v {
			more, _ := textsOf(one)
			texts = append(texts, more...)
		}
		return texts, true
	case map[string]any:
		return nil, true
	}
	return []string{event.Text(v)}, true
}
