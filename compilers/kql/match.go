package kql

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/regex"
	"decree/rules/schema"
)

// predicate writes one test.
func (w *writer) predicate(n ir.Node) logic.Pred {
	switch n := n.(type) {
	case *ir.Prevalence:
		return w.rare(w.prevalenceOf(n))
	case *ir.Join:
		return w.joinOf(n).predicate()
	case *ir.Keyword:
		return w.keyword(n)
	case *ir.Match:
		return w.match(n)
	}
	panic("kql: unknown node")
}

func (w *writer) match(m *ir.Match) logic.Pred {
	if t, ok := m.Test.(*ir.Elements); ok {
		col, _ := w.columnOf(m.Field, t)
		return w.elements(w.arrayOf(col), col.Name, m, t)
	}
	w.refuseTime(m)
	for _, read := range fieldsRead(m) {
		if read.field.Extract == nil || !read.field.Extract.Spec.Any {
			continue
		}
		if _, isRef := m.Test.(*ir.FieldRef); isRef {
			return w.refuseSeveral(m.Range(), read.field.Name)
		}
		c, _ := w.columnOf(m.Field, m.Test)
		return w.several(c, m)
	}
	for _, read := range fieldsRead(m) {
		w.noteList(m, read.field)
	}
	question := fieldsRead(m)[0]
	o := w.operandOf(question.field, question.test)
	if name, ok := ir.FilenameTest(m.Test); ok && (o.companion != "" || o.onlyName) {
		if o.companion != "" {
			o = operand{name: o.companion}
		}
		return w.matchOn(o, m, name)
	}
	return w.matchOn(o, m, m.Test)
}

// refuseTime reports a test of the text of a time.
func (w *writer) refuseTime(m *ir.Match) {
	tests := map[ir.Field]ir.Test{}
	for _, read := range fieldsRead(m) {
		tests[read.field] = read.test
	}
	w.plan.TimeAsText(m, func(f ir.Field) (schema.Column, bool) {
		c, _ := w.columnOf(f, tests[f])
		return c, true
	}, &w.found)
}

// matchOn writes a test of a match on a value.
func (w *writer) matchOn(o operand, m *ir.Match, test ir.Test) logic.Pred {
	negated := w.negated[m]
	switch t := test.(type) {
	case *ir.OfFilename:
		return w.matchOn(operand{name: lastPart(o.asText()), path: o.asText()}, m, t.Test)
	case *ir.Text:
		if t.Op == ir.Equals && slices.Contains(t.Values, "") {
			w.noteEmpty(m)
		}
		return w.text(o, t, negated)
	case *ir.Glob:
		expr := globRegex(t)
		return w.pattern(o, expr, expr)
	case *ir.Regex:
		expr := expression(t)
		return w.pattern(o, expr, strings.ReplaceAll(expr, regex.Rust.Word, regex.Go.Word))
	case *ir.Number:
		value := o.asNumber("toreal")
		return notNull(numbers(value, t.Op, t.Values), value, negated)
	case *ir.Bits:
		value := o.asNumber("tolong")
		if o.fraction { // binary_and takes whole numbers only
			value = "tolong(" + value + ")"
		}
		bits := notNull(logic.Atom(fmt.Sprintf("binary_and(%s, %d) == %d", value, t.Mask, t.Mask)), value, negated)
		if o.kind == number {
			return bits
		}
		return logic.All{bits, matches(o.asText(), integer)}
	case *ir.Bool:
		return isBool(o, t, negated)
	case *ir.Null:
		w.noteEmpty(m)
		return absent(o)
	case *ir.Exists:
		w.noteEmpty(m)
		if t.Value {
			return present(o)
		}
		return absent(o)
	case *ir.CIDR:
		return cidr(o, t, negated)
	case *ir.FieldRef:
		return fieldRef(o, w.operandOf(t.Other, nil), t, negated)
	case *ir.TimePart:
		return timePart(o, t, negated)
	}
	panic("kql: unknown test")
}

// isBool compares a value with true or false.
func isBool(o operand, t *ir.Bool, negated bool) logic.Pred {
	wanted := strconv.FormatBool(t.Value)
	if o.kind == text || o.kind == other {
		return logic.Atom(o.asText() + " =~ " + quote(wanted))
	}
	value := o.name
	if o.kind != boolean {
		value = "tobool(" + o.name + ")"
	}
	return notNull(logic.Atom(value+" == "+wanted), value, negated)
}

// integer is a text that is a whole number to ir.ParseBits: a hexadecimal one is below 2^63. Kusto's tolong passes over
// white space around one.
const integer = `^(?:[-+]?[0-9]+|0[xX]0*(?:[0-7][0-9a-fA-F]{15}|[0-9a-fA-F]{1,15}))$`

// noteEmpty says how an empty value is read. A model that is not of KQL tells it from a missing one.
func (w *writer) noteEmpty(n *ir.Match) {
	const message = "a string in Kusto cannot be null: an empty value and a missing one are the same"
	if w.plan.Model.EmptyIsMissing {
		w.plan.Note("empty-is-missing", "exact", n.Range(), message)
		return
	}
	effect := "false-positives"
	if exists, ok := n.Test.(*ir.Exists); ok && exists.Value {
		effect = "false-negatives"
	}
	w.plan.NoteOf(n, "empty-is-missing", effect, message+". The data model is not of KQL, so that `decree run` tells them apart: add `dialect: kql` to it")
}

func absent(o operand) logic.Pred {
	if o.kind == text {
		return logic.Atom("isempty(" + o.name + ")")
	}
	return logic.Atom("isnull(" + o.name + ")")
}

func present(o operand) logic.Pred {
	if o.kind == text {
		return logic.Atom("isnotempty(" + o.name + ")")
	}
	return logic.Atom("isnotnull(" + o.name + ")")
}

// notNull makes a comparison false if its value is null and that would matter.
func notNull(p logic.Pred, value string, negated bool) logic.Pred {
	if !negated {
		return p
	}
	return logic.All{logic.Atom("isnotnull(" + value + ")"), p}
}

// text compares a column with literal strings. Operators that ignore case do so only for ASCII, expressions for all
// letters.
// https://learn.microsoft.com/en-us/kusto/query/datatypes-string-operators
func (w *writer) text(o operand, t *ir.Text, negated bool) logic.Pred {
	name := o.asText()
	if t.Op == ir.Filename {
		name = lastPart(name)
	}
	whole := t.Op == ir.Equals || t.Op == ir.Filename
	values, folded, either := textValues(o, t, whole)
	words := t.Op == ir.Word && !t.Cased && len(values) > 1
	if !whole && !words && len(values) > maxTerms {
		values, folded = nil, append(values, folded...)
	}
	for _, expr := range textRegexes(t, folded) {
		either = append(either, matches(name, expr))
	}
	switch {
	case words:
		return append(either, logic.Atom(name+" has_any ("+compilers.Fill(quoteAll(values), "    ")+")"))
	case whole && len(values) > 0:
		return append(either, w.isOneOf(o, name, t, values, negated))
	}
	for _, v := range values {
		either = append(either, logic.Atom(compare(name, t.Op, v, t.Cased)))
	}
	return either
}

// textValues tells values that operators can compare from those that need an expression to ignore case, and writes the
// test of an empty one: of a whole value, that there is none; of a part, that there is any.
func textValues(o operand, t *ir.Text, whole bool) (values, folded []string, empty logic.Any) {
	for _, v := range t.Values {
		switch {
		case !t.Cased && compilers.FoldsBeyondASCII(v):
			folded = append(folded, v)
		case v != "":
			values = append(values, v)
		case whole:
			empty = append(empty, absent(o))
		default:
			empty = append(empty, present(o))
		}
	}
	return values, folded, empty
}

// isOneOf compares a text, or the file name in it, with whole values.
func (w *writer) isOneOf(o operand, name string, t *ir.Text, values []string, negated bool) logic.Pred {
	in := " in~ "
	if t.Cased {
		in = " in "
	}
	switch {
	case compilers.NamesList(t) && w.lists[t.List] != "":
		return logic.Atom(name + in + "(" + w.lists[t.List] + ")")
	case o.kind == number && !t.Cased && canonical(values):
		return notNull(numberSet(o.name, values), o.name, negated)
	case len(values) == 1:
		return logic.Atom(compare(name, ir.Equals, values[0], t.Cased))
	}
	return logic.Atom(name + in + "(" + compilers.Fill(quoteAll(values), "    ") + ")")
}

// maxTerms limits the terms of a disjunction. Kusto refuses deeply nested queries, and a chain of `or` is nested. With
// more values, one regular expression is used.
const maxTerms = 100

func numberSet(name string, values []string) logic.Pred {
	if len(values) == 1 {
		return logic.Atom(name + " == " + values[0])
	}
	return logic.Atom(name + " in (" + strings.Join(values, ", ") + ")")
}

// lastPart is the file name in a path.
func lastPart(path string) string {
	return fmt.Sprintf("extract(%s, 0, %s)", verbatim(`[^\\/]*\z`), path)
}

var operators = map[ir.TextOp][2]string{
	ir.Equals: {"=~", "=="}, ir.StartsWith: {"startswith", "startswith_cs"},
	ir.EndsWith: {"endswith", "endswith_cs"}, ir.Contains: {"contains", "contains_cs"}, ir.Word: {"has", "has_cs"},
}

func compare(name string, op ir.TextOp, value string, cased bool) string {
	return name + " " + operator(op, cased) + " " + quote(value)
}

func operator(op ir.TextOp, cased bool) string {
	if cased {
		return operators[op][1]
	}
	return operators[op][0]
}

// pattern matches a regular expression; re2 is its form for RE2. A missing value, which is "" in Kusto, never matches.
func (w *writer) pattern(o operand, expr, re2 string) logic.Pred {
	p := matches(o.asText(), expr)
	if re, err := regexp.Compile(re2); err == nil && re.MatchString("") {
		if o.path != "" {
			o.name = o.path
		}
		return logic.All{present(o), p}
	}
	return p
}

func matches(name, expr string) logic.Pred {
	return logic.Atom(name + " matches regex " + verbatim(expr))
}

var comparisons = map[string]string{"eq": "==", "neq": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

func numbers(value, op string, values []float64) logic.Pred {
	if op == "eq" {
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = compilers.Number(v)
		}
		return numberSet(value, texts)
	}
	either := make(logic.Any, len(values))
	for i, v := range values {
		either[i] = logic.Atom(value + " " + comparisons[op] + " " + compilers.Number(v))
	}
	return either
}

func fieldRef(a, b operand, t *ir.FieldRef, negated bool) logic.Pred {
	if t.Op == ir.Equals && a.kind == b.kind && a.kind != text && a.kind != other {
		p := logic.Atom(a.name + " == " + b.name)
		return notNull(notNull(p, b.name, negated), a.name, negated)
	}
	x, y := a.asText(), b.asText()
	op := t.Op
	if op == ir.Filename {
		x, op = lastPart(x), ir.Equals
	}
	if !t.Cased { // operators would ignore case only for ASCII
		x, y = "tolower("+x+")", "tolower("+y+")"
	}
	return logic.All{present(a), present(b), logic.Atom(x + " " + operator(op, true) + " " + y)}
}

// timeParts take parts of a time. dayofweek counts from Sunday, which is 0.
var timeParts = map[string]string{"minute": `datetime_part("minute", %s)`, "hour": "hourofday(%s)", "day": "dayofmonth(%s)",
	"weekday": "(toint(dayofweek(%s) / 1d) + 6) %% 7 + 1",
	"week":    "week_of_year(%s)", "month": "monthofyear(%s)", "year": "getyear(%s)"}

func timePart(o operand, t *ir.TimePart, negated bool) logic.Pred {
	when := o.name
	if o.kind != datetime {
		when = "todatetime(" + o.name + ")"
	}
	return notNull(numbers(fmt.Sprintf(timeParts[t.Part], when), t.Op, t.Values), when, negated)
}
