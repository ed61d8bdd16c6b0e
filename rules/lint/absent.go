package lint

import (
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
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
			near, asked := []string{}, false
			for m := range models() {
				closed := *m
				closed.Open = false // it refuses a field that its logs are not known to have
				for _, source := range closed.Asked(s.lowered) {
					asked = true
					f := ir.FieldNamed(it.Field)
					if _, column := closed.Column(source, f.Name, f.Level); column && source.Has(&closed, f) {
						return
					}
					near = append(near, closed.Closest(source, it.Field)...)
				}
			}
			if !asked {
				return
			}
			hint := diag.DidYouMean(it.Field, near, "remove it, or use the log source that has this field")
			s.report(it.Range, hint, "this log source has no field %q: the test never matches", it.Field)
		})
	}
}
