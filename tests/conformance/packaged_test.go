package conformance

import (
	"testing"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules/schema"
	"decree/tests/fixture/packaged"
)

// packageInputs compiles some of the public rules for a package, those that a model can say: one of so many.
func packageInputs(t *testing.T, f packages.Format, d compilers.Dialect, m *schema.Model, oneOf int) []packages.Input {
	t.Helper()
	var inputs []packages.Input
	for i, r := range corpusRules(t) {
		if i%oneOf > 0 {
			continue
		}
		r = packages.ScheduledRule(r, f.Schedule())
		show := packages.ShowOf(f, r)
		places := packaged.Places(f, m, packages.Input{Rule: r.Source})
		if q, _ := d.Compile(r, compilers.Options{Model: m, Show: show, Scope: places}); q != nil {
			inputs = append(inputs, packages.Input{Rule: r.Source, Query: q, Show: show, Places: places, Path: r.Source.ID})
		}
	}
	return inputs
}
