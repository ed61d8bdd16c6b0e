package ir

import "slices"

// Rewrite gives a rule with its field tests replaced by the nodes that f returns, which may be the test itself. Each
// name still has one *Named. New alternatives are merged with those beside them.
func Rewrite(r *Rule, f func(*Match) Node) *Rule {
	w := rewriter{f: f, names: map[*Named]*Named{}}
	return w.rule(r)
}

// Replace gives a rule with one node replaced. The node must not be a *Named: replace its body instead. The new node
// may contain the old one.
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
	out.SourceFilters = slices.Clone(r.SourceFilters)
	for i, f := range r.SourceFilters {
		out.SourceFilters[i].Required = w.node(f.Required)
	}
	out.Names = make([]*Named, len(r.Names))
	for i, n := range r.Names {
		out.Names[i] = w.named(n)
	}
	return &out
}

// ReplaceIn gives a tree with one node replaced, as Replace does in a rule.
func ReplaceIn(n, old, with Node) Node {
	w := rewriter{f: func(m *Match) Node { return m }, names: map[*Named]*Named{}, old: old, with: with}
	return w.node(n)
}

// Never gives a rule in which some nodes never hold: they are replaced by a constant.
func Never(r *Rule, nodes map[Node]bool) *Rule {
	w := rewriter{f: func(m *Match) Node { return m }, names: map[*Named]*Named{}, never: nodes}
	return w.rule(r)
}

// Settle simplifies a rule in which tests or other conditions were replaced by constants. A *Named whose body becomes
// constant is replaced by the constant.
func Settle(r *Rule) *Rule {
	w := rewriter{f: func(m *Match) Node { return m }, names: map[*Named]*Named{}, settle: true}
	return w.rule(r)
}

type rewriter struct {
	f     func(*Match) Node
	names map[*Named]*Named

	old, with Node          // nil if all tests are replaced, or none
	never     map[Node]bool // replaced by a constant
	settle    bool

	join  func(*Join) *Join // nil if joins stay as they are
	joins map[*Join]*Join

	extract func(*Extract) *Extract // of what prevalence counts; nil if these stay as they are
}

func (w *rewriter) node(n Node) Node {
	out := w.below(n)
	if w.settle {
		return settled(out)
	}
	return out
}

// settled simplifies a node whose children are already simplified.
func settled(n Node) Node {
	switch n := n.(type) {
	case *Not:
		if c, ok := n.Term.(*Const); ok {
			return &Const{n.Base, !c.Value}
		}
	case *Named:
		if c, ok := n.Body.(*Const); ok {
			return c
		}
	case *And:
		return settledTerms(n.Base, n.Terms, true, func(left []Node) Node { return &And{n.Base, left} })
	case *Or:
		return settledTerms(n.Base, n.Terms, false, func(left []Node) Node { return &Or{n.Base, left} })
	case *AtLeast:
		count, left := n.Count, []Node(nil)
		for _, t := range n.Terms {
			if c, ok := t.(*Const); !ok {
				left = append(left, t)
			} else if c.Value {
				count--
			}
		}
		switch {
		case count <= 0:
			return &Const{n.Base, true}
		case count > len(left):
			return &Const{n.Base, false}
		case count == len(left):
			return settledTerms(n.Base, left, true, func(left []Node) Node { return &And{n.Base, left} })
		case count == 1:
			return &Or{n.Base, left}
		}
		return &AtLeast{n.Base, count, left}
	}
	return n
}

// settledTerms removes constants that have no effect. neutral is the value of the connective without terms.
func settledTerms(at Base, terms []Node, neutral bool, join func([]Node) Node) Node {
	var left []Node
	for _, t := range terms {
		c, ok := t.(*Const)
		if ok && c.Value != neutral {
			return &Const{at, !neutral}
		}
		if !ok {
			left = append(left, t)
		}
	}
	switch len(left) {
	case 0:
		return &Const{at, neutral}
	case 1:
		return left[0]
	}
	return join(left)
}

func (w *rewriter) below(n Node) Node {
	if w.old != nil && n == w.old {
		w.old = nil
		n = w.with
	}
	if w.never[n] {
		return &Const{Base{n.Range()}, false}
	}
	switch n := n.(type) {
	case *And:
		return w.and(n)
	case *Or:
		return w.or(n)
	case *AtLeast:
		return &AtLeast{Base: n.Base, Count: n.Count, Terms: w.nodes(n.Terms)}
	case *Not:
		return &Not{Base: n.Base, Term: w.node(n.Term)}
	case *Named:
		return w.named(n)
	case *Match:
		return w.f(n)
	case *Prevalence:
		if n.Among == nil && w.extract == nil {
			return n
		}
		p := *n
		if n.Among != nil {
			p.Among = w.node(n.Among)
		}
		if w.extract != nil {
			p.extract, p.by = w.extract(n.extract), w.extract(n.by)
		}
		return &p
	case *Join:
		if w.join == nil {
			return n
		}
		if _, done := w.joins[n]; !done {
			w.joins[n] = w.join(n)
		}
		return w.joins[n]
	case *Const, *Keyword:
		return n
	}
	panic("ir: unknown node")
}

// and takes in the terms of a match that became a conjunction.
func (w *rewriter) and(n *And) Node {
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
}

// or takes in the terms of a match that became a disjunction, and drops matches that became false.
func (w *rewriter) or(n *Or) Node {
	out := &Or{Base: n.Base}
	for _, t := range n.Terms {
		rewritten := w.node(t)
		or, several := rewritten.(*Or)
		never, constant := rewritten.(*Const)
		switch {
		case constant && !never.Value && isMatch(t): // the product's column rules this alternative out
		case several && isMatch(t):
			out.Terms = append(out.Terms, or.Terms...)
		default:
			out.Terms = append(out.Terms, rewritten)
		}
	}
	switch len(out.Terms) {
	case 0:
		return &Const{n.Base, false}
	case 1:
		return out.Terms[0]
	}
	return out
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
