package fieldmap

import (
	"slices"
	"strings"
)

// Share keeps the fields that another log source has too, in a model that has both.
func (m *Map) Share(other *Map) {
	m.LogSource += ", " + other.LogSource
	m.Fields = slices.DeleteFunc(m.Fields, func(f Field) bool {
		at := slices.IndexFunc(other.Fields, func(o Field) bool { return strings.EqualFold(o.Name, f.Name) })
		return at < 0 || !slices.ContainsFunc(m.Models, func(in Model) bool { return f.in(in.Name) && other.Fields[at].in(in.Name) })
	})
}

// in tells whether a source of a model has the field, in a column or otherwise.
func (f Field) in(model string) bool {
	return slices.ContainsFunc(f.Columns, func(c Column) bool { return c.Model == model && !c.Lacks })
}
