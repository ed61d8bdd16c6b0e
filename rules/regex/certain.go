package regex

// Certain tells whether a group takes part in every match of the expression: it is in no alternative and in nothing
// that may be left out.
func (e *Expression) Certain(group int) bool { return certain(e.Root, group) }

func certain(n Node, group int) bool {
	switch n := n.(type) {
	case *Group:
		if n.Number == group {
			return true
		}
	case *Repeat:
		if n.Min == 0 {
			return false
		}
	case *Concat:
	default:
		return false
	}
	for _, c := range Children(n) {
		if certain(c, group) {
			return true
		}
	}
	return false
}
