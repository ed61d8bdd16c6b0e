package conformance

import (
	"testing"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules/schema"
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
		in := packages.Input{Rule: r.Source, Show: packages.ShowOf(f, r), Path: r.Source.ID}
		opt := packages.OptionsOf(f, in, compilers.Options{Model: m})
		if in.Query, _ = d.Compile(r, opt); in.Query != nil {
			in.Places = opt.Scope
			inputs = append(inputs, in)
		}
	}
	return inputs
}
