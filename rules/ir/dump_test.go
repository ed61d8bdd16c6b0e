package ir_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestDump has each kind of node and every part of a prevalence written out.
func TestDump(t *testing.T) {
	var many []string
	for i := range 23 {
		many = append(many, fmt.Sprintf("v%d", i))
	}
	cases := []struct{ name, rule, want string }{
		{"const", "detection: {a: {F: []}, condition: a}", "a:\n  false\n"},
		{"keywords", "detection:\n  a: [x, 'y?z', 7, true, 1.50]\n  b: {'|re|i': z}\n  c: {'|startswith|cased': w}\n  condition: a and not b or c",
			"or\n  and\n    a:\n      or\n        any value contains \"x\", \"7\", \"true\", \"1.50\"\n        any value like * \"y\" ? \"z\" *\n    not\n      b:\n        any value matches /z/i\n  c:\n    any value startswith \"w\", in this case\n"},
		{"at least", "detection: {a1: {F: x}, a2: {F: y}, a3: {G|exists: maybe}, condition: 2 of a*}", ""},
		{"at least two", "detection: {a1: {F: x}, a2: {F: y}, a3: {G|exists: false}, condition: 2 of a*}",
			"at least 2 of\n  a1:\n    F equals \"x\"\n  a2:\n    F equals \"y\"\n  a3:\n    G does not exist\n"},
		{"many values", "detection: {a: {F: [" + strings.Join(many, ", ") + "]}, condition: a}",
			"a:\n  F equals \"v0\", \"v1\", \"v2\", \"v3\", \"v4\", \"v5\", \"v6\", \"v7\", \"v8\", \"v9\", \"v10\", \"v11\", \"v12\", \"v13\", \"v14\", \"v15\", \"v16\", \"v17\", \"v18\", \"v19\", and 3 more\n"},
		{"ancestors", "ancestry: {up: {ancestor: [{level: 4, Image: x}, {level: 3, ParentUser|contains: y}]}}\ndetection: {a: {F: x}, condition: up and a}",
			"and\n  up:\n    and\n      ancestor 4's Image equals \"x\"\n      ancestor 4's User contains \"y\"\n  a:\n    F equals \"x\"\n"},
		{"another field of an ancestor", "ancestry: {up: {parent: {Image|fieldref: CommandLine}}}\ndetection: {a: {Image|fieldref|endswith: ParentImage}, condition: up and a}",
			"and\n  up:\n    parent's Image equals the field parent's CommandLine\n  a:\n    Image endswith the field parent's Image\n"},
		{"prevalence, each part", `prevalence:
  p:
    field: sha256
    among: a
    local: {distinct: user, rarest: 5, gte: 1, lt: 9}
    global: {gt: 0, lte: 12.5, default: 3}
    signature: Valid
    signer: {neq: [A, B]}
    issuer: {eq: C}
    root: [D]
    unavailable: include
detection: {a: {F: x}, condition: p}`, `p:
  prevalence of sha256
    among a
    distinct user gte 1 lt 9
    the 5 rarest
    global gt 0 lte 12.5, 3 when unknown
    signature in "Valid"
    signer not in "A", "B"
    issuer in "C"
    root in "D"
    a failed look-up: include
`},
		{"prevalence, least", "prevalence: {p: {field: domain, local: {distinct: host, eq: 1}}}\ndetection: {a: {F: x}, condition: a and p}", `and
  a:
    F equals "x"
  p:
    prevalence of domain
      among all events of the log source
      distinct host eq 1
      a failed look-up: exclude
`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, found := ir.Lower(ruleOf(t, c.rule))
			if c.want == "" {
				require.True(t, found.HasErrors())
				return
			}
			require.False(t, found.HasErrors(), found)
			assert.Equal(t, c.want, ir.Dump(r))
			assert.Equal(t, ir.Dump(r), ir.Dump(r))
		})
	}
}
