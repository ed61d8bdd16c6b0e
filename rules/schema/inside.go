package schema

import "strings"

// Inside finds the column that holds a property, and the property's path in it: a column's name
// and more after a dot. The column is of the type dynamic, or a string of JSON; "" is none.
func (s *Source) Inside(name string) (bag string, path []string) {
	if _, whole := s.Columns[name]; whole {
		return "", nil
	}
	for at := range len(name) {
		if name[at] != '.' {
			continue
		}
		switch s.Columns[name[:at]] {
		case "dynamic", "string":
			return name[:at], strings.Split(name[at+1:], ".")
		}
	}
	return "", nil
}

// JSONTexts gives the columns that an export may write as texts of JSON: those of the type dynamic,
// and those of the type string that fields are read out of.
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
			if bag, _ := s.Inside(c.Name); bag != "" {
				texts[bag] = true
			}
		}
	}
	return texts
}
