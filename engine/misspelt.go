package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// With a field that an event lacks so many names of others are compared, of at most so many bytes, that may differ by
// so few letters.
const (
	mostNames   = 1000
	longestName = 64
	mostSlips   = 2
)

// namesIn gives the names of an event's fields that a missing one may have been: none if it is no object of JSON.
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
	near, distance := "", mostSlips+1
	for _, name := range m.names {
		if name == column {
			return "; the event has it, but null or empty"
		}
		if apart := len(name) - len(column); max(apart, -apart) > mostSlips {
			continue
		}
		if _, other := s.Fields[name]; other {
			continue
		}
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(column))
		if d < distance && d < len(column)/2 {
			near, distance = name, d
		}
	}
	if near == "" {
		return ""
	}
	return "; the event has " + near
}
