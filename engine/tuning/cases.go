package tuning

import (
	"fmt"
	"slices"
	"time"

	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
)

// Case is a test of the filter: events, and how many of them must match the rule.
type Case struct {
	Name   string
	Good   bool // none may match
	Model  string
	Now    time.Time
	Events [][]byte // JSON
	Count  int
}

// maxCaseEvents limits the events of a case. A test shall be read.
const maxCaseEvents = 500

// Cases gives the tests of a filter that was found: what it excludes, and what must still match. It is nil if the
// matches alone do not tell: the rule asks other events too, or the data model is not a shipped one.
func Cases(q Request, found *Result) ([]Case, error) {
	filters, wrong := parse.FilterText("filter.yml", found.Text, q.Condition)
	if wrong.HasErrors() {
		return nil, wrong[0]
	}
	filtered, wrong := applied(q.Rule, filters)
	if wrong.HasErrors() {
		return nil, wrong[0]
	}
	var out []Case
	for _, of := range []struct {
		name       string
		good       bool
		recordings []Recording
		matches    []*Match
	}{{"is excluded", true, q.Good, found.Excluded}, {"still matches", false, q.Bad, found.Bad}} {
		for i, rec := range of.recordings {
			c := Case{Name: of.name, Good: of.good, Model: rec.Options.Model.Name, Now: rec.Options.Now, Events: eventsOf(of.matches, i)}
			if len(of.recordings) > 1 {
				c.Name += ": " + rec.Name
			}
			if !of.good {
				c.Count = len(c.Events)
			}
			if len(c.Events) == 0 {
				continue
			}
			if tells, err := c.tells(rec, q.Rule, filtered); err != nil || !tells {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// eventsOf gives the events of a recording that matched, as many as a case may have.
func eventsOf(matches []*Match, recording int) (events [][]byte) {
	for _, m := range matches {
		if m.recording == recording && len(events) < maxCaseEvents {
			events = append(events, m.Raw)
		}
	}
	return events
}

// tells checks that a test file can say the case: its events alone all match the rule, and as many as the case counts
// match under the filter.
func (c *Case) tells(rec Recording, rule, filtered *ir.Rule) (bool, error) {
	rec.Prepare = nil
	rec.Read = func(each func(*event.Event) error) error {
		for n, raw := range c.Events {
			if err := each(&event.Event{Source: c.Name, Line: n + 1, Raw: raw}); err != nil {
				return err
			}
		}
		return nil
	}
	before, err := rec.run(rule)
	if err != nil {
		return false, fmt.Errorf("%s: %w", c.Name, err)
	}
	after, err := rec.run(filtered)
	if err != nil {
		return false, fmt.Errorf("%s: %w", c.Name, err)
	}
	return len(before) == len(c.Events) && len(after) == c.Count && slices.Contains(schema.Names(), c.Model), nil
}
