package regression

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/diag"
)

// maxNamed limits how many events one message names.
const maxNamed = 20

// compare reports what differs from the expectation, and gives the indexes of the wrong events.
func (c *Case) compare(o *Outcome) (wrong []int) {
	switch e := c.Expect; e.Way {
	case ByID, ByIndex:
		return c.compareEvents(o)
	case ByNone:
		if len(o.matches) > 0 {
			o.Failures.Errorf("unexpected-match", e.Range, o.unlike, "expected no match, got %d: %s", len(o.matches), named(o.Matched))
		}
		return o.matches
	case ByCount:
		return c.compareCount(o, e.Count, "expected %s, got %d")
	case ByAtLeast:
		if len(o.matches) < e.Count {
			return c.compareCount(o, e.Count, "expected at least %s, got %d")
		}
	default:
		if c.SameAs == nil {
			o.Failures.Errorf("missing-expect", e.Range, "add "+strings.Join(ways, ", ")+"; `decree test --update` writes the observed matches", "the case does not say what must match")
		}
	}
	return nil
}

func (c *Case) compareCount(o *Outcome, want int, message string) []int {
	if len(o.matches) == want {
		return nil
	}
	text := fmt.Sprintf(message, countMatches(want), len(o.matches))
	if len(o.matches) > 0 {
		text += ": " + named(o.Matched)
	}
	o.Failures.Errorf("wrong-count", c.Expect.Range, o.unlike, "%s", text)
	if len(o.matches) > want {
		return o.matches[want:]
	}
	return o.misses()
}

// misses are events that did not match.
func (o *Outcome) misses() []int {
	matched := o.matched()
	var out []int
	for i := range o.events {
		if !matched[i] {
			out = append(out, i)
		}
	}
	return out
}

func (o *Outcome) matched() map[int]bool {
	out := map[int]bool{}
	for _, i := range o.matches {
		out[i] = true
	}
	return out
}

// compareEvents expects exactly the named events to match. If several events have one id, all are expected, with a
// warning.
func (c *Case) compareEvents(o *Outcome) (wrong []int) {
	wanted, matched := map[int]bool{}, o.matched()
	for _, ref := range c.Expect.Events {
		places := o.find(ref)
		if len(places) == 0 {
			o.unknown(ref)
		}
		var missed []int
		for _, i := range places {
			wanted[i] = true
			if !matched[i] {
				missed = append(missed, i)
			}
		}
		switch {
		case len(places) > 1 && len(missed) > 0:
			o.Failures.Errorf("missing-match", ref.Range, notUnique, "expected all %d events with the id %s to match, but %d do not", len(places), ref, len(missed))
		case len(places) > 1:
			o.Warnings.Warnf("ambiguous-id", ref.Range, notUnique, "%d events have the id %s; all of them match", len(places), ref)
		case len(missed) > 0:
			o.Failures.Errorf("missing-match", ref.Range, "", "expected event %s to match, but it does not", ref)
		}
		wrong = append(wrong, missed...)
	}
	var extra []string
	for _, i := range o.matches {
		if !wanted[i] {
			extra = append(extra, o.events[i].label())
			wrong = append(wrong, i)
		}
	}
	if len(extra) > 0 {
		o.Failures.Errorf("unexpected-match", c.Expect.Range, o.unlike, "unexpected matches: %s", named(extra))
	}
	slices.Sort(wrong)
	return wrong
}

const notUnique = "give each event its own id, or use `indexes`"

// find gives the indexes of the events that a reference names.
func (o *Outcome) find(ref Reference) []int {
	var out []int
	for i, s := range o.events {
		if (ref.Index > 0 && s.index == ref.Index) || (ref.Index == 0 && ref.ID != "" && s.id == ref.ID) {
			out = append(out, i)
		}
	}
	return out
}

// unknown reports that a reference names no event of the case.
func (o *Outcome) unknown(ref Reference) {
	var known []string
	own := 0
	for _, s := range o.events {
		own = max(own, s.index)
		if s.id != "" && len(known) < maxNamed {
			known = append(known, s.id)
		}
	}
	if ref.Index > 0 {
		o.Failures.Errorf("unknown-event", ref.Range, "indexes count from 1 and skip the events of fixtures", "event %d does not exist: the case has %d events of its own", ref.Index, own)
		return
	}
	hint := "the ids are " + named(known)
	if len(known) == 0 {
		hint = "the data model finds no ids in these events: use `indexes`"
	}
	o.Failures.Errorf("unknown-event", ref.Range, diag.DidYouMean(ref.ID, known, hint), "no event of this case has the id %q", ref.ID)
}

// String names the event as in the test file.
func (ref Reference) String() string {
	if ref.Index > 0 {
		return fmt.Sprintf("#%d", ref.Index)
	}
	return ref.ID
}

// describe gives the expectation on one line.
func (e Expect) describe() string {
	switch e.Way {
	case ByID, ByIndex:
		names := make([]string, len(e.Events))
		for i, ref := range e.Events {
			names[i] = ref.String()
		}
		return named(names)
	case ByCount:
		return countMatches(e.Count)
	case ByAtLeast:
		return "at least " + countMatches(e.Count)
	case ByNone:
		return "none"
	}
	return "nothing"
}

// named joins names, up to maxNamed.
func named(names []string) string {
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > maxNamed:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
	}
	return strings.Join(names, ", ")
}

// alike compares a case with the case named by its same_as.
func (c *Case) alike(o *Outcome, other *Outcome) (wrong []int) {
	if c.Expect.Way == "" {
		o.Expected = fmt.Sprintf("as in %q: %s", other.Case, named(other.Matched))
	}
	if other.notRun() {
		o.Failures.Errorf("not-the-same", c.SameAs.Range, "", "cannot compare: the case %q could not be run", other.Case)
		return nil
	}
	fail := func(hint, format string, args ...any) {
		o.Failures.Errorf("not-the-same", c.SameAs.Range, hint, format, args...)
	}
	if c.SameAs.By == ByCount {
		if len(o.matches) != len(other.matches) {
			fail("", "%d events match here, but %d in %q", len(o.matches), len(other.matches), other.Case)
		}
		return nil
	}
	mine, places, ok := o.keys(c.SameAs.By)
	theirs, _, too := other.keys(c.SameAs.By)
	if !ok || !too {
		fail("add `by: indexes` or `by: count`: `same_as: {case: ..., by: indexes}`", "a matching event has no id, so the cases cannot be compared by ids")
		return nil
	}
	missing, extra := difference(theirs, mine), difference(mine, theirs)
	if len(missing)+len(extra) == 0 {
		return nil
	}
	fail("", "in %q these match: %s; here: %s", other.Case, named(theirs), named(mine))
	for _, key := range extra {
		wrong = append(wrong, places[key])
	}
	for i, s := range o.events {
		if slices.Contains(missing, s.key(c.SameAs.By)) {
			wrong = append(wrong, i)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// keys gives a key for each matching event, and its index. ok is false if an event has no key. If several events have
// one id, a number is added to the key of further ones.
func (o *Outcome) keys(by Way) (keys []string, places map[string]int, ok bool) {
	places, times := map[string]int{}, map[string]int{}
	for _, i := range o.matches {
		key := o.events[i].key(by)
		if key == "" {
			return nil, nil, false
		}
		if _, seen := places[key]; seen {
			times[key]++
			key = fmt.Sprintf("%s (%d)", key, times[key]+1)
		}
		places[key] = i
		keys = append(keys, key)
	}
	return keys, places, true
}

func (s seen) key(by Way) string {
	if by == ByID {
		return s.id
	}
	if s.index > 0 {
		return fmt.Sprintf("#%d", s.index)
	}
	return fmt.Sprintf("%s:%d", s.source, s.line)
}

// difference gives the elements of a that b lacks.
func difference(a, b []string) []string {
	var out []string
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
