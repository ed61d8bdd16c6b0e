package alerts

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/rules/ir"
)

// Suppression shows one match of a rule by some values and a time, the earliest.
type Suppression struct {
	By  []string // columns, or fields of the event
	For time.Duration
}

// parseSuppression reads NAMES=DURATION, such as host,Image=1d.
func parseSuppression(text string) (Suppression, error) {
	by, length, ok := strings.Cut(text, "=")
	out := Suppression{By: strings.Split(by, ",")}
	var err error
	out.For, err = usage.ParseDuration(length)
	if !ok || err != nil || out.For <= 0 || strings.Contains(","+by+",", ",,") {
		return out, fmt.Errorf("--suppress %s: write names and a time, such as host,Image=1d", text)
	}
	return out, nil
}

// suppressed passes on the first match of a rule and its values, and those after its time. Matches come by time; those
// without one are passed on.
type suppressed struct {
	to    Sink
	by    []column
	For   time.Duration
	shown map[string]time.Time // rule and values -> the match that was passed on last
	left  int                  // matches that were not passed on
}

func newSuppressed(s Suppression, to Sink) *suppressed {
	return &suppressed{to: to, by: columnsNamed(s.By), For: s.For, shown: map[string]time.Time{}}
}

// Add passes a match on, or leaves it out.
func (s *suppressed) Add(a Alert) {
	at, err := time.Parse(time.RFC3339Nano, a.Time)
	if err != nil {
		s.to.Add(a)
		return
	}
	var key strings.Builder
	fmt.Fprintf(&key, "%q %d", a.RuleFile, a.RuleLine)
	for _, c := range s.by {
		fmt.Fprintf(&key, " %q", c.of(&a))
	}
	if last, ok := s.shown[key.String()]; ok && at.Before(last.Add(s.For)) {
		s.left++
		return
	}
	s.shown[key.String()] = at
	s.to.Add(a)
}

// Close ends the sink below.
func (s *suppressed) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	return s.to.Close(suspended, withoutReputation)
}

// several passes matches on to several sinks.
type several []Sink

// Add passes a match on.
func (all several) Add(a Alert) {
	for _, sink := range all {
		sink.Add(a)
	}
}

// Close ends all sinks.
func (all several) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	var errs []error
	for _, sink := range all {
		errs = append(errs, sink.Close(suspended, withoutReputation))
	}
	return errors.Join(errs...)
}
