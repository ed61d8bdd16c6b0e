package document

import (
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// Whole is where a field stands, including its domain: the first of some slots that has a value, after the domain from
// another slot. A log source may lack the field.
type Whole struct {
	slots  []int
	domain int // slot, or -1
}

// Whole gives the slots of a field of a log source.
func (l *Layout) Whole(m *schema.Model, s *schema.Source, f ir.Field) Whole {
	return l.WholeIn(m.WholeOf(s, f))
}

// WholeIn gives the slots of a value in some columns, the first of which counts, and its domain in another, which may
// be nil.
func (l *Layout) WholeIn(columns []schema.Column, domain *schema.Column) Whole {
	w := Whole{domain: -1}
	for _, column := range columns {
		w.slots = append(w.slots, l.Slot(column))
	}
	if domain != nil {
		w.domain = l.Slot(*domain)
	}
	return w
}

// IsMissing tells whether the log source lacks the field.
func (w Whole) IsMissing() bool { return len(w.slots) == 0 }

// Whole reads such a field, as DOMAIN\name if it has a domain and a name that is not empty. The text is a copy.
func (d *Document) Whole(w Whole) (text string, ok bool) {
	for _, slot := range w.slots {
		text, ok := d.First(slot)
		if !ok {
			continue
		}
		if w.domain >= 0 && text != "" {
			if domain, ok := d.First(w.domain); ok && domain != "" {
				return domain + `\` + text, true
			}
		}
		return strings.Clone(text), true
	}
	return "", false
}
