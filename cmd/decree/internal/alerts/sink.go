// Package alerts shows what matched: each match when it is found, as text or JSON, or a table with the number of matches of each rule.
package alerts

import (
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/ir"
)

// Sink shows matches as they are found.
type Sink interface {
	Add(engine.Result)
	// Close ends the output. It names suspended rules, and rules that asked for reputation without a table.
	Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error
}

// New gives a sink. format is text or json; summarized chooses the table.
func New(s *stdio.Streams, format string, summarized bool) Sink {
	switch {
	case summarized:
		return &summary{streams: s, format: format, at: map[string]int{}}
	case format == "json":
		return &jsonSink{s.Out, stdio.NewArray(s.Out)}
	}
	return textSink{s}
}
