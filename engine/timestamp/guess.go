package timestamp

import (
	"fmt"
	"strings"
	"time"
)

// Guess is the first time, in the order of events, that could be read in two ways.
type Guess struct {
	order int
	text  string
	at    time.Time
}

// Take records a time if it is the first.
func (g *Guess) Take(order int, text string, at time.Time) {
	if g.text == "" || order < g.order {
		*g = Guess{order, strings.Clone(text), at}
	}
}

// String says how it was read; "" if there is none.
func (g Guess) String() string {
	if g.text == "" {
		return ""
	}
	return fmt.Sprintf("the time %q was read as %s", g.text, g.at.Format("2 January 2006"))
}

// Merge records the time of another guess if it is the first.
func (g *Guess) Merge(other Guess) {
	if other.text != "" {
		g.Take(other.order, other.text, other.at)
	}
}
