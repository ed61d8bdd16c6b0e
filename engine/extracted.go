package engine

import (
	"decree/engine/extract"
	"decree/engine/match"
	"decree/rules/ir"
)

// extracted gives the first value of an extract of the result's rule; "" if the event has none.
func (r Result) extracted(e *ir.Extract) string {
	from := make([][]string, len(e.From))
	for i, f := range e.From {
		text := ""
		if f.Extract != nil {
			text = r.extracted(f.Extract)
		} else {
			text = r.fieldOf(f.SigmaName())
		}
		if text != "" {
			from[i] = []string{text}
		}
	}
	values := r.rule.programOf(e).Values(nil, &extract.Arena{}, from)
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// programOf makes an extract ready, once.
func (r *rule) programOf(e *ir.Extract) *extract.Program {
	if p, ok := r.extracts.Load(e); ok {
		return p.(*extract.Program)
	}
	p, _ := r.extracts.LoadOrStore(e, extract.Compile(e, match.Tester))
	return p.(*extract.Program)
}
