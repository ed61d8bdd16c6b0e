package spl

import (
	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// keyword searches the text of the event.
func (w *writer) keyword(n *ir.Keyword) logic.Pred {
	if w.dataset != nil {
		w.found.Errorf("keywords", n.Range(), "name the field that holds the word, or choose a --model that searches events",
			"spl: an accelerated data model does not keep the whole event")
		return logic.Never
	}
	w.plan.NoteOf(n, "keyword-raw", "false-positives",
		"keywords are looked for in _raw as it is stored, where field names and the format's own escapes stand beside the values")
	var either logic.Any
	for _, t := range compilers.StoredForms(n.Test) {
		either = append(either, w.inRaw(t, n))
	}
	if len(either) == 1 {
		return either[0]
	}
	return either
}

func (w *writer) inRaw(test ir.Test, n *ir.Keyword) logic.Pred {
	switch t := test.(type) {
	case *ir.Text:
		op := ir.Contains
		if t.Op == ir.Word {
			op = ir.Word
			w.plan.NoteOf(n, "keyword-escapes", "false-negatives", compilers.WordEscapesNote)
		}
		return anyValueMatches("_raw", textRegex(&ir.Text{Op: op, Values: t.Values, Cased: t.Cased}))
	case *ir.Glob:
		return anyValueMatches("_raw", globRegex(t))
	case *ir.Regex:
		if compilers.MeetsEscapes(t) {
			w.plan.NoteOf(n, "keyword-escapes", "false-negatives", compilers.EscapesNote)
		}
		return anyValueMatches("_raw", w.expression(t, n.Range()))
	}
	panic("spl: unknown keyword test")
}
