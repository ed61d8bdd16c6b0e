package schema

import (
	"strings"

	"decree/rules/ir"
)

// outside is the name of a field at the outermost level of the event itself, without the source's envelope.
func (s *Source) outside(field string) string {
	if s.Envelope == "" {
		return field
	}
	return strings.TrimPrefix(field, s.Envelope+".")
}

// places gives the two names of a field whose event may be in the source's envelope. either is false if the source maps
// the field, or has no envelope. Of events as their product writes them, one column has both names.
func (m *Model) places(s *Source, field string, level int) (inside, outside string, either bool) {
	if s.Envelope == "" || m.Dialect == "" || level > 0 || strings.HasPrefix(field, RawPrefix) {
		return "", "", false
	}
	_, entity := s.entity(field)
	_, mapped := mappedIn(s.Fields, field)
	outside = s.outside(field)
	return s.Envelope + "." + outside, outside, !entity && !mapped
}

func (m *Model) inSeveralPlaces(s *Source, f ir.Field) bool {
	_, _, either := m.places(s, f.Name, f.Level)
	return either
}

// inEither tests a field in the envelope and outside of it. An event has one of them.
func (m *Model) inEither(s *Source, n *ir.Match, places ...string) (ir.Node, error) {
	var terms []ir.Node
	for _, name := range places {
		one, err := m.inColumn(s, Column{Name: name}, &ir.Match{Base: n.Base, Field: ir.Field{Name: name}, Test: n.Test})
		if err != nil {
			return n, err
		}
		terms = append(terms, one)
	}
	if ir.WhenMissing(n.Test) {
		return &ir.And{Base: n.Base, Terms: terms}, nil
	}
	return either(n.Base, terms), nil
}
