package mutation

import (
	"fmt"
	"slices"

	"decree/rules"
	"decree/rules/ir"
)

// suppress takes suppression away, and changes each part of it.
func (m *maker) suppress() {
	s := m.rule.Source.Suppress
	if s == nil {
		return
	}
	change := func(to *rules.Suppress, format string, args ...any) {
		source := *m.rule.Source
		source.Suppress = to
		changed := *m.rule
		changed.Source = &source
		m.take("suppress", s.Range, &changed, "suppress: %s", fmt.Sprintf(format, args...))
	}
	change(nil, "every match alerts")
	change(&rules.Suppress{By: s.By, For: s.For / 2, Range: s.Range}, "half the time")
	change(&rules.Suppress{By: s.By, For: s.For * 2, Range: s.Range}, "double the time")
	for i, f := range s.By {
		by := slices.Delete(slices.Clone(s.By), i, i+1)
		change(&rules.Suppress{By: by, For: s.For, Range: s.Range}, "whatever %s is", f.Name)
	}
}

// suppressKey is equal for rules that suppress the same matches.
func suppressKey(r *ir.Rule) string {
	s := r.Source.Suppress
	if s == nil {
		return ""
	}
	by := []string{}
	for _, f := range s.By {
		by = append(by, fieldKey(r.Own(ir.FieldNamed(f.Name))))
	}
	slices.Sort(by)
	return fmt.Sprintf(" suppress%q%s", slices.Compact(by), s.For)
}
