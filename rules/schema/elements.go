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
	own, listed := s.anyElement(n, field, array, path)
	if _, known := m.Column(s, n.Field.Name, 0); !known && !listed {
		return nil, false
	}
	return own, true
}

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
			if _, isArray := s.Elements[col.Name]; isArray {
				return field[:at], col.Name, field[at+1:]
			}
		}
	}
	return "", "", ""
}

// anyElement tests a path in the elements of an array, which stands in the event or in another array's element. A part
// of the path may be an array itself. Names that the source lists are written as it writes them; listed tells whether
// the last one is.
func (s *Source) anyElement(n *ir.Match, field, array, path string) (own *ir.Match, listed bool) {
	var body *ir.Match
	for at := range len(path) {
		if inner := s.innerArray(array, path[:at]); inner != "" && path[at] == '.' {
			body, listed = s.anyElement(n, inner[len(array)+1:], inner, path[at+1:])
			break
		}
	}
	if body == nil {
		if i := slices.IndexFunc(s.Elements[array], func(name string) bool { return strings.EqualFold(name, path) }); i >= 0 {
			path, listed = s.Elements[array][i], true
		}
		body = &ir.Match{Base: n.Base, Field: ir.Field{Name: path}, Test: n.Test}
	}
	which := rules.AnyElement
	if ir.WhenMissing(n.Test) { // it holds where no element has the property
		which = rules.AllOrEmpty
	}
	return &ir.Match{Base: n.Base, Field: ir.Field{Name: field}, Test: &ir.Elements{Which: which, Body: body}}, listed
}

// innerArray is the name of an array in the elements of another, as the source lists it.
func (s *Source) innerArray(array, path string) string {
	for name := range s.Elements {
		if strings.EqualFold(name, array+"."+path) {
			return name
		}
	}
	return ""
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
