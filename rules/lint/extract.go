package lint

import (
	"slices"
	"strings"
)

// hiddenField reports an extract with the name of a field that data models have in the log source. The field cannot be read any more.
func hiddenField(s *subject) {
	if len(s.Extracts) == 0 {
		return
	}
	known := fieldsOf(s.LogSources()...)
	for _, e := range s.Extracts {
		if slices.ContainsFunc(known, func(name string) bool { return strings.EqualFold(name, e.Name) }) {
			s.report(e.Range, "give the extract another name", "the extract %q hides the event's own field of that name", e.Name)
		}
	}
}
