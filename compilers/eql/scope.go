package eql

import "decree/compilers"

// scope is the condition under which an event belongs to one of the sources.
func (w *writer) scope() compilers.All {
	var either compilers.Any
	for _, tests := range compilers.Scopes(w.sources) {
		var all compilers.All
		for _, s := range tests {
			f := columnName(s.Column)
			var p compilers.Pred = compilers.Atom(f + " : " + quoteList(s.Values))
			if s.Optional {
				p = compilers.Any{compilers.Atom(f + " == null"), p}
			}
			all = append(all, p)
		}
		either = append(either, all)
	}
	switch len(either) {
	case 0:
		return nil
	case 1:
		return either[0].(compilers.All)
	}
	return compilers.All{either}
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
