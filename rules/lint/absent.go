package lint

import (
	"sync"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// absentField reports a field that no model's source of the log source has: its log is known not to hold it. Logs of which no fields are known hold any.
func absentField(s *subject) {
	if s.lowered == nil {
		return
	}
	said := map[string]bool{}
	for _, search := range s.Searches {
		one := rules.Rule{Searches: []rules.Search{search}}
		one.EachItem(func(it rules.Item) {
			if it.Field == "" || said[it.Field] {
				return
			}
			said[it.Field] = true
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
			hint := "remove it, or ask it of the log that has it (logsource)"
			if closest := diag.Closest(it.Field, near); closest != "" {
				hint = "did you mean `" + closest + "`?"
			}
			s.report(it.Range, hint, "no log of this log source has a field %q: its test can never hold", it.Field)
		})
	}
}

// closedModels are the models, of which none takes a field that its logs are not known to hold.
var closedModels = sync.OnceValue(func() []*schema.Model {
	var out []*schema.Model
	for _, m := range models() {
		closed := *m
		closed.Open = false
		out = append(out, &closed)
	}
	return out
})
