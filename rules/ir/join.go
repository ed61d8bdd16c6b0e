package ir

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/rules"
	"decree/rules/diag"
)

// Join holds for an event if matches of another rule are near it in time, and have the same values in all fields,
// ignoring case. Both ends of the window are included, and so are matches of the event's own time: an event that the
// other rule finds too counts itself. A match or an event without one of the values finds nothing, nor does one without
// a time.
type Join struct {
	Base
	Name          string
	To            rules.RuleReference // as the rule names the other
	Rule          *Rule               // the other rule; nil before LinkJoins
	Mine, Theirs  []Field             // of the event and of the other rule's event: one or more pairs
	SameAt        []diag.Range        // where each pair is written
	Before, After time.Duration       // one of them is greater than 0
	// of the other rule's events, whose different values are counted; nil: matches are counted
	Distinct   *Field
	DistinctAt diag.Range    // where that is written
	Bounds     []rules.Bound // on the count; they do not hold for 0
	Generate   bool          // the other rule reports its own matches too
	// First is set of a first_seen condition: Rule is all that may have come, and has no name of its own; a match of
	// the event's own time is not looked for; and the bound is 0, so that it holds for an event with all values before
	// which nothing is found.
	First bool
}

func (*Join) node() {}

func (l *lowerer) join(j rules.Join) Node {
	n := &Join{Base: Base{j.Range}, Name: j.Name, To: j.Rule, Before: j.Before, After: j.After, Bounds: j.Bounds, Generate: j.Generate}
	for _, same := range j.Same {
		mine := l.field(same.Mine.Name, 0, same.Mine.Range)
		l.single(mine, same.Mine.Range, "same")
		n.Mine = append(n.Mine, mine)
		n.Theirs = append(n.Theirs, FieldNamed(same.Theirs.Name)) // which may be an extract of that rule
		n.SameAt = append(n.SameAt, same.Theirs.Range)
	}
	if j.Distinct != nil {
		f := FieldNamed(j.Distinct.Name)
		n.Distinct, n.DistinctAt = &f, j.Distinct.Range
	}
	return n
}

// LinkJoins gives rules whose joins know the other rules. lowered has the tree of each rule; a rule that joins one
// without a tree is reported and left out, as are those that join it. The rules come in the order of the list.
func LinkJoins(rs []*Rule, lowered map[*rules.Rule]*Rule) ([]*Rule, diag.Diagnostics) {
	l := &joinLinker{lowered: lowered, done: map[*rules.Rule]*Rule{}}
	var out []*Rule
	for _, r := range rs {
		if linked := l.link(r); linked != nil {
			out = append(out, linked)
		}
	}
	return out, l.found
}

type joinLinker struct {
	lowered map[*rules.Rule]*Rule
	done    map[*rules.Rule]*Rule // nil while a rule is linked, and if it cannot be
	found   diag.Diagnostics
}

// link gives a rule whose joins know the other rules, or nil.
func (l *joinLinker) link(r *Rule) *Rule {
	if had, ok := l.done[r.Source]; ok {
		return had
	}
	l.done[r.Source] = nil
	others, whole := map[*Join]*Rule{}, true
	for _, j := range r.Joins() {
		if j.First {
			others[j] = j.Rule
			continue
		}
		other := l.other(r, j)
		if other == nil {
			l.found.Errorf("unreadable-input", j.To.Range, "fix that rule first", "%q has errors", j.To.Text)
			whole = false
		} else if several := j.several(other); len(several) > 0 {
			l.found = append(l.found, several...)
			whole = false
		}
		others[j] = other
	}
	if whole {
		l.done[r.Source] = r.withJoins(func(j *Join) *Join {
			linked := *j
			linked.Rule = others[j]
			return &linked
		})
	}
	return l.done[r.Source]
}

// other is the rule that a join of a rule names, linked itself; nil if it has no tree.
func (l *joinLinker) other(r *Rule, j *Join) *Rule {
	i := slices.IndexFunc(r.Source.Joins, func(s rules.Join) bool { return s.Name == j.Name })
	if i < 0 {
		return nil
	}
	tree := l.lowered[r.Source.Joins[i].Other]
	if tree == nil {
		return nil
	}
	return l.link(tree)
}

// several reports extracts with several values that a join compares or counts of the other rule.
func (j *Join) several(other *Rule) (found diag.Diagnostics) {
	for i, f := range j.Theirs {
		single(&found, other.Own(f), j.SameAt[i], "same")
	}
	if j.Distinct != nil {
		single(&found, other.Own(*j.Distinct), j.DistinctAt, "distinct")
	}
	return found
}

// Joins gives the joins of a rule, each once.
func (r *Rule) Joins() []*Join {
	var out []*Join
	Inspect(r.Condition, func(n Node) bool {
		if j, ok := n.(*Join); ok && !slices.Contains(out, j) {
			out = append(out, j)
		}
		return true
	})
	return out
}

// AsksJoin tells whether a condition has a join.
func AsksJoin(n Node) bool {
	asks := false
	Inspect(n, func(below Node) bool {
		_, join := below.(*Join)
		asks = asks || join
		return !asks
	})
	return asks
}

// Joined gives the rules that a rule joins, directly or through others. Each occurs once and after those that it joins.
func (r *Rule) Joined() []*Rule {
	var out []*Rule
	for _, j := range r.Joins() {
		for _, below := range append(j.Rule.Joined(), j.Rule) {
			if !slices.Contains(out, below) {
				out = append(out, below)
			}
		}
	}
	return out
}

// Delay is how long after an event it is known whether the rule matches it: until what its joins look for after the
// event has come.
func (r *Rule) Delay() time.Duration {
	var delay time.Duration
	for _, j := range r.Joins() {
		delay = max(delay, j.After+j.Rule.Delay())
	}
	return delay
}

// JoinReach is how far before an event its joins look for others.
func (r *Rule) JoinReach() time.Duration {
	var reach time.Duration
	for _, j := range r.Joins() {
		reach = max(reach, j.Before+j.Rule.JoinReach())
	}
	return reach
}

// RewriteJoined gives the rule with each rule that it joins replaced, directly or through others.
func (r *Rule) RewriteJoined(f func(*Rule) *Rule) *Rule {
	if len(r.Joins()) == 0 {
		return r
	}
	return r.withJoins(func(j *Join) *Join {
		out := *j
		out.Rule = f(j.Rule).RewriteJoined(f)
		return &out
	})
}

// withJoins replaces the joins of a rule. Each join still has one node.
func (r *Rule) withJoins(f func(*Join) *Join) *Rule {
	if len(r.Joins()) == 0 {
		return r
	}
	w := rewriter{f: func(m *Match) Node { return m }, names: map[*Named]*Named{}, join: f, joins: map[*Join]*Join{}}
	return w.rule(r)
}

// Describe puts what a join asks into words.
func (j *Join) Describe() string {
	var same []string
	for i, mine := range j.Mine {
		if mine == j.Theirs[i] {
			same = append(same, mine.String())
		} else {
			same = append(same, mine.String()+" as its "+j.Theirs[i].String())
		}
	}
	if j.First {
		return fmt.Sprintf("the first of %s with the same %s in %s", j.To.Text, strings.Join(same, ", "), span(j.Before))
	}
	counted := "matches"
	if j.Distinct != nil {
		counted = "distinct " + j.Distinct.String() + " in matches"
	}
	return fmt.Sprintf("%s of %s with the same %s%s:%s", counted, j.To.Text, strings.Join(same, ", "), j.Window(), bounds(j.Bounds))
}

// Window is in words when the other events are.
func (j *Join) Window() string {
	text := ""
	if j.Before > 0 {
		text += " up to " + span(j.Before) + " before"
	}
	if j.After > 0 {
		if text != "" {
			text += " or"
		}
		text += " up to " + span(j.After) + " after"
	}
	return text
}

// span writes a duration of whole seconds without units that are 0.
func span(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// ReadOf gives the fields of another rule's events that a rule's joins read.
func (r *Rule) ReadOf(other *Rule) []Field {
	var out []Field
	for _, j := range r.Joins() {
		if j.Rule != other {
			continue
		}
		out = append(out, j.Theirs...)
		if j.Distinct != nil {
			out = append(out, *j.Distinct)
		}
	}
	return out
}
