package kql

import (
	"fmt"
	"regexp"

	"decree/rules/ir"
	"decree/rules/schema"
)

// kind is how Kusto holds a column's values. Only strings cannot be null.
type kind int

const (
	text kind = iota
	number
	boolean
	datetime
	other // dynamic, guid, timespan: compared as text
)

// operand is a column as the query names it.
type operand struct {
	name      string
	kind      kind
	companion string // a column with only the file name
	onlyName  bool   // the column itself holds only the file name
}

// asText is the operand as a string.
func (o operand) asText() string {
	if o.kind == text {
		return o.name
	}
	return "tostring(" + o.name + ")"
}

func (w *writer) typed(name string, declared schema.Type) operand {
	if bag, path := w.plan.Source.Inside(name); bag != "" {
		return w.property(bag, path, declared)
	}
	o := operand{name: column(name)}
	switch declared {
	case schema.Int:
		o.kind = number
	case schema.Bool:
		o.kind = boolean
	case schema.Datetime:
		o.kind = datetime
	}
	switch w.plan.Source.Columns[name] {
	case "int", "long", "real", "decimal":
		o.kind = number
	case "bool":
		o.kind = boolean
	case "datetime":
		o.kind = datetime
	case "string":
		o.kind = text
	case "dynamic", "guid", "timespan":
		o.kind = other
	}
	return o
}

// read is a column, or where it is empty the other that has its value.
func (w *writer) read(c schema.Column) operand {
	o := w.typed(c.Name, c.Type)
	if c.OrElse != "" {
		o.name = fmt.Sprintf("coalesce(%s, %s)", o.name, w.typed(c.OrElse, c.Type).name)
	}
	return o
}

// operandOf finds a field on the event or on an ancestor's creation event joined to it.
func (w *writer) operandOf(f ir.Field, t ir.Test) operand {
	col, hops := w.place(f, t)
	o := w.read(col)
	if hops > 0 {
		o.name = above(hops, col.Name)
	}
	o.onlyName = col.Holds == "filename"
	if col.Filename != "" {
		o.companion = w.typed(col.Filename, "").name
		if hops > 0 {
			o.companion = above(hops, col.Filename)
		}
	}
	if name := w.once(col, f); hops == 0 && name != "" {
		o.name, o.kind = name, text
		return o
	}
	return part(o, col, t)
}

// part reads one hash out of a column that holds several, or a value out of a longer text.
func part(o operand, c schema.Column, t ir.Test) operand {
	switch {
	case c.Within() != "":
		o.name, o.kind = fmt.Sprintf("extract(%s, 1, %s)", verbatim(c.Within()), o.asText()), text
		if c.Type == schema.XML {
			o.name = unescaped(o.name, t)
		}
	case c.Type == schema.HashSet:
		o.name, o.kind = fmt.Sprintf("extract(%s, 1, %s)", verbatim(`(?i)(?:^|,)`+regexp.QuoteMeta(c.Key)+`=([^,]+)`), o.asText()), text
	}
	return o
}
