package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// othersKey is what is kept of a source: the columns of other products for its log source.
type othersKey struct{ source *Source }

// ofOthers tells whether a name is no field of the events of an open source: it is an entity, or the column of another
// product for the same log source, and not among the source's names.
func (m *Model) ofOthers(s *Source, field string) bool {
	others := m.own(othersKey{s}, func() any { return m.columnsOfOthers(s) }).(map[string]bool)
	return others[s.outside(field)]
}

// columnsOfOthers gives the columns that shipped models of other languages have for a source's log source, and all
// entities, without the source's own names.
func (m *Model) columnsOfOthers(s *Source) map[string]bool {
	out := map[string]bool{}
	for _, name := range entities {
		out[name] = true
	}
	for _, other := range m.othersOf(s) {
		for column := range other.Columns {
			out[column] = true
		}
		for _, columns := range []map[string]Column{other.Fields, other.Entities} {
			for _, c := range columns {
				out[c.Name] = true
			}
		}
	}
	maps.DeleteFunc(out, func(column string, _ bool) bool { return s.namedSo(column) })
	return out
}

// othersOf gives the sources of the same product and log source in shipped models of other languages.
func (m *Model) othersOf(s *Source) (out []*Source) {
	for _, h := range headers() {
		if h.dialect == "" || h.dialect == m.Dialect {
			continue
		}
		other, err := Shipped(h.name)
		if err != nil {
			panic(err) // tests load each of them
		}
		for _, o := range other.Find(s.Category, s.Product, s.Service) {
			if strings.EqualFold(o.Product, s.Product) {
				out = append(out, o)
			}
		}
	}
	return out
}

// namedSo tells whether a name, in this case, is one of the source's Names or below one.
func (s *Source) namedSo(field string) bool {
	return slices.ContainsFunc(s.Names, func(n string) bool {
		return n == field || strings.HasSuffix(n, ".") && len(field) > len(n) && strings.HasPrefix(field, n)
	})
}

// asWritten says that nobody knows a field of an open source. It is "" if the field is among the source's names, in
// this case: Splunk's fields are compared letter by letter.
func (s *Source) asWritten(field string) string {
	plain := s.outside(strings.ReplaceAll(strings.TrimPrefix(field, RawPrefix), element, ""))
	if !s.Open || s.namedSo(plain) {
		return ""
	}
	return fmt.Sprintf("%s is asked for as it is written: no page that the data model was made from names such a field", plain)
}

// extractedWhole says what a test of an array's text needs where a product keeps the elements alone. It is "" if the
// field is no array of objects.
func (m *Model) extractedWhole(s *Source, field string) string {
	if _, array := s.Elements[field]; !array || m.Dialect != "spl" {
		return ""
	}
	return fmt.Sprintf("Splunk extracts the elements of an array and not its text: %s must be extracted whole", field)
}
