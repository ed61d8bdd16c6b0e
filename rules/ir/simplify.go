package ir

// simplify brings a tree into its shortest form with the same meaning. Named nodes stay, so
// that results can say which names were true; their bodies are simplified once, by Lower.
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
	case *Named, *Const, *Match, *Keyword, *Prevalence:
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

// merge joins alternatives on one field into one test with several values, in place of the
// first: a dialect can then print a list. `f is x or f is y` = `f is any of x, y`.
func merge(terms []Node) []Node {
	var out []Node
	for _, t := range terms {
		m, ok := t.(*Match)
		if !ok {
			out = append(out, mergeKeyword(&out, t)...)
			continue
		}
		joined := false
		for i, before := range out {
			if b, ok := before.(*Match); ok && b.Field == m.Field {
				if test, ok := union(b.Test, m.Test); ok {
					out[i] = &Match{b.Base, b.Field, test}
					joined = true
					break
				}
			}
		}
		if !joined {
			out = append(out, m)
		}
	}
	return out
}

func mergeKeyword(out *[]Node, t Node) []Node {
	k, ok := t.(*Keyword)
	if !ok {
		return []Node{t}
	}
	for i, before := range *out {
		if b, ok := before.(*Keyword); ok {
			if test, ok := union(b.Test, k.Test); ok {
				(*out)[i] = &Keyword{b.Base, test}
				return nil
			}
		}
	}
	return []Node{t}
}

// union is the test that holds when either does, where one test can say it.
func union(a, b Test) (Test, bool) {
	switch a := a.(type) {
	case *Text:
		if b, ok := b.(*Text); ok && a.Op == b.Op && a.Cased == b.Cased && a.List == "" && b.List == "" {
			return &Text{Op: a.Op, Values: append(append([]string{}, a.Values...), b.Values...), Cased: a.Cased}, true
		}
	case *Number:
		if b, ok := b.(*Number); ok && a.Op == "eq" && b.Op == "eq" {
			return &Number{"eq", append(append([]float64{}, a.Values...), b.Values...)}, true
		}
	case *CIDR:
		if b, ok := b.(*CIDR); ok {
			return &CIDR{append(append(a.Prefixes[:0:0], a.Prefixes...), b.Prefixes...)}, true
		}
	}
	return nil, false
}
