package schema

import (
	"slices"
	"strings"

	"decree/rules/anycase"
	"decree/rules/ir"
)

// Vocabulary lists Sigma's names of the fields that the source's events are known to have, sorted: the fields that it
// maps, also of ancestors (ParentImage), and those of its log. Names that differ in case alone are listed once. A name
// that the model maps for all logs alike is left out where it is known to be a field of other events.
func (s *Source) Vocabulary() []string {
	var names []string
	for _, name := range slices.Concat(s.mappedNames(), s.fieldsOfLog(), s.Names) {
		whole := !strings.HasSuffix(name, ".") // else it stands for all below it
		if whole && !s.ofOtherEvents(name) && !anycase.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// mappedNames are Sigma's names of the fields that the source maps, also of ancestors.
func (s *Source) mappedNames() []string {
	names := sortedNames(s.Fields)
	for level := 1; level < len(levelPrefixes); level++ {
		for _, name := range sortedNames(s.Ancestors[level]) {
			if field := levelPrefixes[level] + name; ir.FieldNamed(field).Level == level { // Sigma has a name for it
				names = append(names, field)
			}
		}
	}
	return names
}

// fieldsOfLog are the fields that the source's log is known to have in its events.
func (s *Source) fieldsOfLog() (names []string) {
	log := knownLogs().Logs[s.Log]
	if log == nil {
		return nil
	}
	for category, fields := range log.Fields {
		if s.Category == "" || category == s.Category {
			names = append(names, fields...)
		}
	}
	return append(names, log.Common...)
}

// ofOtherEvents tells whether a field is known to be one of other events of the source's log, and of none of its own.
func (s *Source) ofOtherEvents(name string) bool {
	logs := knownLogs()
	log := logs.Logs[s.Log]
	if log == nil || len(log.Fields[s.Category]) == 0 {
		return false
	}
	own := slices.Concat(log.Fields[s.Category], log.Common, log.Added)
	return !anycase.Contains(own, name) && logs.elsewhere(s, name)
}

// AnyOther gives the column of a field that the source does not list, with * in the place of the field's name, or the
// columns with objects of which it may be a property. It is "" if the source has only the fields that it lists.
func (m *Model) AnyOther(s *Source) string {
	const field = "*"
	c, ok := m.Column(s, field, 0)
	switch {
	case !ok:
		var objects []string
		for _, name := range sortedNames(s.Below) {
			of := s.Below[name]
			if len(of) > 0 && !slices.Contains(objects, of[0]+"."+field) {
				objects = append(objects, of[0]+"."+field)
			}
		}
		return strings.Join(objects, ", ")
	case c.Type == XML:
		return c.Name + " (XML)"
	}
	return c.Name
}
