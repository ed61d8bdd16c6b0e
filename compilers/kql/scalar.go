package kql

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

// kind is the type of a column's values in Kusto. Only strings cannot be null.
type kind int

const (
	text kind = iota
	number
	boolean
	datetime
	other // dynamic, guid, timespan: compared as text
)

// operand is a column in the query.
type operand struct {
	name      string
	kind      kind
	fraction  bool   // a number of a type that may have one
	companion string // a column with only the file name
	onlyName  bool   // the column itself has only the file name
	path      string // the text whose last component this is, which may be empty where the text is not
}

// asText is the operand as a string.
func (o operand) asText() string {
	if o.kind == text {
		return o.name
	}
	return "tostring(" + o.name + ")"
}

// asNumber is the operand as a number, by a function of Kusto where the column is of another type.
func (o operand) asNumber(convert string) string {
	if o.kind == number {
		return o.name
	}
	return convert + "(" + o.asText() + ")"
}

func (w *writer) typed(name string, declared schema.Type) operand {
	if container, path := w.plan.Source.Inside(name); container != "" {
		return w.property(container, path, declared)
	}
	o := operand{name: columnName(name)}
	switch declared {
	case schema.Int:
		o.kind = number
	case schema.Bool:
		o.kind = boolean
	case schema.Datetime:
		o.kind = datetime
	}
	switch w.plan.Source.Columns[name] {
	case "int", "long":
		o.kind = number
	case "real", "decimal":
		o.kind, o.fraction = number, true
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

// read reads a column, or the other column with its value: where the first is empty, or in some of the events. The test
// is nil if the whole value is needed.
func (w *writer) read(c schema.Column, t ir.Test) operand {
	if c.Made != nil {
		if name := w.extendedName(c, ir.Field{}); name != "" {
			return operand{name: name, kind: text}
		}
		return operand{name: w.made(c), kind: text}
	}
	o := w.orInXML(c, c.Name, t)
	if c.OrElse != "" {
		o.name = fmt.Sprintf("coalesce(%s, %s)", o.name, w.typed(c.OrElse, c.Type).name)
	}
	if i := c.Instead; i.Column != "" {
		when := w.typed(i.When, "")
		tells := logic.Pred(w.text(operand{name: when.asText()}, &ir.Text{Op: ir.Equals, Values: i.Is}, false))
		o.name = whereSyntax.Print(tells).Call("iff", w.orInXML(c, i.Column, t).name, o.name)
	}
	return o
}

// orInXML reads a column, or where it is empty, its value in XML.
func (w *writer) orInXML(c schema.Column, name string, t ir.Test) operand {
	o := w.typed(name, c.Type)
	if c.InXML == "" {
		return o
	}
	inner := c.ValueInXML(name)
	value := part(w.typed(inner.Name, ""), inner, t).name
	if kind := w.plan.Source.Columns[name]; o.kind != text {
		value = "to" + kind + "(" + value + ")"
	}
	o.name = fmt.Sprintf("coalesce(%s, %s)", o.name, value)
	return o
}

// operandOf finds a field on the event or on an ancestor's creation event joined to it.
func (w *writer) operandOf(f ir.Field, t ir.Test) operand {
	col, hops := w.columnOf(f, t)
	o := w.read(col, t)
	if hops > 0 {
		o.name = ancestorValue(hops, col)
	}
	o.onlyName = col.Holds == "filename"
	if col.Filename != "" {
		o.companion = w.typed(col.Filename, "").name
		if hops > 0 {
			o.companion = ancestorColumn(hops, col.Filename)
		}
	}
	if name := w.extendedName(col, f); hops == 0 && name != "" {
		if o.name = name; col.InXML == "" {
			o.kind = text
		}
		return o
	}
	return part(o, col, t)
}

// part extracts one hash from a column with several, or a value from a longer text.
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

// property reads a property with its declared type. In a text column, it is read from the JSON in the text. A missing
// property is an empty text, like a missing column.
func (w *writer) property(container string, path []string, declared schema.Type) operand {
	from := w.inside(container, path)
	switch declared {
	case schema.Int:
		return operand{name: fmt.Sprintf("tolong(%s)", from), kind: number}
	case schema.Bool:
		return operand{name: fmt.Sprintf("tobool(%s)", from), kind: boolean}
	case schema.Datetime:
		return operand{name: fmt.Sprintf("todatetime(%s)", from), kind: datetime}
	}
	return operand{name: fmt.Sprintf("tostring(%s)", from), kind: text}
}

// inside is the expression for a property of a column. Of an array in the path, it is that of the first element.
func (w *writer) inside(container string, path []string) string {
	from, name := columnName(container), container
	if w.plan.Source.Columns[container] == "string" {
		from = "parse_json(" + from + ")"
	}
	for i := range path {
		if w.plan.Source.IsArray(name) {
			from += "[0]"
		}
		from, name = below(from, path[i:i+1]), name+"."+path[i]
	}
	return from
}

// below is the expression for a property of a dynamic value.
func below(from string, path []string) string {
	for _, key := range path {
		if lower := strings.ToLower(key); plainName.MatchString(key) && !reservedWords[lower] && !statementWords[lower] {
			from += "." + key
		} else {
			from += "[" + quote(key) + "]"
		}
	}
	return from
}

// canonical tells whether every value is written as Kusto itself writes that number.
func canonical(values []string) bool {
	for _, v := range values {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != v {
			return false
		}
	}
	return true
}

// value is the expression for a column's value, and the name that it has or gets.
func (w *writer) value(c schema.Column) (expr, name string) {
	if c.Made != nil {
		return w.made(c), c.Name
	}
	if container, path := w.plan.Source.Inside(c.Name); container != "" {
		name = path[len(path)-1]
	} else {
		name = c.Name
	}
	o := part(w.read(c, nil), c, nil)
	if c.Type == schema.HashSet {
		name = c.Key
	}
	fills := c.InXML != "" && c.Instead.Column == ""
	if _, taken := w.plan.Source.Columns[name]; taken && o.name != columnName(name) && !fills {
		name = "Decree" + name
	}
	return o.name, name
}

// fieldValue is value, named for the field where some events have it in another column.
func (w *writer) fieldValue(field string, c schema.Column) (expr, name string) {
	expr, name = w.value(c)
	if c.Instead.Column != "" {
		first, size := utf8.DecodeRuneInString(field)
		name = "Decree" + string(unicode.ToUpper(first)) + field[size:]
	}
	return expr, name
}
