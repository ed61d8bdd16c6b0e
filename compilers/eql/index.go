package eql

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/compilers/terms"
	"decree/rules/ir"
)

// Elasticsearch has a whole value in its index. A pattern that begins with * reads every value that a field has
// instead: https://www.elastic.co/docs/reference/query-languages/query-dsl/query-dsl-wildcard-query says to avoid
// these. A path that ends with \x.exe is in a document whose companion column (process.name of process.executable) is
// x.exe, so that this is asked first.

// index asks for what an event must have to satisfy conditions, if these do not ask the index themselves.
func (w *writer) index(conjuncts []ir.Node) logic.All {
	companions := map[string]bool{}
	of := func(n ir.Node) []terms.Clause { return w.indexOf(n, companions) }
	var all []terms.Clause
	for _, n := range conjuncts {
		for _, c := range terms.Of(n, of) {
			more := slices.ContainsFunc(c.Terms, func(t terms.Term) bool { return companions[t.Column] })
			if more || c.Asked {
				all = append(all, c)
			}
		}
	}
	var added []terms.Clause
	added, w.indexed = terms.Choose(all, w.plan.IndexTerms())
	var asked logic.All
	for _, c := range added {
		asked = append(asked, clause(c))
	}
	return asked
}

// clause writes that an event has one of some values.
func clause(c terms.Clause) logic.Pred {
	var either logic.Any
	for _, of := range c.ByColumn() {
		values := make([]string, len(of))
		for i, t := range of {
			values[i] = t.Text
		}
		either = append(either, wildcards(columnName(of[0].Column), ir.Equals, values, false))
	}
	return either
}

// indexOf gives the values one of which the event has if a test of its own columns holds. It adds the companion columns
// that it reads to companions.
func (w *writer) indexOf(n ir.Node, companions map[string]bool) []terms.Clause {
	m, ok := n.(*ir.Match)
	if !ok {
		return nil
	}
	col, ok := w.plan.Column(m.Field)
	if !ok || col.Made != nil || col.Type != "" {
		return nil
	}
	name, test := col.Name, m.Test
	if of, is := ir.FilenameTest(test); is && col.Holds == "filename" {
		test = of
	} else if is && col.Filename != "" && !endsWith(test) {
		name, test = col.Filename, of
	}
	if t, ok := test.(*ir.Text); ok && t.Op == ir.Equals {
		clause := valuesOf(name, t.Values)
		clause.Asked = asksIndex(t.Values)
		return []terms.Clause{clause}
	}
	if names := lastComponents(test); col.Filename != "" && w.plan.Source.Product == "windows" && len(names) > 0 {
		companions[col.Filename] = true
		return []terms.Clause{valuesOf(col.Filename, names)}
	}
	return nil
}

// valuesOf is the clause that a column has one of some values. It has no terms if one cannot be asked of the index as
// it is.
func valuesOf(column string, values []string) terms.Clause {
	var c terms.Clause
	for _, v := range values {
		if v == "" || strings.ContainsAny(v, "*?") || compilers.FoldsBeyondASCII(v) {
			return terms.Clause{}
		}
		c.Terms = append(c.Terms, terms.Term{Column: column, Text: v})
	}
	return c
}

// asksIndex tells whether a test of whole values narrows a search as it is. A number may be anything's: a port, or the
// id of nearly every event.
func asksIndex(values []string) bool {
	return !slices.ContainsFunc(values, func(v string) bool {
		return strings.Trim(v, "0123456789") == "" || strings.ContainsAny(v, "*?") || compilers.FoldsBeyondASCII(v)
	})
}

func endsWith(t ir.Test) bool {
	text, ok := t.(*ir.Text)
	return ok && text.Op == ir.EndsWith
}

// lastComponents are the last components of the paths of Windows that pass a test, if it says all of them: those of
// \x.exe and of *\bin\x.exe. On Linux, a name may have a backslash.
func lastComponents(t ir.Test) []string {
	var ends []string
	switch t := t.(type) {
	case *ir.Text:
		if t.Op != ir.EndsWith {
			return nil
		}
		ends = t.Values
	case *ir.Glob:
		ends = []string{t.Parts[len(t.Parts)-1].Literal}
	}
	names := make([]string, len(ends))
	for i, end := range ends {
		at := strings.LastIndexByte(end, '\\')
		if at < 0 || at+1 == len(end) || strings.Contains(end[at:], "/") {
			return nil
		}
		names[i] = end[at+1:]
	}
	return names
}
