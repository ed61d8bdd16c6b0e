package ruletests

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
)

const filtered = `
-- rules/who.yml --
title: Who
name: who
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\whoami.exe'}, condition: a}
-- rules/net.yml --
title: Net
name: net
logsource: {product: windows, category: process_creation}
detection: {a: {Image|endswith: '\net.exe'}, condition: a}
-- filters/admins.yml --
title: Admins
logsource: {product: windows, category: process_creation}
filter:
  rules: [who]
  selection: {User: adm}
  condition: not selection
-- filters/untested.yml --
title: Untested
logsource: {product: windows, category: process_creation}
filter:
  rules: [net]
  selection: {User: adm}
  condition: not selection
`

const filterTestFile = `
cases:
  - name: kept
    events: [{id: 1, Image: 'C:\whoami.exe', User: adm}, {id: 2, Image: 'C:\whoami.exe', User: ann}]
    expect: {ids: [2]}
  - name: same
    events: [{id: 2, Image: 'D:\whoami.exe', User: ann}]
    same_as: kept
  - name: wrong
    events: [{id: 1, Image: 'C:\whoami.exe', User: adm}]
    expect: {ids: [1]}
`

// TestTheTestsOfAFilter test the rules that it covers, and no others.
func TestTheTestsOfAFilter(t *testing.T) {
	clitest.Files(t, filtered+"-- filters/admins.test.yml --"+filterTestFile)
	tests, _ := loadFiltered(t, nil, "filters", "rules")
	require.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"filter admins: kept": true, "filter admins: same": true, "filter admins: wrong": false}, passed(tests))
	require.Len(t, tests.Tested, 1)
	assert.Equal(t, "who", tests.Tested[0].Rule.Slug())
	assert.Equal(t, []string{"net", "who"}, slugs(tests.Untested), "neither has tests of its own")
	before, err := os.ReadFile("filters/admins.test.yml")
	require.NoError(t, err)
	s, _, errs := clitest.Streams("")
	require.NoError(t, tests.Update(s, false))
	after, err := os.ReadFile("filters/admins.test.yml")
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "a rule that lacks a test file updates none")
	assert.Empty(t, errs.String())
}

func TestFindingsInTheTestsOfAFilter(t *testing.T) {
	for _, c := range []struct{ name, files, code, message string }{
		{"a second file", "-- filters/admins.test.yml --" + filterTestFile + "-- filters/admins.test.yaml --\ncases: []\n", "second-test-file", "the filter has a second test file: admins.test.yml is run, and this one is not"},
		{"no cases", "-- filters/admins.test.yml --\nfixtures: {}\n", "no-cases", "the test file has no cases"},
	} {
		t.Run(c.name, func(t *testing.T) {
			clitest.Files(t, filtered+c.files)
			tests, _ := loadFiltered(t, nil, "filters", "rules")
			require.Len(t, tests.Found, 1)
			assert.Equal(t, c.code, tests.Found[0].Code)
			assert.Equal(t, c.message, tests.Found[0].Message)
			assert.Contains(t, tests.Found[0].Range.String(), "filters/admins.test.y")
		})
	}
}

// TestACaseOfAFilterNamesItsRule, one of those that the filter covers.
func TestACaseOfAFilterNamesItsRule(t *testing.T) {
	clitest.Files(t, strings.Replace(filtered, "rules: [who]", "rules: any", 1)+`-- filters/admins.test.yml --
cases:
  - name: kept
    rule: who
    events: [{id: 1, Image: 'C:\whoami.exe', User: adm}, {id: 2, Image: 'C:\whoami.exe', User: ann}]
    expect: {ids: [2]}
`)
	tests, _ := loadFiltered(t, nil, "filters", "rules")
	require.Empty(t, tests.Found)
	assert.Equal(t, map[string]bool{"filter admins: kept": true}, passed(tests))
}
