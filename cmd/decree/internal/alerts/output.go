package alerts

import (
	"errors"
	"fmt"
	"time"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/ir"
)

// Output gives matches to sinks: those of a window of time, in the order of time if that is asked for.
type Output struct {
	Shown int // matches in the window

	fields           []string // of events
	window           Window
	sinks            []Sink
	outside, undated int
}

// NewOutput makes the output of a run, which writes to s and to other sinks. now is where durations count back from. memory is how many bytes
// matches may take that wait to be sorted.
func NewOutput(s *stdio.Streams, p Flags, now time.Time, memory int, others ...Sink) (*Output, error) {
	o := &Output{fields: eventFields(p.Fields)}
	for _, bound := range []struct {
		flag, text string
		to         *time.Time
	}{{"from", p.From, &o.window.From}, {"to", p.To, &o.window.To}} {
		if bound.text == "" {
			continue
		}
		at, err := ParseTime(bound.flag, bound.text, now)
		if err != nil {
			return nil, err
		}
		*bound.to = at
	}
	if !o.window.To.IsZero() && !o.window.From.Before(o.window.To) {
		return nil, fmt.Errorf("--from and --to leave no time: %s", o.window)
	}
	var sink Sink
	if p.Summary {
		sink = NewSummary(s, p.Format)
	} else {
		sink = New(s, p.Format, p.Fields...)
	}
	if p.Sort != "" {
		sink = &sorted{to: sink, room: memory}
	}
	o.sinks = append([]Sink{sink}, others...)
	return o, nil
}

// Add shows a match if it is in the window, and tells whether it is.
func (o *Output) Add(r engine.Result) bool {
	if !o.window.Has(r.At) {
		if r.At.IsZero() {
			o.undated++
		} else {
			o.outside++
		}
		return false
	}
	o.Shown++
	a := NewAlert(r, o.fields...)
	for _, sink := range o.sinks {
		sink.Add(a)
	}
	return true
}

// Close ends all sinks.
func (o *Output) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	var errs []error
	for _, sink := range o.sinks {
		errs = append(errs, sink.Close(suspended, withoutReputation))
	}
	return errors.Join(errs...)
}

// ShowOutside says which matches the window left out.
func (o *Output) ShowOutside(s *stdio.Streams) {
	if o.window.All() {
		return
	}
	text := fmt.Sprintf("matches %s are shown; %d others are not", o.window, o.outside)
	if o.undated > 0 {
		text += fmt.Sprintf(", nor %s without a readable time", plural.Count(o.undated, "match"))
	}
	fmt.Fprintln(s.Err, text)
}
