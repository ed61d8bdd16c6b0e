package compilers

import (
	"fmt"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// TimeAsText reports a test that reads the text of a time: a product holds a time as a number, and writes it in a form
// that is not the event's. It tells whether it did. column gives the column of a field, if it has one.
func (p *Plan) TimeAsText(m *ir.Match, column func(ir.Field) (schema.Column, bool), found *diag.Diagnostics) bool {
	own, ok := column(m.Field)
	if !ok {
		return false
	}
	read := []ir.Field{m.Field}
	switch t := m.Test.(type) {
	case *ir.Elements:
		return false
	case *ir.Null, *ir.Exists, *ir.TimePart:
		if own.Made == nil { // what is made of a time is made of its text
			return false
		}
	case *ir.FieldRef:
		other, known := column(t.Other)
		if known && own.Name == other.Name && own.Made == nil && other.Made == nil && t.Op == ir.Equals {
			return false // with itself
		}
		read = append(read, t.Other)
	}
	for _, f := range read {
		c, known := column(f)
		if in, isTime := p.timeIn(c); known && isTime {
			hint, why := whyNoText(m.Test)
			found.Errorf("datetime-text", m.Range(), hint, "%s: %s", p.aTime(f, in), why)
			return true
		}
	}
	return false
}

// whyNoText says why a time cannot be tested so, and what to do.
func whyNoText(t ir.Test) (hint, why string) {
	switch t.(type) {
	case *ir.FieldRef:
		return "leave the comparison to `decree run`", "it cannot be compared with another field"
	case *ir.CIDR:
		return "test another field", "it is not an address"
	case *ir.Number, *ir.Bits:
		return "test a part of the time with |hour, |day ...", "it is not a number"
	case *ir.Null, *ir.Exists, *ir.TimePart:
		return "test the time itself", "its text cannot be taken apart"
	}
	return "test a part of the time with |hour, |day ...", "its text cannot be searched"
}

// timeAsKey reports a time whose text would be grouped by, joined or counted.
func (c *checker) timeAsKey(f ir.Field, at diag.Range) {
	columns, _ := c.plan.Whole(f)
	for _, col := range columns {
		if in, isTime := c.plan.timeIn(col); isTime {
			c.report("datetime-text", at, "name another field", c.plan.aTime(f, in)+": it cannot be grouped by, joined or counted")
			return
		}
	}
}

// aTime says that a field is a time, or is made of one.
func (p *Plan) aTime(f ir.Field, c schema.Column) string {
	is := "is"
	if p.Rule.Own(f).Extract != nil {
		is = "is made of"
	}
	return fmt.Sprintf("%s %s a time (column %s), which the product writes in a form of its own", f.Name, is, c.Name)
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
