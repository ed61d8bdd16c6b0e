package ir

// Anonymous is the same tree without the names of its parts and lists. When two trees are combined, equal names in them
// must not be confused.
func Anonymous(n Node) Node {
	switch n := n.(type) {
	case *And:
		return &And{n.Base, anonymous(n.Terms)}
	case *Or:
		return &Or{n.Base, anonymous(n.Terms)}
	case *AtLeast:
		return &AtLeast{n.Base, n.Count, anonymous(n.Terms)}
	case *Not:
		return &Not{n.Base, Anonymous(n.Term)}
	case *Named:
		return Anonymous(n.Body)
	case *Match:
		if t, ok := n.Test.(*Text); ok && t.List != "" {
			return &Match{n.Base, n.Field, &Text{Op: t.Op, Values: t.Values, Cased: t.Cased}}
		}
		return n
	case *Const, *Keyword, *Prevalence, *Join:
		return n
	}
	panic("ir: unknown node")
}

func anonymous(terms []Node) []Node {
	out := make([]Node, len(terms))
	for i, t := range terms {
		out[i] = Anonymous(t)
	}
	return out
}
