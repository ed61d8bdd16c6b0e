package kql

import (
	"cmp"
	"strings"
	"unicode"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/compilers/terms"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Kusto indexes the terms of three and more characters: maximal sequences of letters and digits. has, has_any, has_all
// and hasprefix are answered from that index; contains and expressions scan the values.
// https://learn.microsoft.com/en-us/kusto/query/datatypes-string-operators#what-is-a-term
var (
	ofText = terms.Rules{Shortest: 3, Before: separates, After: separates}
	// ofJSON is for values of a dynamic column, whose index has the terms of its JSON:
	// https://learn.microsoft.com/en-us/kusto/query/best-practices says to ask the column for a rare value before one
	// of its properties. There, what stands before a term may be an escape that ends with a letter or a digit.
	ofJSON = terms.Rules{Shortest: 3, Before: unescapedBefore, After: separates}
	// ofJSONText is for values of a text column with JSON, as its sender wrote it. Gson, for one, also escapes an
	// equals sign:
	// https://github.com/google/gson/blob/main/gson/src/main/java/com/google/gson/stream/JsonWriter.java
	ofJSONText = terms.Rules{Shortest: 3, Before: func(c rune) bool { return c != '=' && unescapedBefore(c) }, After: separates}
)

// separates tells whether a character surely separates terms. Whether letters beyond ASCII and an underscore do is not
// said.
func separates(c rune) bool {
	return c != '_' && !unicode.IsLetter(c) && !unicode.IsNumber(c) && (c <= unicode.MaxASCII || unicode.IsPunct(c))
}

// unescapedBefore tells whether a character separates terms that JSON writes as it is, or escapes by a backslash before
// it.
func unescapedBefore(c rune) bool {
	return separates(c) && ' ' <= c && c < unicode.MaxASCII && !strings.ContainsRune("\"'<>&+`", c)
}

// indexStages ask the index of terms for what an event must have to satisfy the conditions, if they do not ask it
// themselves.
func (w *writer) indexStages(conjuncts []ir.Node) []string {
	var all []terms.Clause
	for _, n := range conjuncts {
		all = append(all, terms.Of(n, w.indexOf)...)
	}
	var added []terms.Clause
	added, w.indexed = terms.Choose(all, w.plan.IndexTerms())
	var stages []string
	for i, c := range added {
		if i > 0 && joint(added[0], c) {
			first := added[0].Terms[0]
			stages[0] = where(hasTerms(first.Column, "has_all", []terms.Term{first, c.Terms[0]}))
			continue
		}
		stages = append(stages, where(clause(c)))
	}
	return stages
}

// joint tells whether two clauses are of single terms of one column.
func joint(a, b terms.Clause) bool {
	return len(a.Terms) == 1 && len(b.Terms) == 1 && a.Terms[0].Column == b.Terms[0].Column && !a.Terms[0].Prefix && !b.Terms[0].Prefix
}

// clause writes that an event has one of some terms.
func clause(c terms.Clause) logic.Pred {
	var either, begun logic.Any
	var whole terms.Clause
	for _, t := range c.Terms {
		if t.Prefix {
			begun = append(begun, logic.Atom(t.Column+" hasprefix "+quote(t.Text)))
		} else {
			whole.Terms = append(whole.Terms, t)
		}
	}
	for _, of := range whole.ByColumn() {
		either = append(either, hasTerms(of[0].Column, "has_any", of))
	}
	return append(either, begun...)
}

// hasTerms writes that a column has terms: any or all of them.
func hasTerms(column, operator string, of []terms.Term) logic.Pred {
	if len(of) == 1 {
		return logic.Atom(column + " has " + quote(of[0].Text))
	}
	texts := make([]string, len(of))
	for i, t := range of {
		texts[i] = quote(t.Text)
	}
	return logic.Atom(column + " " + operator + " (" + compilers.Fill(texts, "    ") + ")")
}

// indexOf gives what the index can be asked for a test of the event's own columns.
func (w *writer) indexOf(n ir.Node) []terms.Clause {
	m, ok := n.(*ir.Match)
	if !ok || !w.hasFixedText(m.Test) {
		return nil // a keyword is looked for in every column
	}
	col, hops := w.columnOf(m.Field, m.Test)
	if hops > 0 || col.Made != nil || col.OrElse != "" || col.Instead.Column != "" {
		return nil
	}
	test := m.Test
	if of, is := ir.FilenameTest(test); is && (col.Filename != "" || col.Holds == "filename") {
		test = of
		col = schema.Column{Name: cmp.Or(col.Filename, col.Name)}
	}
	container, _ := w.plan.Source.Inside(col.Name)
	switch {
	// between > and <, or = and a comma: in XML, an escape begins and ends with a separator
	case col.Type == schema.XML || col.Type == schema.HashSet:
		if container != "" {
			return nil
		}
		return inColumn(columnName(col.Name), ofText.OfTest(test))
	case col.Within() != "":
		return nil // what stands around the value is not known
	case w.typed(col.Name, col.Type).kind != text:
		return nil
	case container != "" && w.plan.Source.Columns[container] == "string":
		return inColumn(columnName(container), withoutDates(ofJSONText.OfTest(test)))
	case container != "":
		return inColumn(columnName(container), withoutDates(ofJSON.OfTest(test)))
	}
	return indexOfText(col, test)
}

// indexOfText gives what the index of a text column can be asked.
func indexOfText(col schema.Column, test ir.Test) []terms.Clause {
	found := inColumn(columnName(col.Name), ofText.OfTest(test))
	switch {
	case col.InXML != "":
		return orIn(columnName(col.InXML), found)
	case !asksIndex(test):
		return found
	case len(found) == 0:
		return []terms.Clause{{Asked: true}}
	}
	for i := range found {
		found[i].Asked = true
	}
	return found
}

// hasFixedText tells whether a test is of texts that only the query says. A list apart from it may change.
func (w *writer) hasFixedText(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Text:
		return !w.plan.Apart(t)
	case *ir.Glob, *ir.Regex, *ir.OfFilename:
		return true
	}
	return false
}

// asksIndex tells whether a test of a text column is answered from the index as it is written: it is an equality, or
// has.
func asksIndex(t ir.Test) bool {
	is, ok := t.(*ir.Text)
	if !ok || is.Op != ir.Equals && is.Op != ir.Word {
		return false
	}
	for _, v := range is.Values {
		if len(v) < ofText.Shortest || !is.Cased && compilers.FoldsBeyondASCII(v) {
			return false
		}
	}
	return true
}

func inColumn(column string, clauses []terms.Clause) []terms.Clause {
	for _, c := range clauses {
		for i := range c.Terms {
			c.Terms[i].Column = column
		}
	}
	return clauses
}

// orIn adds that the terms may be in another column instead.
func orIn(column string, clauses []terms.Clause) []terms.Clause {
	for i, c := range clauses {
		for _, t := range c.Terms {
			t.Column = column
			clauses[i].Terms = append(clauses[i].Terms, t)
		}
	}
	return clauses
}

// withoutDates leaves out clauses with parts of numbers and dates, which a dynamic column does not keep as a text.
func withoutDates(clauses []terms.Clause) []terms.Clause {
	var out []terms.Clause
	for _, c := range clauses {
		written := true
		for _, t := range c.Terms {
			written = written && strings.Trim(t.Text, "0123456789TtZzEe") != ""
		}
		if written {
			out = append(out, c)
		}
	}
	return out
}
