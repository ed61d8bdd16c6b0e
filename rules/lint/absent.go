package lint

import (
	"sync"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// absentField reports a field that no data model has in this log source. A source without a list of fields may have any field.
func absentField(s *subject) {
	if s.lowered == nil {
		return
	}
	reported := map[string]bool{}
	for _, search := range s.Searches {
		one := rules.Rule{Searches: []rules.Search{search}}
		one.EachItem(func(it rules.Item) {
			if it.Field == "" || reported[it.Field] {
				return
			}
			reported[it.Field] = true
			near, known, asked := []string{}, false, false
			for _, m := range closedModels() {
				for _, source := range m.Asked(s.lowered) {
					asked = true
					f := ir.FieldNamed(it.Field)
					_, column := m.Column(source, f.Name, f.Level)
					known = known || column && source.Has(m, f)
					near = append(near, m.Closest(source, it.Field)...)
				}
			}
			if known || !asked {
				return
			}
			hint := diag.DidYouMean(it.Field, near, "remove it, or use the log source that has this field")
			s.report(it.Range, hint, "this log source has no field %q: the test never matches", it.Field)
		})
	}
}

// closedModels are the models with Open switched off: they refuse a field that their logs are not known to have.
var closedModels = sync.OnceValue(func() []*schema.Model {
	var out []*schema.Model
	for _, m := range models() {
		closed := *m
		closed.Open = false
		out = append(out, &closed)
	}
	return out
})
