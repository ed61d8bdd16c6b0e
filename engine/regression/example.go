package regression

import (
	"decree/engine/event"
)

// Example is an event of a case, with whether it matched.
type Example struct {
	Label  string // its id, or its index
	Found  bool
	Fields map[string]any // as in event.Event
}

// Examples gives the first events of a case that matched, and the first that did not: at most so many of each, in the
// order of the case. o is the case's outcome.
func (c *Case) Examples(o Outcome, most int) ([]Example, error) {
	matched := o.matched()
	var out []Example
	left := map[bool]int{true: most, false: most}
	at := 0
	err := c.Read(func(ev *event.Event) error {
		found := matched[at]
		if at < len(o.events) && left[found] > 0 {
			left[found]--
			out = append(out, Example{o.events[at].label(), found, ev.Fields()})
		}
		at++
		return nil
	})
	return out, err
}
