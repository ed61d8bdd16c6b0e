package golden

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/dialects"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/rules/source"
)

// FuzzProject reads a file of rules, the list file that they may name and a file of filters, whatever is in them. What
// can be read is written in a dialect and model; none panics, and each says why it refuses.
func FuzzProject(f *testing.F) {
	f.Add([]byte(`
title: R
id: 11111111-1111-4111-8111-111111111111
name: r
logsource: {product: windows, category: process_creation}
lists:
  a: {file: lists/a.yml}
  b: [whoami.exe, "a'b"]
  both: {union: [a, b]}
  all: {union: [both, a], except: [b]}
ancestry: {up: {parent: {Image|filename: cmd.exe}, grandparent: {Image|filename|expand: '%both%'}}}
detection:
  s: {Image|filename|expand: '%all%'}
  condition: s or up
`), []byte("title: A\nvalues: [net.exe, 'x\"y']\n"), []byte(`
title: F
logsource: {product: windows}
filter:
  rules: [r]
  s: {User: system}
  condition: not s
`))
	f.Add([]byte(`
title: C
name: c
correlation: {type: temporal, rules: [r, d], group-by: [host], timespan: 5m, condition: r and not d}
---
title: D
name: d
correlation: {type: value_count, rules: [r], group-by: [User], timespan: 1h, condition: {field: Image, gte: 3}}
---
title: R
name: r
logsource: {category: process_creation}
detection: {s: {CommandLine|re: 'a|b$'}, t: {EventID: [1, 4688]}, condition: 1 of them}
schedule: {every: 1h, lookback: 2h}
`), []byte("values: [a]\n"), []byte(`
title: F
logsource: {category: process_creation}
filter: {rules: any, s: [{User: a}, {Image|endswith: \b}], t: {User|exists: no}, condition: [not 1 of *, not (s and t)]}
---
title: G
logsource: {product: windows}
filter: {s: {User|cidr: '::/0'}, condition: s}
`))
	f.Fuzz(func(t *testing.T, rule, list, filter []byte) {
		folder := source.NewFolder("", fstest.MapFS{"rule.yml": {Data: rule}, "lists/a.yml": {Data: list}, "filters/f.yml": {Data: filter}})
		all, _ := parse.Documents("rule.yml", rule, folder)
		lowered := map[*rules.Rule]*ir.Rule{}
		for _, source := range all.Rules {
			if r, found := ir.Lower(source); !found.HasErrors() {
				lowered[source] = r
			}
		}
		filters, _ := parse.Filters(folder, "filters/f.yml", parse.FilterByForm)
		for _, filter := range filters {
			required, _ := ir.LowerFilter(filter)
			for source, r := range lowered {
				if required != nil && filter.Covers(source) {
					lowered[source] = r.Filtered(filter, required)
				}
			}
		}
		// One model an input: FuzzCompile has them all.
		var targets []target
		for _, d := range dialects.All {
			for _, name := range schema.Preferred(d.Name()) {
				targets = append(targets, target{d, name})
			}
		}
		to := targets[(len(rule)+len(list)+len(filter))%len(targets)]
		for _, source := range all.Rules {
			if r := lowered[source]; r != nil {
				to.written(t, func(opt compilers.Options) (*compilers.Query, diag.Diagnostics) { return to.Compile(r, opt) })
			}
		}
		linked, _ := parse.Link(all.Rules, all.Correlations)
		correlations, _ := ir.LowerCorrelations(linked, lowered)
		for _, c := range correlations {
			to.written(t, func(opt compilers.Options) (*compilers.Query, diag.Diagnostics) { return to.CompileCorrelation(c, opt) })
		}
	})
}

// target is a dialect with one of its data models.
type target struct {
	compilers.Dialect
	model string
}

// written writes a query, or says why not.
func (to target) written(t *testing.T, compile func(compilers.Options) (*compilers.Query, diag.Diagnostics)) {
	m, err := schema.Load(to.model)
	require.NoError(t, err)
	q, found := compile(compilers.Options{Model: m, Approximate: []string{"all"}})
	require.Equal(t, q == nil, found.HasErrors(), "%s: %v", to.model, found)
}
