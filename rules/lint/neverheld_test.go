package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

// TestValuesThatNoColumnHolds: a word is never the value of a number, and a name alone never that of a user with a
// domain, unless a product may have it or the test is of a part.
func TestValuesThatNoColumnHolds(t *testing.T) {
	const security, process = "{product: windows, service: security}", "{product: windows, category: process_creation}"
	for _, c := range []struct {
		source, item string
		want         []string
	}{
		{security, "EventID: four", []string{"word-for-number"}},
		{security, "EventID: [4624, four]", []string{"word-for-number"}},
		{"{product: windows, service: application}", "Level: error", nil}, // as Elastic writes it
		{"{product: windows, service: ldap}", "EventID: search", []string{"word-for-number"}},
		{security, "EventID: '0x1210'", nil},
		{security, "EventID: '46*a'", nil},
		{security, "SubjectUserName: SYSTEM", nil},
		{"{product: azure, service: signinlogs}", "ResultType: failed", []string{"word-for-number"}},
		{process, "User: SYSTEM", []string{"user-without-domain"}},
		{process, "User: ['NT AUTHORITY\\SYSTEM', '-', '']", nil},
		{process, "User: '*SYSTEM'", []string{"wildcard-instead-of-modifier"}},
		{process, "User: ann@contoso.com", nil},
		{process, "User|contains: SYSTEM", nil},
		{process, "User: [S-1-5-18, s-1-5-21-1-2-3-500]", nil},
		{"{product: linux, category: process_creation}", "User: root", nil},
	} {
		fragment := "logsource: " + c.source + "\ndetection: {selection: {" + c.item + "}, condition: selection}"
		assert.Equal(t, c.want, codesOf(Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})), c.item)
	}
}

// TestHintsAreYAML: the test that a hint gives is one that a rule can have, whatever the value.
func TestHintsAreYAML(t *testing.T) {
	for item, hint := range map[string]string{
		`User: SYSTEM`:         `write ` + "`" + `User|endswith: '\SYSTEM'` + "`",
		`User: "O'Brien"`:      `write ` + "`" + `User|endswith: '\O''Brien'` + "`",
		`Image: "O'Brien.exe"`: `write ` + "`" + `Image|endswith: '\O''Brien.exe'` + "`",
	} {
		fragment := "logsource: {product: windows, category: process_creation}\ndetection: {selection: {" + item + "}, condition: selection}"
		found := Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})
		if assert.Len(t, found, 1, item) {
			assert.Equal(t, hint, found[0].Hint, item)
		}
	}
}

// TestColumnsAreLookedUpOnce: long lists cost no look-up for each value.
func TestColumnsAreLookedUpOnce(t *testing.T) {
	words := func(n int) float64 {
		var values []string
		for i := range n {
			values = append(values, fmt.Sprintf("'C:\\u%d'", i))
		}
		f := file(t, firstFile, "logsource: {product: windows}\ndetection: {selection: {Image: ["+strings.Join(values, ", ")+"]}, condition: selection}")
		r := f.Rules[0]
		lowered, _ := ir.Lower(r)
		check := Check{Code: "word-for-number", rule: eachWholeWord(wordForNumber)}
		return testing.AllocsPerRun(1, func() { check.of(r, lowered) })
	}
	assert.Less(t, words(400), words(1)+400*10)
}
