package regex

// Plain tells whether engines that do not backtrack run the expression as it is written, so that its groups find the
// same in all of them: it has no look-around, back reference, condition, atomic part or `^` of lines, and no `$` in a
// group.
func (e *Expression) Plain() bool { return plainParts(e.Root, false) }

func plainParts(n Node, grouped bool) bool {
	switch n := n.(type) {
	case *Look, *Backref, *Conditional:
		return false
	case *Assert:
		return n.Kind != BeginLine && (n.Kind != End || !grouped)
	case *Repeat:
		if n.Mode == Possessive {
			return false
		}
	case *Group:
		if n.Atomic || n.Reset {
			return false
		}
		grouped = grouped || n.Number > 0
	}
	for _, c := range Children(n) {
		if !plainParts(c, grouped) {
			return false
		}
	}
	return true
}
