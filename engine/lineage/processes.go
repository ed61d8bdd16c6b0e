package lineage

import "slices"

// Processes keeps processes until the end of the input, within bounds.
type Processes struct {
	MaxCount int
	MaxBytes int

	all   []*Process
	bytes int
	told  map[string]bool // keys of those that are kept although they are no creation
}

// Add keeps a process, and returns how many old ones were evicted for it. They are evicted in batches, so that the cost
// stays linear.
func (ps *Processes) Add(p *Process) (evicted int) {
	if p.Told {
		if ps.told[p.keys[0]] { // the first is enough
			return 0
		}
		if ps.told == nil {
			ps.told = map[string]bool{}
		}
		ps.told[p.keys[0]] = true
	}
	ps.all = append(ps.all, p)
	ps.bytes += p.size()
	over := len(ps.all) - ps.MaxCount
	if over <= ps.MaxCount/4 {
		over = 0
	}
	if ps.bytes > ps.MaxBytes {
		over = max(over, len(ps.all)/4, 1)
	}
	return ps.evict(over)
}

func (ps *Processes) evict(over int) int {
	if over <= 0 {
		return 0
	}
	for _, p := range ps.all[:over] {
		ps.bytes -= p.size()
		if p.Told {
			delete(ps.told, p.keys[0])
		}
	}
	ps.all = slices.Clone(ps.all[over:])
	return over
}

// Tree links the processes, once the input has ended. It leaves out the oldest beyond MaxCount, and returns their
// number.
func (ps *Processes) Tree() (t *Tree, evicted int) {
	evicted = ps.evict(len(ps.all) - ps.MaxCount)
	return newTree(ps.all), evicted
}
