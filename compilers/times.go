package compilers

import (
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TimeAsText reports a test that reads the text of a time: a product holds a time as a number, and writes it in a form
// that is not the event's. column gives the column of a field, if it has one.
func (p *Plan) TimeAsText(m *ir.Match, column func(ir.Field) (schema.Column, bool), found *diag.Diagnostics) {
	refuse := func(c schema.Column) {
		found.Errorf("datetime-text", m.Range(), "test a part of the time with |hour, |day ...", "column %s is a time and cannot be searched as text", c.Name)
	}
	own, ok := column(m.Field)
	if !ok {
		return
	}
	switch t := m.Test.(type) {
	case *ir.Null, *ir.Exists, *ir.TimePart, *ir.Elements:
		return
	case *ir.FieldRef:
		other, ok := column(t.Other)
		ownTime, isOwn := p.timeIn(own)
		otherTime, isOther := p.timeIn(other)
		switch {
		case !ok || isOwn && isOther && own.Made == nil && other.Made == nil && t.Op == ir.Equals: // two times are compared
		case isOwn:
			refuse(ownTime)
		case isOther:
			refuse(otherTime)
		}
	default:
		if c, isTime := p.timeIn(own); isTime {
			refuse(c)
		}
	}
}

// timeIn gives the column with a time that a column is, or that its value is extracted from.
func (p *Plan) timeIn(c schema.Column) (schema.Column, bool) {
	if c.Made != nil {
		for _, from := range c.Made.From {
			if found, ok := p.timeIn(from); ok {
				return found, true
			}
		}
		return c, false
	}
	return c, c.Within() == "" && (c.Type == schema.Datetime || p.Source.Columns[c.Name] == "datetime")
}
