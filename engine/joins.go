package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/engine/correlate"
	"decree/engine/document"
	"decree/rules/diag"
	"decree/rules/ir"
)

// join is what a join of a rule needs, whichever unit asks.
type join struct {
	node  *ir.Join
	rule  *rule
	mine  map[*source][]document.Whole // source -> where its events have the values
	index *correlate.Index             // of the other rule's matches, once all of them are known
}

// Joined is what a join found near an event.
type Joined struct {
	Kind   string             `json:"kind"` // join or first_seen
	Name   string             `json:"name"`
	Rule   string             `json:"rule"` // as the join names it
	Holds  bool               `json:"holds"`
	Count  int                `json:"count"`            // what the bounds compare: matches, or different values
	Events []correlate.Member `json:"events,omitempty"` // the first matches in time, at most 10
	// what the event has not, so that nothing can be found: a field, or "time"
	Lacks string `json:"lacks,omitempty"`

	matches int
	counts  string // what is counted, where that is not matches
}

// shownJoined bounds the events that a text names.
const shownJoined = 3

// Describe puts what was found into words.
func (j Joined) Describe() string {
	if j.Lacks != "" {
		return "the event has no " + j.Lacks
	}
	if j.matches == 0 {
		return "no match of " + j.Rule
	}
	text := fmt.Sprintf("%d matches of %s", j.matches, j.Rule)
	if j.matches == 1 {
		text = "1 match of " + j.Rule
	}
	if j.counts != "" {
		text += fmt.Sprintf(" with %d distinct %s", j.Count, j.counts)
	}
	var names []string
	for _, m := range j.Events[:min(len(j.Events), shownJoined)] {
		name := fmt.Sprintf("%s:%d", m.Source, m.Line)
		if m.ID != "" {
			name = "event " + m.ID + " (" + name + ")"
		}
		names = append(names, name)
	}
	if more := j.matches - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return text + ": " + strings.Join(names, ", ")
}

// kindOf is how people call what a condition on other events is.
func kindOf(n *ir.Join) string {
	if n.First {
		return "first_seen"
	}
	return "join"
}

// levelOf is how many rules stand below a rule, each joined by the one above it.
func levelOf(r *ir.Rule) int {
	level := 0
	for _, j := range r.Joins() {
		level = max(level, 1+levelOf(j.Rule))
	}
	return level
}

// withJoined adds the rules that rules join behind them, and leaves out rules that join one without a log source. A
// rule without a log source of its own is not run anyway.
func (p *plan) withJoined(rs []*ir.Rule, found *diag.Diagnostics) []*ir.Rule {
	out := slices.Clip(rs)
	for _, r := range rs {
		if len(p.opt.Model.Candidates(r)) == 0 {
			continue
		}
		if unread := p.unreadJoin(r); unread != nil {
			found.Warnf("join-input-not-run", unread.To.Range, "choose another --model", "the rule joins %q, of which data model %s has no log source; the rule is not run", unread.To.Text, p.opt.Model.Name)
			out = slices.DeleteFunc(slices.Clone(out), func(o *ir.Rule) bool { return o == r })
			continue
		}
		for _, j := range r.Joins() {
			if j.First {
				p.firsts[j.Rule] = j
			}
		}
		for _, below := range r.Joined() {
			if !slices.Contains(out, below) {
				out = append(out, below)
			}
		}
	}
	p.asked = rs
	return out
}

// unreadJoin gives the last join of a rule that reads a rule without a log source; nil if there is none.
func (p *plan) unreadJoin(r *ir.Rule) (unread *ir.Join) {
	lacksSource := func(r *ir.Rule) bool { return len(p.opt.Model.Candidates(r)) == 0 }
	for _, j := range r.Joins() {
		if slices.ContainsFunc(append(j.Rule.Joined(), j.Rule), lacksSource) {
			unread = j
		}
	}
	return unread
}

// joinOf numbers a join of a rule, and finds its values on a source's events.
func (p *plan) joinOf(n *ir.Join, r *rule, s *source) int {
	at := slices.IndexFunc(p.joins, func(j *join) bool { return j.node == n && j.rule == r })
	if at < 0 {
		at = len(p.joins)
		j := &join{node: n, rule: r, mine: map[*source][]document.Whole{}}
		p.joins, r.joins = append(p.joins, j), append(r.joins, j)
	}
	if j := p.joins[at]; j.mine[s] == nil {
		for _, f := range n.Mine {
			j.mine[s] = append(j.mine[s], p.layout.Whole(p.opt.Model, s.Source, f))
		}
	}
	return at
}

// waitForJoins marks a unit with joins as deferred. If it waits for nothing else, only events on which the rest of it
// may hold wait.
func (p *plan) waitForJoins(u *unit) {
	if len(u.rule.joins) == 0 {
		return
	}
	if !u.deferred {
		u.relaxed = p.programs.Program(u.tree.WithoutJoins())
	}
	u.deferred = true
	p.joinLevels = max(p.joinLevels, u.rule.level)
}

// compiledRule is a rule of the plan; nil if it is not run.
func (p *plan) compiledRule(r *ir.Rule) *rule {
	at := slices.IndexFunc(p.rules, func(o *rule) bool { return o.ir == r })
	if at < 0 {
		return nil
	}
	return p.rules[at]
}

// readForJoins has the matches of rules that others join kept. Those that were not given to the engine, and those that
// are parts of the rule that joins them, report nothing of their own.
func (p *plan) readForJoins() {
	joining := slices.Clone(p.rules)
	// a rule comes before those that it joins
	slices.SortStableFunc(joining, func(a, b *rule) int { return b.level - a.level })
	for _, r := range joining {
		for _, j := range r.joins {
			other := p.compiledRule(j.node.Rule)
			fields := slices.Clone(j.node.Theirs)
			if j.node.Distinct != nil {
				fields = append(fields, *j.node.Distinct)
			}
			reach := correlate.Unbounded
			if extent := r.extent(); extent != correlate.Unbounded {
				reach = extent + j.node.Before
			}
			p.correlations.ReadByJoin(other.order, fields, reach)
			kept := p.correlations.Rule(other.order)
			part := !j.node.Generate && other.ir.Source.Range.File == r.ir.Source.Range.File
			kept.Silent = kept.Silent || part || !slices.Contains(p.asked, other.ir)
			other.correlated = *kept
		}
	}
}

// extent is how far before Options.Now a rule is asked of events.
func (r *rule) extent() time.Duration {
	own := correlate.Unbounded
	if lookback := r.ir.Source.Schedule.Lookback; lookback > 0 {
		own = lookback + r.delay
	}
	c := r.correlated
	switch {
	case !c.Read:
		return own
	case c.Silent:
		return c.Reach
	case c.Reach == correlate.Unbounded || own == correlate.Unbounded:
		return correlate.Unbounded
	}
	return max(own, c.Reach)
}

// joining is a join that reads a field of a rule's matches; nil if none does.
func (p *plan) joining(r *rule, f ir.Field) *ir.Join {
	for _, j := range p.joins {
		if j.node.Rule == r.ir && (slices.Contains(j.node.Theirs, f) || j.node.Distinct != nil && *j.node.Distinct == f) {
			return j.node
		}
	}
	return nil
}

// indexJoins sorts what rules of a level look for. All matches of the rules that they join are known.
func (e *Engine) indexJoins(level int) {
	for _, j := range e.joins {
		if j.rule.level == level {
			j.index = e.matches.Index(e.compiledRule(j.node.Rule).order, j.node.Theirs, j.node.Distinct)
		}
	}
}

// joined answers a program: whether a join holds for the current event.
func (m *matcher) joined(n int) bool {
	j := m.p.joins[n]
	for _, si := range m.route.Of {
		s := m.p.sources[si]
		if j.mine[s] == nil {
			continue
		}
		found, lacks := m.near(j, s)
		if lacks == noTime || j.index == nil {
			return false
		}
		m.noteAsked(&m.askedOfJoins[n], lacks)
		return lacks == "" && j.holds(found.Count())
	}
	return false
}

func (j *join) holds(count int) bool {
	for _, b := range j.node.Bounds {
		if !b.Holds(float64(count)) {
			return false
		}
	}
	return true
}

// noTime is what an event lacks whose time cannot be read.
const noTime = "time"

// near finds the matches near the current event. lacks names what the event has not.
func (m *matcher) near(j *join, s *source) (found correlate.Found, lacks string) {
	if j.mine[s] == nil {
		f, _ := m.p.opt.Model.Lacks(s.Source, j.node)
		return found, f.Name
	}
	at, ok := m.time()
	if !ok {
		return found, noTime
	}
	values := make([]string, len(j.node.Mine))
	for i, field := range j.mine[s] {
		if values[i], ok = m.doc.Whole(field); !ok || values[i] == "" {
			return found, j.node.Mine[i].String()
		}
	}
	if j.index == nil {
		return found, "end of the input"
	}
	until := at.Add(j.node.After)
	if j.node.First {
		until = at.Add(-1)
	}
	return j.index.Between(values, at.Add(-j.node.Before), until), ""
}

// found tells what a join finds near the current event.
func (m *matcher) found(n int, s *source) Joined {
	j := m.p.joins[n]
	out := Joined{Kind: kindOf(j.node), Name: j.node.Name, Rule: j.node.To.Text}
	found, lacks := m.near(j, s)
	if lacks != "" {
		out.Lacks = lacks
		return out
	}
	out.Count, out.matches, out.Events = found.Count(), found.Matches(), found.Members()
	out.Holds = j.holds(out.Count)
	if j.node.Distinct != nil {
		out.counts = j.node.Distinct.Name
	}
	return out
}

// joinedBy lists what the joins of a unit's rule find near the current event.
func (m *matcher) joinedBy(u *unit) []Joined {
	var out []Joined
	for n, j := range m.p.joins {
		if j.rule == u.rule {
			out = append(out, m.found(n, m.p.sources[u.source]))
		}
	}
	return out
}
