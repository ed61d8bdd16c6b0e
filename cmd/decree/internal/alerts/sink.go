// Package alerts shows what matched. In: matches, as the engine finds them. Out: each match as text, JSON, CSV or a
// timeline, or a table with the number of matches of each rule, in the order they were found or in that of time.
//
// Texts of events and rules are made visible in all of them. Only JSON has them whole.
package alerts

import (
	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/ir"
)

// Sink shows matches as it is given them.
type Sink interface {
	Add(Alert)
	// Close ends the output. It names suspended rules, and rules that asked for reputation without a table.
	Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error
}

// formats are what newSink knows, the default first.
var formats = []string{"text", "json", "ndjson", "csv", "timeline"}

// newSink gives a sink. fields are the fields to show; without any, a format has its own.
func newSink(s *stdio.Streams, format string, fields ...string) Sink {
	switch format {
	case "json":
		return &jsonSink{s.Out, stdio.NewArray(s.Out), fields}
	case "ndjson":
		return &ndjsonSink{out: s.Out, fields: fields}
	case "timeline":
		return newCSV(s, timeline)
	case "csv":
		if len(fields) > 0 {
			return newCSV(s, columnsNamed(fields))
		}
		return newCSV(s, columns)
	}
	return textSink{s, columnsNamed(fields)}
}
