package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
)

// Output gives matches to sinks: those of a window of time, in the order of time if that is asked for.
type Output struct {
	Shown int // matches in the window

	fields           []string // of events
	window           Window
	sink             Sink
	suppressed       *suppressed // nil: all are shown
	outside, undated int
	found            map[string]bool // of the fields, those that some match has
}

// NewOutput makes the output of a run, which writes to s and to other sinks. now is where durations count back from.
// memory is how many bytes matches may take that wait to be sorted.
func NewOutput(s *stdio.Streams, p Flags, now time.Time, memory int, others ...Sink) (*Output, error) {
	suppress, err := p.suppression()
	if err != nil {
		return nil, err
	}
	o := &Output{fields: eventFields(slices.Concat(p.Fields, suppress.By)), found: map[string]bool{}}
	for _, bound := range []struct {
		flag, text string
		to         *time.Time
	}{{"from", p.From, &o.window.From}, {"to", p.To, &o.window.To}} {
		if bound.text == "" {
			continue
		}
		at, err := parseTime(bound.flag, bound.text, now)
		if err != nil {
			return nil, err
		}
		*bound.to = at
	}
	if !o.window.To.IsZero() && !o.window.From.Before(o.window.To) {
		return nil, fmt.Errorf("--from %s is not before --to %s", o.window.From.UTC().Format(time.RFC3339), o.window.To.UTC().Format(time.RFC3339))
	}
	own := newSink
	if p.Summary {
		own = func(s *stdio.Streams, format string, _ ...string) Sink { return newSummary(s, format) }
	}
	o.sink = append(several{own(s, p.Format, p.Fields...)}, others...)
	if suppress.For > 0 {
		o.suppressed = newSuppressed(suppress, o.sink)
		o.sink = o.suppressed
	}
	if p.sorts() {
		o.sink = &sorted{to: o.sink, room: memory}
	}
	return o, nil
}

// Add shows a match if it is in the window, and tells whether it is.
func (o *Output) Add(r engine.Result) bool {
	if !o.window.has(r.At) {
		if r.At.IsZero() {
			o.undated++
		} else {
			o.outside++
		}
		return false
	}
	o.Shown++
	a := NewAlert(r, o.fields...)
	for name := range a.Fields {
		o.found[name] = true
	}
	o.sink.Add(a)
	return true
}

// Close ends all sinks.
func (o *Output) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	return o.sink.Close(suspended, withoutReputation)
}

// Undated counts the matches without a readable time that were left out: nobody knows whether they are in the window.
func (o *Output) Undated() int { return o.undated }

// ShowOutside says which matches were left out by their time or by others like them, and which fields no match has.
func (o *Output) ShowOutside(s *stdio.Streams) {
	for _, name := range o.fields {
		if o.Shown > 0 && !o.found[name] {
			fmt.Fprintf(s.Err, "warning: no match has the field %s: %s\n", diag.Visible(name), diag.Suggest("did you mean %q?", name, names(columns), "the columns are "+strings.Join(names(columns), ", ")))
		}
	}
	if o.suppressed != nil {
		fmt.Fprintf(s.Err, "%s suppressed: each is like one before it\n", plural.Count(o.suppressed.left, "match"))
	}
	if o.window.all() {
		return
	}
	text := fmt.Sprintf("matches %s are shown; %d others are not", o.window, o.outside)
	if o.undated > 0 {
		text += fmt.Sprintf(", nor %s without a readable time", plural.Count(o.undated, "match"))
	}
	fmt.Fprintln(s.Err, text)
}
