package mutation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestMutantsOfExtracts pins what is changed of an extract, also of one that another is made of.
func TestMutantsOfExtracts(t *testing.T) {
	r := rule(t, `extract:
  Script: {field: CommandLine, argv: 1, trim: '-'}
  Kind: {field: Script, map: [{contains: a, to: x}, {equals: [b, c], to: y}], default: z}
  Any: {field: Image, split: '\', at: any}
  Unread: {field: Image, argv: 0}
fields: [Unread]
detection:
  a: {Kind: x, Any: b}
  condition: a
`)
	var got []string
	for _, m := range Mutants(r) {
		if strings.Contains(m.Change, "Script") || strings.HasPrefix(m.Change, "Kind: without") || strings.HasPrefix(m.Change, "Any: 0") || strings.Contains(m.Change, "Unread") {
			got = append(got, m.Kind+" "+m.At.String()[len("rule.yml:"):]+" "+m.Change)
		}
	}
	assert.Equal(t, []string{
		"index 4:3 Script: 0 instead of 1", "index 4:3 Script: 2 instead of 1", "index 4:3 Script: any instead of 1", "drop 4:3 Script: without trimming",
		`value 5:31 Kind: without the row contains "a" to "x"`, `value 5:53 Kind: without the row equals "b" or "c" to "y"`, `value 5:3 Kind: without the default "z"`,
		"index 6:3 Any: 0 instead of any",
	}, got)
}

// TestMutantsOfExtractsThatOtherSectionsRead changes an extract that no test reads, but a join, first_seen, prevalence
// or suppress.
func TestMutantsOfExtractsThatOtherSectionsRead(t *testing.T) {
	for section, condition := range map[string]string{
		"first_seen: {f: {fields: [host, Part], over: 1d}}":                                   "a and f",
		"first_seen: {f: {fields: [host], over: 1d, among: b}}":                               "a and f",
		"prevalence: {p: {field: Part, local: {distinct: host, lte: 2}}}":                     "a and p",
		"prevalence: {p: {field: sha1, local: {distinct: Part, lte: 2}}}":                     "a and p",
		"prevalence: {p: {field: sha1, among: b, local: {distinct: host, lte: 2}}}":           "a and p",
		"joins: {j: {rule: o, same: {Part: User}, before: 1h}}":                               "a and j",
		"suppress: {by: [Part], for: 1h}":                                                     "a",
		"extract: {Part: {field: Image, split: '\\', at: 1}, Of: {field: Part, upper: true}}": "a and c",
	} {
		extract := "extract: {Part: {field: Image, split: '\\', at: 1}}\n"
		if section[0] == 'e' {
			extract = ""
		}
		rs := lowered.Rules(t, "title: T\nlogsource: {product: windows}\n"+extract+section+"\ndetection:\n  a: {F: 1}\n  b: {Part: x}\n  c: {Of: y}\n  condition: "+condition+
			"\n---\ntitle: O\nname: o\nlogsource: {product: windows}\ndetection: {s: {F: 2}, condition: s}\n")
		var got []string
		before := ir.Dump(rs[0])
		for _, m := range Mutants(rs[0]) {
			if m.Kind == "index" {
				got = append(got, m.Change)
				assert.False(t, Equivalent(rs[0], m.Rule), "%s: %s", section, m.Change)
			}
		}
		assert.Equal(t, []string{"Part: 0 instead of 1", "Part: 2 instead of 1", "Part: any instead of 1"}, got, section)
		assert.Equal(t, before, ir.Dump(rs[0]))
	}
}
