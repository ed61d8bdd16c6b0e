package schema

import (
	"slices"
	"strings"

	"decree/rules/ir"
)

// Inside finds the column that holds a property, and the property's path in it, from a name such as `column.property`.
// The column has type dynamic, or is a string with JSON. It is "" if there is none.
func (s *Source) Inside(name string) (container string, path []string) {
	if _, whole := s.Columns[name]; whole {
		return "", nil
	}
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		switch s.Columns[name[:at]] {
		case "dynamic", "string":
			if slices.Contains(s.WholeKeys, name[:at]) {
				return name[:at], []string{name[at+1:]}
			}
			return name[:at], strings.Split(name[at+1:], ".")
		}
	}
	return "", nil
}

// BelowArray tells whether a name stands for a property of an array, which only its elements have.
func (s *Source) BelowArray(name string) bool {
	for array := range s.Elements {
		if strings.HasPrefix(name, array+".") {
			return true
		}
	}
	return false
}

// HoldsObject tells whether a column is known to hold an object: fields below a name are its properties.
func (s *Source) HoldsObject(column string) bool {
	for _, objects := range s.Below {
		if slices.Contains(objects, column) {
			return true
		}
	}
	return false
}

// property finds the column of a field below a name that stands for an object. The longest such name counts.
func (s *Source) property(field string) (Column, bool) {
	for at := strings.LastIndexByte(field, '.'); at > 0; at = strings.LastIndexByte(field[:at], '.') {
		for name, objects := range s.Below {
			if len(objects) > 0 && strings.EqualFold(name, field[:at]) {
				c := Column{Name: objects[0] + field[at:]}
				for _, other := range objects[1:] {
					c.Also = append(c.Also, other+field[at:])
				}
				return c, true
			}
		}
	}
	return Column{}, false
}

// Maps tells whether a source maps a field by its name, and not only the object that it is a property of.
func (s *Source) Maps(f ir.Field) bool {
	_, mapped := mappedIn(s.fieldsAt(f.Level), f.Name)
	_, entity := s.entity(f.Name)
	return mapped || entity && f.Level == 0
}

// JSONTexts gives the columns that an export may write as JSON text: columns of type dynamic, and string columns from
// which fields are extracted.
func (m *Model) JSONTexts() map[string]bool {
	texts := map[string]bool{}
	for i := range m.Sources {
		s := &m.Sources[i]
		for name, kind := range s.Columns {
			if kind == "dynamic" {
				texts[name] = true
			}
		}
		for _, c := range s.Fields {
			if container, _ := s.Inside(c.Name); container != "" {
				texts[container] = true
			}
		}
		for _, objects := range s.Below {
			if container, _ := s.Inside(objects[0] + ".property"); container != "" {
				texts[container] = true
			}
		}
	}
	return texts
}
