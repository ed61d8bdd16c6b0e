package schema

import (
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/ir"
)

// ofElements rewrites a test of a property of an array to a test of the array's elements: one must satisfy it, as with
// any field of several values. In Kusto a path ends at a list. ok is false if the field is no such property.
func (m *Model) ofElements(s *Source, n *ir.Match) (own *ir.Match, ok bool) {
	if m.Dialect != "kql" || n.Field.Level > 0 || n.Field.Extract != nil || !askedOfElement(n.Test) {
		return nil, false
	}
	field, array, path := m.arrayAbove(s, n.Field.Name)
	if array == "" {
		return nil, false
	}
	if _, known := m.Column(s, n.Field.Name, 0); !known {
		return nil, false
	}
	return s.anyElement(n, field, array, path), true
}

// elementColumn is the column of a property that an array's elements are listed to have. Its values are those of all
// elements. What takes one value of a field takes the first.
func (m *Model) elementColumn(s *Source, field string) (Column, bool) {
	if m.Dialect != "kql" {
		return Column{}, false
	}
	_, array, path := m.arrayAbove(s, field)
	if array == "" {
		return Column{}, false
	}
	path, listed := s.inElement(array, path)
	return Column{Name: array + "." + path}, listed
}

// ObjectArrays are the arrays in columns of tables whose elements' fields a model lists.
func (m *Model) ObjectArrays() map[string]bool {
	arrays := map[string]bool{}
	for i := range m.Sources {
		for name := range m.Sources[i].Elements {
			arrays[name] = m.Dialect == "kql"
		}
	}
	return arrays
}

// IsArray tells whether a column, or a property of one, is listed to be an array of objects.
func (s *Source) IsArray(name string) bool { _, array := s.Elements[name]; return array }

// ArrayOf is the array whose elements a test of a field is asked of, by the name that the field has of it. It is "" if
// the field is no property of an array.
func (m *Model) ArrayOf(s *Source, f ir.Field) string {
	own, ok := m.ofElements(s, &ir.Match{Field: f, Test: &ir.Exists{Value: true}})
	if !ok {
		return ""
	}
	return own.Field.Name
}

// arrayAbove finds the outermost array that a field is a property of: by the name that the field has of it, the array's
// column, and the property's path in an element. All are "" if there is none.
func (m *Model) arrayAbove(s *Source, field string) (name, array, path string) {
	if len(s.Elements) == 0 {
		return "", "", ""
	}
	for at := range len(field) {
		if field[at] != '.' {
			continue
		}
		if col, known := m.Column(s, field[:at], 0); known {
			if s.IsArray(col.Name) {
				return field[:at], col.Name, field[at+1:]
			}
		}
	}
	return "", "", ""
}

// inElement writes a path in an array's elements as the source lists it. A part of the path may be an array itself.
// listed tells whether the source lists the last part.
func (s *Source) inElement(array, path string) (own string, listed bool) {
	if inner, rest := s.arrayIn(array, path); inner != "" {
		rest, listed = s.inElement(array+"."+inner, rest)
		return inner + "." + rest, listed
	}
	if i := slices.IndexFunc(s.Elements[array], func(name string) bool { return strings.EqualFold(name, path) }); i >= 0 {
		return s.Elements[array][i], true
	}
	return path, false
}

// anyElement tests a path in the elements of an array, which stands in the event or in another array's element.
func (s *Source) anyElement(n *ir.Match, field, array, path string) *ir.Match {
	var body *ir.Match
	if inner, rest := s.arrayIn(array, path); inner != "" {
		body = s.anyElement(n, inner, array+"."+inner, rest)
	} else {
		own, _ := s.inElement(array, path)
		body = &ir.Match{Base: n.Base, Field: ir.Field{Name: own}, Test: n.Test}
	}
	which := rules.AnyElement
	if ir.WhenMissing(n.Test) { // it holds where no element has the property
		which = rules.AllOrEmpty
	}
	return &ir.Match{Base: n.Base, Field: ir.Field{Name: field}, Test: &ir.Elements{Which: which, Body: body}}
}

// arrayIn finds the outermost array that a path in another array's elements leads through, as the source lists it, and
// what follows it in the path.
func (s *Source) arrayIn(array, path string) (inner, rest string) {
	for at := range len(path) {
		if path[at] != '.' {
			continue
		}
		for name := range s.Elements {
			if strings.EqualFold(name, array+"."+path[:at]) {
				return name[len(array)+1:], path[at+1:]
			}
		}
	}
	return "", ""
}

// askedOfElement tells whether a test can be asked of an element's field.
func askedOfElement(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.OfFilename:
		return askedOfElement(t.Test)
	case *ir.Regex:
		return !t.Backtracking
	case *ir.FieldRef, *ir.Elements:
		return false
	}
	return true
}
