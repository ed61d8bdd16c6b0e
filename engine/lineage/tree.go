package lineage

import (
	"cmp"
	"fmt"
	"slices"

	"decree/rules/ir"
)

// Tree finds the creation event of a process by its host and key. If keys are used again (a bare pid),
// the latest creation at or before the child's counts. Where products write whole seconds, the order of the input tells
// which of two events was first.
type Tree struct {
	born map[string][]*Process // in order of creation
}

// newTree orders creation events by time; those of one time, or without one, keep the order of the input.
func newTree(all []*Process) *Tree {
	slices.SortFunc(all, inOrder)
	t := &Tree{born: map[string][]*Process{}}
	for _, p := range all {
		if p.Created {
			t.born[p.keys[0]] = append(t.born[p.keys[0]], p)
		}
	}
	for _, p := range all {
		if key := p.keys[0]; p.Told && len(t.born[key]) == 0 {
			t.born[key] = []*Process{p}
		}
	}
	return t
}

// ancestor finds the creation event of the process n levels above another. If the product
// names the grandparent too, a missing parent is skipped.
func (t *Tree) ancestor(p *Process, n int) (*Process, bool) {
	for n > 0 {
		parent, found := t.find(1, p)
		switch {
		case found:
			p, n = parent, n-1
		case n >= 2 && p.keys[2] != "":
			if p, found = t.find(2, p); !found {
				return nil, false
			}
			n -= 2
		default:
			return nil, false
		}
	}
	return p, true
}

// find gives the creation event of the process that a child names at a level.
func (t *Tree) find(level int, child *Process) (*Process, bool) {
	key := child.keys[level]
	born := t.born[key]
	if key == "" || len(born) == 0 {
		return nil, false
	}
	if child.unique[level] == always {
		return born[len(born)-1], true
	}
	next, _ := slices.BinarySearchFunc(born, child, inOrder)
	before, after := born[:next], born[next:]
	if len(after) > 0 && after[0].order == child.order { // the child itself
		after = after[1:]
	}
	perBoot := child.unique[level] == untilRestart
	dated := !child.at.IsZero()
	if len(before) > 0 && (perBoot || dated && !before[len(before)-1].at.IsZero()) {
		return before[len(before)-1], true
	}
	if len(after) > 0 && (perBoot || dated && after[0].at.Equal(child.at)) {
		return after[0], true
	}
	return nil, false
}

// inOrder compares processes by their times, then by their positions in the input.
func inOrder(a, b *Process) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order)) }

// field reads an ancestor's field from the creation event of the process below it, whose own
// parent fields describe it, else from its own creation event, or another that tells it; from says which.
func (t *Tree) field(self *Process, f ir.Field) (v, from string, ok bool) {
	for below := f.Level - 1; below >= 1; below-- {
		if p, known := t.ancestor(self, below); known {
			if v, ok := p.field(ir.Field{Name: f.Name, Level: f.Level - below}); ok {
				return v, fmt.Sprintf("creation of ancestor %d", below), true
			}
		}
	}
	if p, known := t.ancestor(self, f.Level); known {
		if v, ok := p.field(ir.Field{Name: f.Name}); ok {
			if p.Told {
				return v, "an event of it", true
			}
			return v, "its own creation", true
		}
	}
	return "", "", false
}
