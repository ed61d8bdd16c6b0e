package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
)

// sink shows matches as they are found.
type sink interface {
	add(engine.Result)
	close([]engine.Suspension) error
}

func newSink(s *stdio.Streams, p runParams) (sink, error) {
	switch {
	case p.summary:
		return &summary{streams: s, format: p.format, at: map[string]int{}}, nil
	case p.format == "json" && !p.backtest.on:
		_, err := fmt.Fprint(s.Out, "[")
		return &jsonSink{streams: s}, err
	}
	return textSink{s}, nil
}

// suspension is the JSON form of a rule that was suspended.
type suspension struct {
	Rule      string `json:"rule"`
	ID        string `json:"rule_id"`
	Level     string `json:"level"`
	EventID   string `json:"event_id"`
	Source    string `json:"source"`
	Line      int    `json:"line"`
	Suspended string `json:"suspended"` // why
}

func newSuspension(s engine.Suspension) suspension {
	m := s.Rule.Source
	return suspension{m.Title, m.ID, m.Level, s.EventID, s.Source, s.Line, s.Reason}
}

// jsonSink writes an array, element by element.
type jsonSink struct {
	streams *stdio.Streams
	some    bool
	err     error
}

func (j *jsonSink) add(r engine.Result) { j.element(newAlert(r)) }

func (j *jsonSink) element(v any) {
	var b bytes.Buffer
	if j.some {
		b.WriteString(",")
	}
	j.some = true
	b.WriteString("\n  ")
	enc := json.NewEncoder(&b)
	enc.SetIndent("  ", "  ")
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	_, more := j.streams.Out.Write(diag.VisibleJSON(bytes.TrimSuffix(b.Bytes(), []byte("\n"))))
	j.err = errors.Join(j.err, err, more)
}

func (j *jsonSink) close(suspended []engine.Suspension) error {
	for _, s := range suspended {
		j.element(newSuspension(s))
	}
	end := "]\n"
	if j.some {
		end = "\n" + end
	}
	_, err := fmt.Fprint(j.streams.Out, end)
	return errors.Join(j.err, err)
}

type textSink struct{ *stdio.Streams }

func (t textSink) add(r engine.Result) { printAlert(t.Streams, r) }

func (t textSink) close([]engine.Suspension) error { return nil }

// alert is the JSON form of a match.
type alert struct {
	Rule       string                    `json:"rule"`
	ID         string                    `json:"rule_id"`
	Level      string                    `json:"level"`
	EventID    string                    `json:"event_id"`
	Source     string                    `json:"source"`
	Line       int                       `json:"line"`
	Facts      []engine.Fact             `json:"facts"`
	Names      []string                  `json:"names"`
	Ancestors  []engine.Ancestor         `json:"ancestors,omitempty"`
	Prevalence []engine.PrevalenceFigure `json:"prevalence,omitempty"`
	Reputation map[string]string         `json:"reputation,omitempty"`
	Correlated *engine.Correlated        `json:"correlated,omitempty"`
	Event      map[string]any            `json:"event"`
}

func newAlert(r engine.Result) alert {
	m := r.Rule.Source
	names := r.Names
	if names == nil {
		names = []string{}
	}
	return alert{m.Title, m.ID, m.Level, r.EventID, r.Event.Source, r.Event.Line, r.Facts, names, r.Ancestors, r.Prevalence, r.Reputation, r.Correlated, r.Event.Fields}
}

var levelColours = map[string]string{"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}

func printAlert(s *stdio.Streams, r engine.Result) {
	m := r.Rule.Source
	level := diag.Visible(m.Level)
	if colour, ok := levelColours[m.Level]; ok && s.OutTerminal {
		level = colour + level + "\x1b[0m"
	}
	if level == "" {
		level = "no level"
	}
	what := "true: " + diag.Visible(strings.Join(r.Names, ", "))
	if c := r.Correlated; c != nil {
		what = fmt.Sprintf("the last of %d since %s", c.Count, c.First)
	}
	fmt.Fprintf(s.Out, "[%s] %s\n  %s; %s\n", level, diag.Visible(m.Title), position.Event(r.EventID, r.Event.Source, r.Event.Line), what)
	printCorrelated(s, r.Correlated)
	for _, f := range r.Facts {
		fmt.Fprintf(s.Out, "  %s: %s\n", diag.Visible(f.Name), diag.Visible(f.Value))
	}
	for _, a := range r.Ancestors {
		fmt.Fprintf(s.Out, "  ancestor %d: %s (%s)\n", a.Level, diag.Visible(a.Describe()), a.From)
	}
	for _, f := range r.Prevalence {
		fmt.Fprintf(s.Out, "  prevalence %s\n", diag.Visible(f.Describe()))
	}
	keys := make([]string, 0, len(r.Reputation))
	for k := range r.Reputation {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(s.Out, "  reputation %s: %s\n", diag.Visible(k), diag.Visible(r.Reputation[k]))
	}
}

// shownSeen bounds the matches that a correlation's result shows to people.
const shownSeen = 10

// printCorrelated shows what a correlation counted, and of which group.
func printCorrelated(s *stdio.Streams, c *engine.Correlated) {
	if c == nil {
		return
	}
	for _, f := range c.Group {
		fmt.Fprintf(s.Out, "  grouped by %s: %s\n", diag.Visible(f.Name), diag.Visible(f.Value))
	}
	for _, e := range c.Events[:min(len(c.Events), shownSeen)] {
		fmt.Fprintf(s.Out, "  counted %s: %s\n", diag.Visible(e.Rule), position.Event(e.ID, e.Source, e.Line))
	}
	if more := c.Count - shownSeen; more > 0 {
		fmt.Fprintf(s.Out, "  and %d more\n", more)
	}
}
