package lint

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

// TestOneFindingForAMisspeltField also where another field is compared with it.
func TestOneFindingForAMisspeltField(t *testing.T) {
	for item, want := range map[string][]string{
		"CommandLien|contains: x":            {"absent-field"},
		"Image|fieldref: ParentImgae":        {"absent-field"},
		"Image|fieldref: parentimage":        {"unknown-field"},
		"Image|fieldref: ParentImage":        nil,
		"Image|fieldref|endswith: ParentImg": {"absent-field"},
	} {
		assert.Equal(t, want, codesOf(Run([]File{file(t, firstFile, "detection: {selection: {"+item+"}, condition: selection}"), file(t, secondFile, secondRule)})), item)
	}
}

// TestPrefixesThatNoLogWrites are those of hives, which Sysmon and the Security log write in their own ways.
func TestPrefixesThatNoLogWrites(t *testing.T) {
	for fragment, want := range map[string][]string{
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {TargetObject|startswith: 'HKCU\\Software\\'}, condition: selection}":                   {"unwritten-prefix"},
		"logsource: {product: windows, category: registry_event}\ndetection: {selection: {TargetObject: ['HKLM\\a', 'hkey_local_machine\\b*']}, condition: selection}":         {"unwritten-prefix"},
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {Image: x}, filter: {TargetObject: 'HKCU\\a'}, condition: selection and not filter}":    {"unwritten-prefix"},
		"logsource: {product: windows, service: security}\ndetection: {selection: {EventID: 4657, ObjectName|startswith: 'HKLM\\'}, condition: selection}":                     {"unwritten-prefix"},
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {TargetObject|startswith: ['HKLM\\a', 'HKU\\']}, condition: selection}":                 nil,
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {TargetObject|contains: 'HKCU\\', Details|startswith: 'HKCU\\'}, condition: selection}": nil,
		"logsource: {product: windows, category: process_creation}\ndetection: {selection: {CommandLine|startswith: 'HKCU\\'}, condition: selection}":                          nil,
	} {
		assert.Equal(t, want, codesOf(Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})), fragment)
	}
}

// TestFieldsBelowListedOnes are the log's own, and a path that begins as a listed one is not a misspelling of it.
func TestFieldsBelowListedOnes(t *testing.T) {
	for fields, want := range map[string][]string{
		"requestParameters.roleArn":   nil,
		"requestParameters.usrName":   {"unknown-field"},
		"userIdentity.sessionContext": nil,
	} {
		found := Run([]File{file(t, firstFile, "logsource: {product: aws, service: cloudtrail}\ndetection: {selection: {eventName: AssumeRole}, condition: selection}\nfields: ["+fields+"]"), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), fields)
	}
}

// TestFieldsOfOtherProducts are not absent where only sources of any product answer.
func TestFieldsOfOtherProducts(t *testing.T) {
	for _, source := range []string{"{product: oauth, category: authentication}", "{product: aws, category: file_access}"} {
		found := Run([]File{file(t, firstFile, "logsource: "+source+"\ndetection: {selection: {event_type: token_issued}, condition: selection}"), file(t, secondFile, secondRule)})
		assert.NotContains(t, codesOf(found), "absent-field", source)
	}
}

// TestPlacesInNames are reported with the two names that say what may be meant.
func TestPlacesInNames(t *testing.T) {
	found := Run([]File{file(t, firstFile, "logsource: {product: kubernetes, service: audit}\ndetection: {selection: {requestObject.spec.volumes.0.hostPath.path: /etc}, condition: selection}"), file(t, secondFile, secondRule)})
	require.Equal(t, []string{"list-index"}, codesOf(found))
	assert.Equal(t, "write `requestObject.spec.volumes.hostPath.path`, which any element satisfies; for one of them write `requestObject.spec.volumes[0].hostPath.path` with `sigma-version: 3`", found[0].Hint)
	for field, hint := range map[string]string{
		"a.0.b.12":                  "write `a.b`, which any element satisfies; for one of them write `a[0].b[12]` with `sigma-version: 3`",
		"attributes.1.2.840.113556": "", "tls.1.2.enabled": "",
	} {
		found := Run([]File{file(t, firstFile, "logsource: {product: kubernetes, service: audit}\ndetection: {selection: {"+field+": x}, condition: selection}"), file(t, secondFile, secondRule)})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "list-index" })
		assert.Equal(t, hint != "", at >= 0, field)
		if at >= 0 {
			assert.Equal(t, hint, found[at].Hint)
		}
	}
	found = Run([]File{file(t, firstFile, "logsource: {product: crm, service: orders}\ndetection: {selection: {item.0.price: 1}, condition: selection}"), file(t, secondFile, secondRule)})
	assert.NotContains(t, codesOf(found), "list-index", "no model knows what the log has")
}

// TestTextOfStructures: a test that needs a text of an object, or of a list of objects, is reported with what to test.
func TestTextOfStructures(t *testing.T) {
	for _, c := range []struct{ logsource, test, hint string }{
		{"{product: m365, service: exchange}", "Parameters|contains: ForwardTo", "test its elements with `sigma-version: 3`, as `Parameters[any]: {Name: …}`"},
		{"{product: aws, service: cloudtrail}", "requestParameters|re: '0\\.0'", "test a field in it, as `requestParameters.NAME`, or look for the value with a keyword"},
		{"{product: aws, service: cloudtrail}", "requestParameters.userName: a", ""},
		{"{product: aws, service: cloudtrail}", "requestParameters: '*'", ""},
		{"{product: aws, service: cloudtrail}", "requestParameters: null", ""},
		{"{product: m365, service: exchange}", "Parameters|exists: true", ""},
		{"{product: okta, service: okta}", "Parameters: a", ""},
	} {
		found := Run([]File{file(t, firstFile, "logsource: "+c.logsource+"\ndetection: {selection: {"+c.test+"}, condition: selection}"), file(t, secondFile, secondRule)})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "text-of-structure" })
		require.Equal(t, c.hint != "", at >= 0, c.test)
		if at >= 0 {
			assert.Equal(t, c.hint, found[at].Hint)
			assert.Regexp(t, "^events have (an object or )?a list of objects in ", found[at].Message)
		}
	}
}

// TestAbsentFields: a test of a field that no event has is told apart by what it asks.
func TestAbsentFields(t *testing.T) {
	for test, want := range map[string]string{
		"Nothing: null": "always holds", "Nothing|exists: false": "always holds", "Nothing|exists: true": "never matches", "Nothing: [null, a]": "never matches", "Nothing: ''": "never matches",
	} {
		found := Run([]File{file(t, firstFile, "detection: {selection: {Image: a, "+test+"}, condition: selection}"), file(t, secondFile, secondRule)})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "absent-field" })
		require.GreaterOrEqual(t, at, 0, test)
		assert.Equal(t, `this log source has no field "Nothing": the test `+want, found[at].Message, test)
	}
}
