package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
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
		{"{product: linux, category: process_creation}", "User: root", nil},
	} {
		fragment := "logsource: " + c.source + "\ndetection: {selection: {" + c.item + "}, condition: selection}"
		assert.Equal(t, c.want, codesOf(Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})), c.item)
	}
}
