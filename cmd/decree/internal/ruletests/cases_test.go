package ruletests

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

// several is a file with a correlation, its part that alerts, too, and one that does not.
const several = `
-- r/gen.yml --
title: Part
name: part
logsource: {product: windows, category: process_creation}
detection: {a: {Image: 'C:\who.exe'}, condition: a}
---
title: Only read
name: read
logsource: {product: windows, category: process_creation}
detection: {a: {Image: 'C:\net.exe'}, condition: a}
---
title: Many
name: many
correlation: {type: event_count, rules: [part], generate: true, timespan: 5m, condition: {gte: 2}}
---
title: One after another
name: both
correlation: {type: temporal, rules: [part, read], timespan: 5m}
`

const eventsOfSeveral = "    events: [{id: 1, Image: 'C:\\who.exe', UtcTime: '2026-03-01 10:00:00'}, {id: 2, Image: 'C:\\who.exe', UtcTime: '2026-03-01 10:01:00'}, {id: 3, Image: 'C:\\net.exe', UtcTime: '2026-03-01 10:02:00'}]\n"

// TestACaseNamesItsRule in a file with several: the others have cases of their own, or none.
func TestACaseNamesItsRule(t *testing.T) {
	of := func(name, rule, ids string) string {
		return "  - name: " + name + "\n    rule: " + rule + "\n" + eventsOfSeveral + "    expect: {ids: " + ids + "}\n"
	}
	clitest.Files(t, several+"-- r/gen.test.yml --\ncases:\n"+of("a", "part", "[1, 2]")+of("b", "many", "[2]")+of("c", "read", "[3]"))
	tests, _ := load(t, nil, "r")
	require.Empty(t, tests.Found)
	ran := map[string][]string{}
	for i, outcomes := range tests.Run() {
		for _, o := range outcomes {
			assert.True(t, o.Passed(), "%v", o.Failures)
			ran[tests.Tested[i].Rule.Slug()] = append(ran[tests.Tested[i].Rule.Slug()], o.Case)
		}
	}
	assert.Equal(t, map[string][]string{"part": {"a"}, "many": {"b"}, "read": {"c"}}, ran)
	assert.Equal(t, []string{"both"}, slugs(tests.Untested))

	clitest.Files(t, several+"-- r/gen.test.yml --\ncases:\n"+of("a", "prt", "[1, 2]")+of("b", "x", "[2]"))
	tests, _ = load(t, nil, "r")
	require.Len(t, tests.Found, 2)
	assert.Equal(t, `r/gen.test.yml:3:11: error[case-of-unknown-rule]: no rule that this file tests has the name or id "prt"`, tests.Found[0].Error())
	assert.Equal(t, "did you mean `part`?", tests.Found[0].Hint)
	assert.Equal(t, "name one of the rules that the file tests, by its `name` or `id`", tests.Found[1].Hint)
}
