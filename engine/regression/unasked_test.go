package regression

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture/lowered"
)

// TestCasesThatTestNothing: events of no log source of the rule, and fields that are misspelt, are warned of; other
// events that do not match are not.
func TestCasesThatTestNothing(t *testing.T) {
	rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {Image|endswith: x, CommandLine: y}, no: {User: z}, condition: a and not no}\n")
	const log = `EventID: 1, Channel: Microsoft-Windows-Sysmon/Operational, `
	for events, want := range map[string][]string{
		`[{id: a, Image: x, CommandLine: y}], model: windows`:                 {"case-of-another-log"},
		`[{id: a, ` + log + `Image: w, CommandLine: y}], model: windows`:      nil,
		`[{id: a, ` + log + `Image: w}], model: windows`:                      nil,
		`[{id: a, ` + log + `Image: w}, {id: b, EventID: 3}], model: windows`: nil,
		`[{id: a, ` + log + `Imag: x, CommandLine: y}], model: windows`:       {"misspelt-event-field"},
		`[{id: a, Imag: x, CommandLine: y}]`:                                  {"misspelt-event-field"},
		`[{id: a, image: x, CommandLine: y}]`:                                 {"misspelt-event-field"},
		`[{id: a, Image: w, Users: z, CommandLine: y}]`:                       {"misspelt-event-field"},
		`[{id: a, Imag: x}, {id: b, Imag: x}]`:                                {"misspelt-event-field"},
		`[{id: a, Image: w, ParentCommandLine: y, Hashes: SHA1=aa}]`:          nil,
		`[{id: a, Image: x, Imag: x, CommandLine: y, User: z}]`:               nil,
		`[{id: a, Image: x, CommandLine: y, Comments: y, User: z}]`:           nil,
	} {
		text := "cases:\n  - {name: n, events: " + events + ", expect: {none: true}}\n"
		f, found := Parse(nil, "t.test.yml", []byte(text), parse.FilterByForm)
		require.Empty(t, found, events)
		o := f.Cases[0].Run(rule)
		require.True(t, o.Passed(), events)
		assert.Equal(t, want, codes(o.Warnings), events)
	}
}

// TestACaseWithoutEventsTestsNothing: an event file may be empty.
func TestACaseWithoutEventsTestsNothing(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "e.ndjson"), nil, 0o600))
	folder, err := source.OpenFolder(dir)
	require.NoError(t, err)
	f, found := Parse(folder, "t.test.yml", []byte("cases:\n  - {name: n, file: e.ndjson, expect: {none: true}}\n"), parse.FilterByForm)
	require.Empty(t, found)
	o := f.Cases[0].Run(lowered.Rule(t, "title: T\nlogsource: {product: windows}\ndetection: {a: {b: c}, condition: a}\n"))
	assert.Equal(t, []string{"case-of-another-log"}, codes(o.Warnings))
}

// TestOtherFieldsOfTheLogAreNotMisspelt: a case without a model may have events of any log.
func TestOtherFieldsOfTheLogAreNotMisspelt(t *testing.T) {
	for _, c := range []struct {
		logSource, field, event string
		want                    []string
	}{
		{"{product: linux, service: auditd}", "uid", "auid: '0'", nil},
		{"{category: proxy}", "sc-bytes", "cs-bytes: '1'", nil},
		{"{category: proxy}", "sc-bytes", "sc-byte: '1'", []string{"misspelt-event-field"}},
	} {
		rule := lowered.Rule(t, "title: T\nlogsource: "+c.logSource+"\ndetection: {a: {"+c.field+": 5}, condition: a}\n")
		f, found := Parse(nil, "t.test.yml", []byte("cases:\n  - {name: n, events: [{id: a, "+c.event+"}], expect: {none: true}}\n"), parse.FilterByForm)
		require.Empty(t, found, c)
		assert.Equal(t, c.want, codes(f.Cases[0].Run(rule).Warnings), c)
	}
}

func codes(found diag.Diagnostics) (out []string) {
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}
