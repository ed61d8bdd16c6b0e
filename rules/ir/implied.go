package ir

// WithoutPrevalence gives what n implies about everything but prevalence: `(a and rare) or (b and not rare)` implies `a
// or b`. It is *Const if nothing is implied.
func WithoutPrevalence(n Node) Node { return withoutPrevalence(n, true) }

// withoutPrevalence takes each prevalence condition for what lets most events pass. holds is false below a negation.
func withoutPrevalence(n Node, holds bool) Node {
	if !AsksPrevalence(n) {
		return n
	}
	switch n := n.(type) {
	case *Named:
		return withoutPrevalence(n.Body, holds)
	case *Not:
		return settled(&Not{n.Base, withoutPrevalence(n.Term, !holds)})
	case *And:
		return settled(&And{n.Base, withoutPrevalenceOf(n.Terms, holds)})
	case *Or:
		return settled(&Or{n.Base, withoutPrevalenceOf(n.Terms, holds)})
	case *Prevalence, *AtLeast:
		return &Const{Base{n.Range()}, holds}
	}
	panic("ir: unknown node")
}

func withoutPrevalenceOf(terms []Node, holds bool) []Node {
	out := make([]Node, len(terms))
	for i, t := range terms {
		out[i] = withoutPrevalence(t, holds)
	}
	return out
}

// AsksPrevalence tells whether a condition tests how rare a value is.
func AsksPrevalence(n Node) bool {
	asks := false
	Inspect(n, func(below Node) bool {
		_, prevalence := below.(*Prevalence)
		asks = asks || prevalence
		return !asks
	})
	return asks
}
