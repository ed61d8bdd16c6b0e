package compilers_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

const ofProcesses = "title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {a: {CommandLine|re: 'a.c'}, condition: a}\n"

// TestTheMostSpecificPlaceCounts takes away one key after the other.
func TestTheMostSpecificPlaceCounts(t *testing.T) {
	r := lowered.Rule(t, ofProcesses)
	scope := compilers.Places{"default": "i=0", "windows": "i=1", "sysmon": "i=2", "process_creation": "i=3", "windows/sysmon": "i=4", "Windows/Process_Creation": "i=5"}
	for _, step := range []struct{ key, want string }{{"Windows/Process_Creation", "i=5"}, {"windows/sysmon", "i=4"}, {"process_creation", "i=3"}, {"sysmon", "i=2"}, {"windows", "i=1"}, {"default", "i=0"}} {
		q, found := spl.New().Compile(r, compilers.Options{Model: lowered.Model(t, "splunk-windows"), Scope: scope})
		require.False(t, found.HasErrors(), "%v", found)
		assert.Contains(t, q.Text, "\n"+step.want+" (source=", step.key)
		delete(scope, step.key)
	}
}

func TestCheckPlaces(t *testing.T) {
	mde, windows, ecs := lowered.Model(t, "mde"), lowered.Model(t, "splunk-windows"), lowered.Model(t, "ecs")
	sentinel := lowered.Model(t, "sentinel")
	for _, c := range []struct {
		dialect compilers.Dialect
		models  []*schema.Model
		places  compilers.Places
		want    []string
	}{
		{spl.New(), []*schema.Model{windows}, compilers.Places{"windows": "index=win", "windows/process_creation": "`sysmon`", "default": "index=*", "WINDOWS/security": "a=b"}, nil},
		{spl.New(), []*schema.Model{windows}, compilers.Places{"windos": "index=win", "windows": "a | b"}, []string{
			"scope of windos: there is no such log source in the data models splunk-windows\n  hint: did you mean `windows`?",
			"scope of windows: \"a | b\": a scope has no pipe: it is only a part of the base search"}},
		{spl.New(), []*schema.Model{windows}, compilers.Places{"zz/yyyyyyyyyyyyyyyy": "index=win"}, []string{
			"scope of zz/yyyyyyyyyyyyyyyy: there is no such log source in the data models splunk-windows\n  hint: write a product, product/category or product/service, such as windows/process_creation, or default"}},
		{eql.New(), []*schema.Model{ecs}, compilers.Places{"windows": "Logs"}, []string{
			`index of windows: "Logs": "Logs" is not an index pattern: write lower-case letters, digits, dots, - and _, with * for any text, as in logs-endpoint.events.*`}},
		{kql.New(), []*schema.Model{mde}, compilers.Places{"DeviceProcessEvents": "F()", "windows/registry_set": "R"}, nil},
		{kql.New(), []*schema.Model{sentinel}, compilers.Places{"windows/process_creation": "F()", "default": "F()"}, []string{
			"table of default: there is no such log source in the data models sentinel\n  hint: write a product, product/category or product/service, such as windows/process_creation, or default",
			"table of windows/process_creation: its events are in several tables, which one text cannot stand for: SecurityEvent, WindowsEvent\n  hint: write the name of a table as the key"}},
	} {
		var got []string
		for _, f := range compilers.CheckPlaces(c.dialect, c.places, c.models...) {
			got = append(got, f.Error())
		}
		assert.Equal(t, c.want, got)
	}
}

// TestAMacroCannotTellSourcesApart: with one scope for all sources it is a part of the base search, else where would
// have to test it.
func TestAMacroCannotTellSourcesApart(t *testing.T) {
	r := lowered.Rule(t, "title: T\nlogsource: {product: windows}\ndetection: {a: {EventID: 1, Image|re: 'a.c'}, b: {EventID: 4688, NewProcessName|re: 'a.c'}, condition: a or b}\n")
	opt := compilers.Options{Model: lowered.Model(t, "splunk-windows"), Scope: compilers.Places{"windows": "`win`"}}
	q, found := spl.New().Compile(r, opt)
	require.False(t, found.HasErrors(), "%v", found)
	assert.Contains(t, q.Text, "\n`win` ")
	assert.NotContains(t, q.Text, "searchmatch(\"`")
	opt.Scope["windows/security"] = "index=dc"
	_, found = spl.New().Compile(r, opt)
	require.True(t, found.HasErrors())
	assert.Equal(t, "scope-macro", found[0].Code)
	opt.Scope["windows"] = "index=win"
	q, found = spl.New().Compile(r, opt)
	require.False(t, found.HasErrors(), "%v", found)
	assert.Contains(t, q.Text, `searchmatch("index=dc")`)
	assert.Contains(t, q.Text, `searchmatch("index=win")`)
}

// TestAStatementDoesNotHideAFunction: a list has the name of a function that stands for a table.
func TestAStatementDoesNotHideAFunction(t *testing.T) {
	r := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\nlists: {MyEvents: [a, b]}\ndetection: {a: {CommandLine|contains|expand: '%MyEvents%', Image|expand: '%MyEvents%'}, condition: a}\n")
	q, found := kql.New().Compile(r, compilers.Options{Model: lowered.Model(t, "mde"), Table: compilers.Places{"DeviceProcessEvents": "MyEvents()"}})
	require.False(t, found.HasErrors(), "%v", found)
	assert.Contains(t, q.Text, "let MyEvents_ =")
	assert.Contains(t, q.Text, "\nMyEvents()\n")
}
