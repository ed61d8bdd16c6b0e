package kql

import (
	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// keyword looks at every column.
func (w *writer) keyword(n *ir.Keyword) logic.Pred {
	w.plan.NoteOf(n, "keyword-columns", "false-negatives", "keywords are searched for in the columns of one table, as Kusto's * does")
	var either logic.Any
	for _, t := range compilers.StoredForms(n.Test) { // a dynamic column or one of XML is searched as text
		either = append(either, w.inColumns(t, n))
	}
	if len(either) == 1 {
		return either[0]
	}
	return either
}

func (w *writer) inColumns(test ir.Test, n *ir.Keyword) logic.Pred {
	every := operand{name: "*"}
	switch t := test.(type) {
	case *ir.Text:
		if t.Op == ir.Filename {
			return matches("*", filenameRegex(t))
		}
		either := make(logic.Any, len(t.Values))
		for i, v := range t.Values {
			if !t.Cased && compilers.FoldsBeyondASCII(v) {
				either[i] = matches("*", textRegexes(t, []string{v})[0])
			} else {
				either[i] = logic.Atom(compare(every.name, t.Op, v, t.Cased))
			}
		}
		return either
	case *ir.Glob:
		return matches("*", globRegex(t))
	case *ir.Regex:
		if compilers.MeetsEscapes(t) {
			w.plan.NoteOf(n, "keyword-escapes", "false-negatives", compilers.EscapesNote)
		}
		return matches("*", expression(t))
	}
	panic("kql: unknown keyword test")
}
