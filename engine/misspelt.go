package engine

import (
	"encoding/json"
	"maps"
	"slices"

	"decree/rules/diag"
)

// So many names of an event, of at most so many bytes, are compared with a field that it lacks.
const (
	mostNames   = 1000
	longestName = 64
)

// namesIn gives the names of an event's fields that a missing one may have been: none if it is not an object of JSON.
func namesIn(text []byte) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil {
		return nil // it has no names to suggest
	}
	maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return len(name) > longestName })
	names := slices.Sorted(maps.Keys(fields))
	return names[:min(len(names), mostNames)]
}

// misspelt names the field of the explained event whose name is nearly that of a column that it lacks, or "". Another
// field of the log source is none.
func (m *matcher) misspelt(column string, s *source) string {
	if slices.Contains(m.names, column) {
		return "; the event has it, but null or empty"
	}
	others := slices.DeleteFunc(slices.Clone(m.names), func(name string) bool { _, known := s.Fields[name]; return known })
	if near := diag.Misspelt(column, others); near != "" {
		return "; the event has " + near
	}
	return ""
}
