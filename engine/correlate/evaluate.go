package correlate

import (
	"slices"
	"time"
)

// member is what a correlation reads: a match of a rule, or of another correlation at the event that completed it.
type member struct {
	of    int32 // the match of a rule, by its position
	match int32 // of the correlation that the input is
	input int32
}

// group is the members with the same values, in the order of their times.
type group []member

// completion is one match of a correlation. Its window is the members of a group from first to before end; the member
// at completed it.
type completion struct {
	group, first, at, end int32
	value                 float64
}

// result is the matches of one correlation, by time and input order.
type result struct {
	groups  []group
	matches []completion
}

// completing is the member that completed a match.
func (f *result) completing(m completion) member { return f.groups[m.group][m.at] }

// Evaluation finds the matches of correlations over some matches of rules.
type Evaluation struct {
	set      *Set
	matches  *Matches
	byRule   [][]int32
	of       map[*Correlation]*result
	values   map[string]int32 // tuples of value_count, numbered
	progress []Progress
	lacks    map[*Correlation][]Lack // of each input
}

// Evaluate begins an evaluation over some of the matches: byRule lists their positions by the number of the rule.
func (s *Set) Evaluate(ms *Matches, byRule [][]int32) *Evaluation {
	return &Evaluation{set: s, matches: ms, byRule: byRule, of: map[*Correlation]*result{}, lacks: map[*Correlation][]Lack{}, values: map[string]int32{}}
}

// FindAll evaluates all correlations.
func (v *Evaluation) FindAll() {
	for _, c := range v.set.All {
		v.find(c, nil)
	}
}

// ObserveAll evaluates all correlations, and records how near each came, of those that report by what Reports gives at
// that time.
func (v *Evaluation) ObserveAll(now time.Time) {
	for _, c := range v.set.All {
		seen := newObserver(c, now)
		v.find(c, seen)
		v.progress = append(v.progress, seen.report())
	}
}

// Find evaluates a correlation and those that it reads.
func (v *Evaluation) Find(c *Correlation) {
	for _, below := range c.chain() {
		v.find(below, nil)
	}
}

// Progress tells how near each correlation came, in the order of the set, if ObserveAll recorded it.
func (v *Evaluation) Progress() []Progress { return v.progress }

// entry is a member of the group at hand, with what its window reads.
type entry struct {
	member
	tuple  int32   // of the columns that value_count reads
	number float64 // of a correlation that computes
	counts bool    // it has what the condition reads
}

// when gives the match that a member is, or that completed it.
func (v *Evaluation) when(m member) *kept { return v.matches.at(m.of) }

// find evaluates a correlation whose inputs are evaluated already. seen records how near it came; it may be nil.
func (v *Evaluation) find(c *Correlation, seen *observer) {
	found := &result{}
	v.of[c] = found
	groups := map[string]int{}
	v.lacks[c] = make([]Lack, len(c.inputs))
	for i, in := range c.inputs {
		lack := &v.lacks[c][i]
		add := func(m member) {
			key, ok := v.key(c, c.IR.GroupBy, m)
			seen.read(i, ok)
			if !ok {
				lack.Note(v.lacksOf(c, c.IR.GroupBy, m))
				return
			}
			lack.Note(v.lacksOf(c, c.IR.Values, m))
			at, known := groups[key]
			if !known {
				at = len(found.groups)
				groups[key] = at
				found.groups = append(found.groups, nil)
			}
			found.groups[at] = append(found.groups[at], m)
		}
		if in.rule >= 0 {
			for _, o := range v.byRule[in.rule] {
				add(member{o, -1, int32(i)})
			}
			continue
		}
		inner := v.of[in.correlation]
		for k, m := range inner.matches {
			add(member{inner.completing(m).of, int32(k), int32(i)})
		}
	}
	for g, members := range found.groups {
		slices.SortStableFunc(members, func(a, b member) int { return v.when(a).compare(v.when(b)) })
		found.matches = v.slide(c, members, int32(g), found.matches, seen)
	}
	slices.SortStableFunc(found.matches, func(a, b completion) int {
		return v.when(found.completing(a)).compare(v.when(found.completing(b)))
	})
}

// slide moves the window over a group. All members of one time share one window, which holds all of them.
func (v *Evaluation) slide(c *Correlation, g group, number int32, out []completion, seen *observer) []completion {
	seen.begin()
	a := newAggregate(c.IR)
	var now []entry
	from := 0
	for at := 0; at < len(g); {
		is, end := v.when(g[at]), at
		for now = now[:0]; end < len(g) && v.when(g[end]).sameTime(is); end++ {
			now = append(now, v.entry(c, g[end]))
		}
		begin := is.time().Add(-c.IR.Timespan)
		second, nano := begin.Unix(), int32(begin.Nanosecond())
		for from < at && v.when(g[from]).before(second, nano) {
			a.remove(v.entry(c, g[from]))
			from++
		}
		a.add(is.time(), now)
		value, holds := a.holds(begin)
		before := len(out)
		if holds {
			order := -1
			for i, e := range now { // an event that several inputs found is one: they stand together
				if event := v.when(e.member).order; event != order && a.completes(e) {
					order = event
					out = append(out, completion{number, int32(from), int32(at + i), int32(end), value})
				}
			}
		}
		seen.window(v, g[from:end], value, holds, len(out)-before)
		at = end
	}
	return out
}
