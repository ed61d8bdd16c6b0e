package match

// What the backtracking expressions of a rule may take on one event, in steps, of which a core makes some hundred million a second: an expression on
// its own, and all of a rule together. A long text allows for more.
const (
	StepsPerEvent = 1_000_000
	StepsPerByte  = 100
)

// Usage is what the backtracking expressions of the rule that is being asked took on the current event.
type Usage struct {
	Steps, Bytes int
	Exceeded     bool // more than is allowed: the outcome is unknown, whichever way it stands

	asking uint32 // number of the asking
}

// exprUsage is what one expression took on the current event, for all rules that have it.
type exprUsage struct {
	steps, bytes int
	unknown      bool
	counted      uint32 // the asking that it was counted for
}

// count adds what an expression took, once.
func (u *Usage) count(e *exprUsage) {
	if e.counted == u.asking {
		return
	}
	e.counted = u.asking
	u.Steps += e.steps
	u.Bytes += e.bytes
	u.Exceeded = u.Exceeded || e.unknown || u.Steps > StepsPerEvent+StepsPerByte*u.Bytes
}

// backtracking answers an atom whose expression backtracks. It is asked once an event for all rules, but counts for each.
func (m *Matcher) backtracking(i int, a *Atom) bool {
	if m.Usage.Exceeded {
		return false
	}
	took := &m.took[a.program.number]
	if m.asked[i] != m.gen {
		m.asked[i] = m.gen
		*took = exprUsage{}
		if (a.pre < 0 || m.Holds(a.pre)) && m.test(a) {
			m.hit[i] = m.gen
		}
	}
	m.Usage.count(took)
	return m.hit[i] == m.gen && !m.Usage.Exceeded
}

// backtracks asks a backtracking expression of each of several texts.
func (m *Matcher) backtracks(p *predicate, texts []string) bool {
	took := &m.took[p.number]
	for _, t := range texts {
		took.bytes += len(t)
		found, known, steps := m.backtracker.Match(p.slow, t, StepsPerEvent+StepsPerByte*took.bytes-took.steps)
		if took.steps += steps; !known {
			took.unknown = true
			return false
		}
		if found {
			return true
		}
	}
	return false
}
