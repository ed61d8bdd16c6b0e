package eql

import (
	"decree/compilers"
	"decree/compilers/logic"
)

// scope is the condition under which an event belongs to one of the sources.
func (w *writer) scope() logic.All {
	var either logic.Any
	for _, tests := range compilers.Scopes(w.sources) {
		var all logic.All
		for _, s := range tests {
			f := columnName(s.Column)
			var p logic.Pred = logic.Atom(f + " : " + quoteList(s.Values))
			if s.Optional {
				p = logic.Any{logic.Atom(f + " == null"), p}
			}
			all = append(all, p)
		}
		either = append(either, all)
	}
	switch len(either) {
	case 0:
		return nil
	case 1:
		return either[0].(logic.All)
	}
	return logic.All{either}
}

func (w *writer) category() string {
	if w.plan.Source.Table == "" {
		return "any"
	}
	if isWord(w.plan.Source.Table) {
		return w.plan.Source.Table
	}
	return quote(w.plan.Source.Table)
}
