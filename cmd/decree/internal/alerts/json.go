package alerts

import (
	"errors"
	"fmt"
	"io"

	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/engine/correlate"
	"decree/engine/event"
	"decree/engine/lineage"
	"decree/engine/rarity"
	"decree/rules/ir"
)

// Suspension is the JSON form of a suspended rule.
type Suspension struct {
	Rule      string `json:"rule"`
	ID        string `json:"rule_id"`
	Level     string `json:"level"`
	EventID   string `json:"event_id"`
	Source    string `json:"source"`
	Line      int    `json:"line"`
	Suspended string `json:"suspended"` // why
}

// NewSuspension gives the JSON form of a suspension.
func NewSuspension(s engine.Suspension) Suspension {
	m := s.Rule.Source
	return Suspension{m.Title, m.ID, m.Level, s.EventID, s.Source, s.Line, s.Reason}
}

// jsonSink writes an array of matches.
type jsonSink struct {
	out   io.Writer
	array *stdio.Array
}

// Add writes a match.
func (j *jsonSink) Add(r engine.Result) { j.array.Add(NewAlert(r)) }

// Close ends the array.
func (j *jsonSink) Close(suspended []engine.Suspension, _ []*ir.Rule) error {
	for _, s := range suspended {
		j.array.Add(NewSuspension(s))
	}
	err := j.array.Close()
	_, more := fmt.Fprintln(j.out)
	return errors.Join(err, more)
}

// Alert is the JSON form of a match.
type Alert struct {
	Rule       string             `json:"rule"`
	ID         string             `json:"rule_id"`
	Level      string             `json:"level"`
	EventID    string             `json:"event_id"`
	Source     string             `json:"source"`
	Line       int                `json:"line"`
	Facts      []event.Fact       `json:"facts"`
	Names      []string           `json:"names"`
	Ancestors  []lineage.Ancestor `json:"ancestors,omitempty"`
	Prevalence []rarity.Figure    `json:"prevalence,omitempty"`
	Reputation map[string]string  `json:"reputation,omitempty"`
	Correlated *correlate.Window  `json:"correlated,omitempty"`
	Event      map[string]any     `json:"event"`
}

// NewAlert gives the JSON form of a match.
func NewAlert(r engine.Result) Alert {
	m := r.Rule.Source
	names := r.Names
	if names == nil {
		names = []string{}
	}
	return Alert{m.Title, m.ID, m.Level, r.EventID, r.Event.Source, r.Event.Line, r.Facts, names, r.Ancestors, r.Prevalence, r.Reputation, r.Correlated, r.Event.Fields}
}
