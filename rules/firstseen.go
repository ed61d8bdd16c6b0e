package rules

import (
	"time"

	"decree/rules/diag"
)

// FirstSeen is one named condition: it holds for an event if no other with the same values came in the time before.
type FirstSeen struct {
	Name      string
	Range     diag.Range
	Fields    []NamedField  // fields or entities: one or more
	Over      time.Duration // greater than 0
	OverRange diag.Range    // of the value
	Among     string        // the events that may have come: a name of the rule; "" = all events of the log source
}
