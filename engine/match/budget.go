package match

// The budget of backtracking expressions on one event, in steps. It is for each expression, and for all expressions of
// a rule together. A long text has a larger one. A core makes some hundred million steps a second.
const (
	StepsPerEvent = 1_000_000
	stepsPerByte  = 100
)

// Usage is the steps that the backtracking expressions of the current rule took on the current event.
type Usage struct {
	Steps, Bytes int
	Exceeded     bool // more than is allowed: the outcome is unknown, whichever way it stands

	asking uint32 // number of the asking
}

// exprUsage is the steps that one expression took on the current event, for all rules that have it.
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
	u.Exceeded = u.Exceeded || e.unknown || u.Steps > StepsPerEvent+stepsPerByte*u.Bytes
}

// backtracking answers an atom whose expression backtracks. It runs once an event for all rules, but its steps count
// for each rule.
func (m *Matcher) backtracking(i int, w *way, is *state) bool {
	if m.Usage.Exceeded {
		return false
	}
	took := &m.took[m.atoms.list[i].program.number]
	if is.asked != m.gen {
		*took = exprUsage{}
		m.decide(i, w, is)
	}
	m.Usage.count(took)
	return is.held == m.gen && !m.Usage.Exceeded
}

// backtracks runs a backtracking expression on several texts.
func (m *Matcher) backtracks(p *predicate, texts []string) bool {
	took := &m.took[p.number]
	for _, t := range texts {
		if p.name {
			t = lastPart(t)
		}
		took.bytes += len(t)
		found, known, steps := m.backtracker.Match(p.slow, t, StepsPerEvent+stepsPerByte*took.bytes-took.steps)
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
