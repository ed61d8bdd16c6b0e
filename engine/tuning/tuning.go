// Package tuning finds the filter that a rule needs: what its unwanted matches have in common and its wanted matches
// have not. In: a rule, events that should not alert and events that must. Out: a Sigma filter, verified by the engine,
// and what it cannot exclude. The filter uses only fields that people can read. It never excludes an event that must
// alert, and it is as small as the search finds.
package tuning

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"decree/engine"
	"decree/engine/event"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
)

// Recording is events of one data model, in order. Ancestors are found among all of them.
type Recording struct {
	Name    string
	Options engine.Options
	Read    func(each func(*event.Event) error) error
	// Prepare gives the rule as the recording is to see it, such as with the filters of a test case. Nil leaves it as
	// it is.
	Prepare func(*ir.Rule) (*ir.Rule, error)
}

// Match is an event that the rule matches.
type Match struct {
	Source string
	Line   int
	ID     string // as results show it; may be empty
	Raw    []byte // JSON

	recording, order int
	texts            map[string][]string // Sigma's field -> the event's values
}

// String names the event in messages.
func (m *Match) String() string {
	at := fmt.Sprintf("%s:%d", m.Source, m.Line)
	if m.ID != "" {
		at += " (" + m.ID + ")"
	}
	return at
}

// Left is a match that should not alert and that no filter excludes.
type Left struct {
	Match *Match
	Like  *Match // a match that must alert and has the same values in every field that people can read
}

// Request says what a filter is wanted for.
type Request struct {
	Rule      *ir.Rule
	Good, Bad []Recording // what should not alert, and what must
	ID        string      // of the filter
	Date      time.Time
	Condition parse.FilterCondition // how filters are read
}

// Result is a filter and what it does.
type Result struct {
	Text      []byte // the filter document; nil if there is nothing to write
	Good, Bad []*Match
	Excluded  []*Match // of Good
	Left      []Left   // of Good: the rest
	// fields with digests that the filter uses, because nothing that people can read tells the events apart
	Digests []string
	Absent  []string // fields that the filter uses although the products of some dialect lack them
	Tests   int      // fields that the filter tests, over all selections
	// fields that were not used, because the engine reads their values otherwise than events show them
	Distrust []string
}

// ErrNoBad says that no event that must alert does.
var ErrNoBad = errors.New("the rule matches none of the events that must alert")

// Find finds the filter. A rule that waits for other events sees all events of each recording.
func Find(q Request) (*Result, error) {
	out := &Result{}
	good, err := observe(q.Rule, q.Good)
	if err != nil {
		return nil, err
	}
	bad, err := observe(q.Rule, q.Bad)
	if err != nil {
		return nil, err
	}
	out.Good, out.Bad = good, bad
	if len(bad) == 0 {
		return out, ErrNoBad
	}
	if len(good) == 0 {
		return out, nil
	}
	distrusted := map[string]bool{}
	for range maxAttempts {
		s := newSearch(good, bad, catalogue(q.Rule, distrusted))
		selections := s.cover()
		out.account(s, selections)
		if len(selections) == 0 {
			out.Text = nil
			return out, nil
		}
		out.Text = write(q, selections)
		wrong, err := verify(q, out.Text, s, selections)
		if err != nil {
			return out, err
		}
		if len(wrong) == 0 {
			return out, nil
		}
		for _, field := range wrong {
			if !distrusted[field] {
				distrusted[field] = true
				out.Distrust = append(out.Distrust, field)
			}
		}
	}
	return out, errors.New("no filter that was found does in the engine what its tests say")
}

// maxAttempts limits how often a filter is looked for with other fields.
const maxAttempts = 12

// account says what selections exclude and leave.
func (r *Result) account(s *search, selections []selection) {
	r.Excluded, r.Left, r.Digests, r.Absent, r.Tests = nil, nil, nil, nil, 0
	covered := newBits(len(s.good))
	for _, sel := range selections {
		covered.or(sel.good)
		r.Tests += len(sel.tests)
		for _, t := range sel.tests {
			if t.class == digest && !slices.Contains(r.Digests, t.field) {
				r.Digests = append(r.Digests, t.field)
			}
			if t.absent && !slices.Contains(r.Absent, t.field) {
				r.Absent = append(r.Absent, t.field)
			}
		}
	}
	for i, shape := range s.good {
		for _, m := range shape.matches {
			if covered.has(i) {
				r.Excluded = append(r.Excluded, m)
			} else {
				r.Left = append(r.Left, Left{m, s.twin(shape)})
			}
		}
	}
}

// verify runs the rule with the filter. It gives the fields that mislead: those of selections that exclude what they
// should not, or do not exclude what they should.
func verify(q Request, text []byte, s *search, selections []selection) ([]string, error) {
	filters, found := parse.FilterText("filter.yml", text, q.Condition)
	if found.HasErrors() {
		return nil, found[0]
	}
	filtered, found := applied(q.Rule, filters)
	if found.HasErrors() {
		return nil, found[0]
	}
	good, err := matched(filtered, q.Good)
	if err != nil {
		return nil, err
	}
	bad, err := matched(filtered, q.Bad)
	if err != nil {
		return nil, err
	}
	lost := slices.ContainsFunc(s.bad, func(sh *shape) bool {
		return slices.ContainsFunc(sh.matches, func(m *Match) bool { return !bad[m.key()] })
	})
	var wrong []string
	for _, sel := range selections {
		if !lost && !sel.misses(s.good, good) {
			continue
		}
		for _, t := range sel.tests {
			if !slices.Contains(wrong, t.field) {
				wrong = append(wrong, t.field)
			}
		}
	}
	return wrong, nil
}

// misses tells whether the rule still matches an event that the selection holds for. matched has what it matches.
func (sel selection) misses(good []*shape, matched map[eventKey]bool) bool {
	for i, sh := range good {
		if sel.good.has(i) && slices.ContainsFunc(sh.matches, func(m *Match) bool { return matched[m.key()] }) {
			return true
		}
	}
	return false
}

// applied is the rule with filters.
func applied(r *ir.Rule, filters []*rules.Filter) (*ir.Rule, diag.Diagnostics) {
	var found diag.Diagnostics
	for _, f := range filters {
		required, more := ir.LowerFilter(f)
		found = append(found, more...)
		if required == nil {
			return r, found
		}
		if !f.Covers(r.Source) {
			found.Errorf("filter-covers-nothing", f.Body.Range, "", "the filter does not apply to the rule")
			return r, found
		}
		r = r.Filtered(f, required)
	}
	return r, found
}
