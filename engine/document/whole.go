package document

import (
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// Whole is where a field stands: in the first of some slots that has a value. What is before its backslash, a domain or
// the key of a registry value, may be in another slot. A log source may lack the field.
type Whole struct {
	slots  []int
	before int  // slot, or -1
	path   bool // what is before is a path, which may be all that the value is
}

// Whole gives the slots of a field of a log source.
func (l *Layout) Whole(m *schema.Model, s *schema.Source, f ir.Field) Whole {
	return l.WholeIn(m.WholeOf(s, f))
}

// WholeIn gives the slots of a value in some columns, the first of which counts, and of what is before it in another,
// which may be nil.
func (l *Layout) WholeIn(columns []schema.Column, before *schema.Column) Whole {
	w := Whole{before: -1}
	for _, column := range columns {
		w.slots = append(w.slots, l.Slot(column))
	}
	if before != nil {
		w.before, w.path = l.Slot(*before), columns[0].Under != ""
	}
	return w
}

// IsMissing tells whether the log source lacks the field.
func (w Whole) IsMissing() bool { return len(w.slots) == 0 }

// Whole reads such a field, as DOMAIN\name if it has a domain and a name that is not empty. Of a path whose last part
// is empty or missing the rest is the value. The text is a copy.
func (d *Document) Whole(w Whole) (text string, ok bool) {
	for _, slot := range w.slots {
		if text, ok = d.First(slot); ok {
			break
		}
	}
	before := ""
	if w.before >= 0 {
		before, _ = d.First(w.before)
	}
	text = PutBefore(before, text, w.path)
	return text, ok || text != ""
}

// PutBefore puts a domain, or what is before the last part of a path, before a text. Of a path it may be all there is.
// The text that it gives is a copy.
func PutBefore(before, text string, path bool) string {
	switch {
	case before != "" && text != "":
		return before + `\` + text
	case before != "" && path:
		return strings.Clone(before)
	}
	return strings.Clone(text)
}
