// Package alerts shows what matched: each match as text or as JSON when it is found, or a table of the rules with the number of
// their matches.
package alerts

import (
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/ir"
)

// Sink shows matches as they are found.
type Sink interface {
	Add(engine.Result)
	// Close ends the output. Rules were suspended at some event, or asked for reputation that no table gives.
	Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error
}

// New gives a sink that writes to the streams; format is text or json.
func New(s *stdio.Streams, format string, summarized bool) Sink {
	switch {
	case summarized:
		return &summary{streams: s, format: format, at: map[string]int{}}
	case format == "json":
		return &jsonSink{s.Out, stdio.NewArray(s.Out)}
	}
	return textSink{s}
}
