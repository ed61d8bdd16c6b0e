package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// mostSlips is how many letters a field's name may differ from the one that was probably meant.
const mostSlips = 2

// namesIn gives the names of an event's fields: none if it is no object of JSON.
func namesIn(text []byte) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(text, &fields) != nil {
		return nil // it has no names to suggest
	}
	return slices.Sorted(maps.Keys(fields))
}

// misspelt names the field of the explained event whose name is nearly that of a column that it lacks, or "".
func (m *matcher) misspelt(column string) string {
	near, distance := "", mostSlips+1
	for _, name := range m.names {
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
