package ir

// Rewrite gives a rule with other nodes in the place of its field tests; f may give the test
// itself. One name is one *Named as before, and what becomes alternatives joins those beside it.
func Rewrite(r *Rule, f func(*Match) Node) *Rule {
	w := rewriter{f: f, names: map[*Named]*Named{}}
	return w.rule(r)
}

// Replace gives a rule with another node in the place of one, which must not be a *Named: of those
// replace the body. The new node may hold the old one.
func Replace(r *Rule, old, with Node) *Rule {
	w := rewriter{f: func(m *Match) Node { return m }, names: map[*Named]*Named{}, old: old, with: with}
	return w.rule(r)
}

func (w *rewriter) rule(r *Rule) *Rule {
	out := *r
	out.Condition = w.node(r.Condition)
	if r.Filter != nil {
		out.Filter = w.node(r.Filter)
	}
	out.Names = make([]*Named, len(r.Names))
	for i, n := range r.Names {
		out.Names[i] = w.named(n)
	}
	return &out
}

type rewriter struct {
	f     func(*Match) Node
	names map[*Named]*Named

	old, with Node // nil when all is replaced, or nothing to be
}

func (w *rewriter) node(n Node) Node {
	if w.old != nil && n == w.old {
		w.old = nil
		n = w.with
	}
	switch n := n.(type) {
	case *And:
		out := &And{Base: n.Base}
		for _, t := range n.Terms {
			rewritten := w.node(t)
			if and, several := rewritten.(*And); several && isMatch(t) {
				out.Terms = append(out.Terms, and.Terms...)
			} else {
				out.Terms = append(out.Terms, rewritten)
			}
		}
		return out
	case *Or:
		out := &Or{Base: n.Base}
		for _, t := range n.Terms {
			rewritten := w.node(t)
			if or, several := rewritten.(*Or); several && isMatch(t) {
				out.Terms = append(out.Terms, or.Terms...)
			} else {
				out.Terms = append(out.Terms, rewritten)
			}
		}
		return out
	case *AtLeast:
		return &AtLeast{Base: n.Base, Count: n.Count, Terms: w.nodes(n.Terms)}
	case *Not:
		return &Not{Base: n.Base, Term: w.node(n.Term)}
	case *Named:
		return w.named(n)
	case *Match:
		return w.f(n)
	case *Prevalence:
		if n.Among == nil {
			return n
		}
		p := *n
		p.Among = w.node(n.Among)
		return &p
	case *Const, *Keyword:
		return n
	}
	panic("ir: unknown node")
}

func isMatch(n Node) bool {
	_, is := n.(*Match)
	return is
}

func (w *rewriter) nodes(ns []Node) []Node {
	out := make([]Node, len(ns))
	for i, n := range ns {
		out[i] = w.node(n)
	}
	return out
}

func (w *rewriter) named(n *Named) *Named {
	if _, done := w.names[n]; !done {
		w.names[n] = &Named{Base: n.Base, Name: n.Name, Body: w.node(n.Body)}
	}
	return w.names[n]
}
