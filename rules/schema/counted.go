package schema

import "decree/rules/ir"

// CountedField is the field whose value a prevalence condition asks about, of a source: the actor of a process's
// creation is its parent.
func (s *Source) CountedField(n *ir.Prevalence) ir.Field {
	f := n.Value()
	if n.Spec.Of == "actor" && s.Category == "process_creation" {
		f.Level = 1
		if f.Name == "user" {
			f.Name = "User"
		}
	}
	return f
}

// Counted gives the columns of the value that a prevalence condition asks about, as Whole does, on the event itself.
// There are none if the event does not carry it.
func (m *Model) Counted(s *Source, n *ir.Prevalence) (columns []Column, domain *Column) {
	f := s.CountedField(n)
	if n.Spec.Of == "actor" && f.Level == 0 {
		if c, ok := s.Actor[f.Name]; ok {
			return []Column{c}, nil
		}
		if !ir.OfProcess(f.Name) { // the process of any other event is its actor
			return nil, nil
		}
	}
	return m.counted(s, f)
}

// CountedBy gives the columns of those that saw the value, in the same way.
func (m *Model) CountedBy(s *Source, n *ir.Prevalence) (columns []Column, domain *Column) {
	return m.counted(s, n.By())
}

// counted prefers an entity, whatever its log calls a field of the same name.
func (m *Model) counted(s *Source, f ir.Field) (columns []Column, domain *Column) {
	if c, entity := s.Entities[f.Name]; entity && f.Level == 0 && f.Extract == nil {
		return []Column{c}, nil
	}
	if !m.HasWhole(s, f) {
		return nil, nil
	}
	return m.WholeOf(s, f)
}

// CountsAbove tells whether the value that a prevalence condition asks about is an ancestor's that the event does not
// carry, and that the creation of the ancestor tells.
func (m *Model) CountsAbove(s *Source, n *ir.Prevalence) bool {
	f := s.CountedField(n)
	own, _ := m.counted(s, ir.Field{Name: f.Name})
	return f.Level > 0 && len(own) > 0 && len(s.Keys[1]) > 0
}
