package schema

import (
	"strings"

	"decree/rules/ir"
)

// Sigma's own name of the host, which the header of a Windows event has, and the name that many rules call it by:
// Splunk's for events as text, and the one in the examples of Sigma's specification.
const (
	computer     = "Computer"
	computerName = "ComputerName"
)

// hostName gives the column of Computer and ComputerName in a source that does not map the field itself, if it is known
// to have the name of the host.
func (m *Model) hostName(s *Source, field string) (Column, bool) {
	own := strings.EqualFold(field, computerName)
	if !own && !strings.EqualFold(field, computer) {
		return Column{}, false
	}
	c, ok := mappedIn(s.Fields, computer)
	switch host := s.Entities["host"]; {
	case ok:
	case host.Named != "":
		c, ok = Column{Name: host.Named}, true
	case host.Name == computer:
		c, ok = host, true
	case m.Passthrough && s.Log != "":
		c, ok = Column{Name: computer}, true
	}
	if ok && own && m.Dialect == "" { // events as they are; a value of that name among their data comes first
		c.Also = append([]string{c.Name}, c.Also...)
		c.Name = computerName
	}
	return c, ok
}

// tested gives the field whose value a test of a field reads: of a host that its product knows by an id, the name. Ids
// group and count events, and nobody writes them into rules.
func (s *Source) tested(f ir.Field) ir.Field {
	if c, entity := s.entity(f.Name); entity && c.Named != "" && f.Level == 0 && f.Extract == nil {
		f.Name = computer
	}
	return f
}

// ofHostNames makes the tests of hosts' ids tests of their names.
func (s *Source) ofHostNames(n *ir.Match) *ir.Match {
	switch t := n.Test.(type) {
	case *ir.Null, *ir.Exists:
		return n
	case *ir.FieldRef:
		if other := s.tested(t.Other); other != t.Other {
			n = &ir.Match{Base: n.Base, Field: n.Field, Test: &ir.FieldRef{Op: t.Op, Other: other, Cased: t.Cased}}
		}
	}
	if f := s.tested(n.Field); f != n.Field {
		return &ir.Match{Base: n.Base, Field: f, Test: n.Test}
	}
	return n
}
