package ir

import "slices"

// simplify gives the shortest tree with the same meaning. Named nodes stay, because results report which names were
// true. Lower simplifies their bodies once.
func simplify(n Node) Node {
	switch n := n.(type) {
	case *And:
		terms := flatten(n.Terms, func(t Node) ([]Node, bool) { a, ok := t.(*And); return and(a), ok })
		if len(terms) == 1 {
			return terms[0]
		}
		if len(terms) == 0 {
			return &Const{n.Base, true}
		}
		return &And{n.Base, terms}
	case *Or:
		terms := merge(flatten(n.Terms, func(t Node) ([]Node, bool) { o, ok := t.(*Or); return or(o), ok }))
		if len(terms) == 1 {
			return terms[0]
		}
		if len(terms) == 0 {
			return &Const{n.Base, false}
		}
		return &Or{n.Base, terms}
	case *Not:
		term := simplify(n.Term)
		if double, ok := term.(*Not); ok {
			return double.Term
		}
		return &Not{n.Base, term}
	case *AtLeast:
		terms := make([]Node, len(n.Terms))
		for i, t := range n.Terms {
			terms[i] = simplify(t)
		}
		return &AtLeast{n.Base, n.Count, terms}
	case *Named, *Const, *Match, *Keyword, *Prevalence, *Join, *Occurred:
		return n
	}
	panic("ir: unknown node")
}

func and(a *And) []Node {
	if a == nil {
		return nil
	}
	return a.Terms
}

func or(o *Or) []Node {
	if o == nil {
		return nil
	}
	return o.Terms
}

// flatten lifts terms of the same connective into their parent: (a and b) and c = a and b and c.
func flatten(terms []Node, same func(Node) ([]Node, bool)) []Node {
	var out []Node
	for _, t := range terms {
		t = simplify(t)
		if inner, ok := same(t); ok {
			out = append(out, inner...)
			continue
		}
		out = append(out, t)
	}
	return out
}

// merge joins alternatives on one field into a single test with several values, at the position of the first. A dialect
// can then print a list. `f is x or f is y` = `f is any of x, y`.
func merge(terms []Node) []Node {
	var out []Node
	first := map[mergeKey]int{}
	for _, t := range terms {
		key, ok := keyOf(t)
		if !ok {
			out = append(out, t)
			continue
		}
		if i, seen := first[key]; seen {
			out[i] = join(out[i], t)
			continue
		}
		first[key] = len(out)
		out = append(out, fresh(t))
	}
	return out
}

// mergeKey is equal for tests that can be merged into one test with all their values.
type mergeKey struct {
	keyword bool
	name    bool // of the last component of a path
	field   Field
	kind    string
	op      TextOp
	cased   bool
	spelled bool
}

func keyOf(n Node) (mergeKey, bool) {
	var key mergeKey
	var test Test
	switch n := n.(type) {
	case *Match:
		key.field, test = n.Field, n.Test
	case *Keyword:
		key.keyword, test = true, n.Test
	default:
		return key, false
	}
	if of, ok := test.(*OfFilename); ok {
		key.name, test = true, of.Test
	}
	switch t := test.(type) {
	case *Text:
		key.kind, key.op, key.cased, key.spelled = "text", t.Op, t.Cased, t.Spelling
		return key, t.List == ""
	case *Number:
		key.kind = "number"
		return key, t.Op == "eq"
	case *CIDR:
		key.kind = "cidr"
		return key, true
	}
	return key, false
}

// fresh copies a leaf, because join changes its values.
func fresh(n Node) Node {
	switch n := n.(type) {
	case *Match:
		return &Match{n.Base, n.Field, join1(n.Test, nil)}
	case *Keyword:
		return &Keyword{n.Base, join1(n.Test, nil)}
	}
	panic("ir: only leaves are merged")
}

// join adds the values of b to a, which must be a copy made by fresh.
func join(a, b Node) Node {
	switch a := a.(type) {
	case *Match:
		a.Test = join1(a.Test, b.(*Match).Test)
	case *Keyword:
		a.Test = join1(a.Test, b.(*Keyword).Test)
	}
	return a
}

func join1(a, b Test) Test {
	switch a := a.(type) {
	case *OfFilename:
		if b == nil {
			return &OfFilename{join1(a.Test, nil)}
		}
		a.Test = join1(a.Test, b.(*OfFilename).Test)
	case *Text:
		if b == nil {
			return &Text{Op: a.Op, Values: slices.Clone(a.Values), Cased: a.Cased, Spelling: a.Spelling}
		}
		a.Values = append(a.Values, b.(*Text).Values...)
	case *Number:
		if b == nil {
			return &Number{a.Op, slices.Clone(a.Values)}
		}
		a.Values = append(a.Values, b.(*Number).Values...)
	case *CIDR:
		if b == nil {
			return &CIDR{slices.Clone(a.Prefixes)}
		}
		a.Prefixes = append(a.Prefixes, b.(*CIDR).Prefixes...)
	}
	return a
}
