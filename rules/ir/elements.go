package ir

import "decree/rules"

// elements lowers a test of an array's elements.
func (l *lowerer) elements(e rules.Elements, level int) Node {
	at := Base{e.Range}
	if level > 0 {
		l.errorf("elements-place", e.Range, "test arrays in a search identifier", "the elements of an ancestor's array cannot be tested: only the event's own")
		return &Const{at, false}
	}
	f := l.field(e.Field, level, e.Range)
	if f.Extract != nil {
		l.errorf("elements-place", e.Range, "name the field that holds the array", "%s is made by an extract, and has no elements", e.Field)
		return &Const{at, false}
	}
	outer := l.inElement
	l.inElement = true
	body := simplify(l.selection(e.Body, 0))
	l.inElement = outer
	inspect(body, func(n Node) {
		m, ok := n.(*Match)
		switch {
		case !ok:
			if _, words := n.(*Keyword); words {
				l.errorf("elements-place", n.Range(), "name a field of the element, or `.` for the element itself", "an element cannot be searched for keywords")
			}
			return
		case asksAnother(m.Test):
			l.errorf("elements-place", n.Range(), "compare it with a value", "a field of an element cannot be compared with another field")
		case backtracks(m.Test):
			l.errorf("elements-place", n.Range(), "write an expression without lookaround and backreferences", "an expression that backtracks cannot be asked of an element")
		}
	})
	return &Match{at, f, &Elements{e.Which, e.At, body}}
}

// inspect calls a function for every node of a tree.
func inspect(n Node, f func(Node)) { Inspect(n, func(n Node) bool { f(n); return true }) }

func asksAnother(t Test) bool { _, ref := t.(*FieldRef); return ref }

func backtracks(t Test) bool {
	if of, ok := t.(*OfFilename); ok {
		t = of.Test
	}
	re, ok := t.(*Regex)
	return ok && re.Backtracking
}

// block lowers selections with a condition of their own.
func (l *lowerer) block(b rules.Block) Node {
	named := map[string]Node{}
	for _, s := range b.Searches {
		named[s.Name] = l.selection(s.Body, 0)
	}
	var node func(e rules.Expr) Node
	nodes := func(es []rules.Expr) []Node {
		var out []Node
		for _, e := range es {
			out = append(out, node(e))
		}
		return out
	}
	node = func(e rules.Expr) Node {
		switch e := e.(type) {
		case rules.AndExpr:
			return &And{Base{e.Range}, nodes(e.Terms)}
		case rules.OrExpr:
			return &Or{Base{e.Range}, nodes(e.Terms)}
		case rules.NotExpr:
			return &Not{Base{e.Range}, node(e.Term)}
		case rules.NameExpr:
			if n := named[e.Name]; n != nil {
				return n
			}
			return &Const{Base{e.Range}, false} // a name that is not there was reported where it was read
		case rules.OfExpr:
			var terms []Node
			for _, name := range e.Names {
				terms = append(terms, named[name])
			}
			return ofThem(Base{e.Range}, e, terms)
		case nil: // reported where it was read
			return &Const{Base{b.Range}, false}
		}
		panic("ir: unknown condition")
	}
	return node(b.Condition)
}

// ofThem is a quantifier over some terms.
func ofThem(at Base, e rules.OfExpr, terms []Node) Node {
	switch {
	case e.All || e.Count == len(terms):
		return &And{at, terms}
	case e.Count == 1:
		return &Or{at, terms}
	}
	return &AtLeast{at, e.Count, terms}
}
