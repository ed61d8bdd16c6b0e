package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

const (
	sysmonFile    = `{"id": "file", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 11, "Image": "a", "User": "svc"}`
	sysmonProcess = `{"id": "process", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Image": "a", "User": "svc"}`
	sysmonModule  = `{"id": "module", "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 7, "Image": "a", "User": "svc"}`
)

// TestAFilterSuppressesEventsOfItsOwnLogSource, and those of the rule's other log sources pass.
func TestAFilterSuppressesEventsOfItsOwnLogSource(t *testing.T) {
	m := *lowered.Model(t, "windows")
	m.ID = []string{"id"}
	opt := engine.Options{Model: &m}
	r := lowered.Rule(t, "logsource: [{product: windows, category: file_event}, {product: windows, category: process_creation}, {product: windows, category: image_load}]\ndetection: {s: {Image: a}, condition: s}\n")
	const described = "\nfilter: {rules: any, a: {User: svc}, condition: not a}\n"
	for logsource, want := range map[string][]string{
		"{product: windows, category: file_event}":                                                   {"process", "module"},
		"{product: windows, category: process_creation}":                                             {"file", "module"},
		"[{product: windows, category: process_creation}, {product: windows, category: file_event}]": {"module"},
		"{product: windows}": {},
	} {
		filtered := lowered.Filtered(t, r, "logsource: "+logsource+described)
		assert.Equal(t, want, enginetest.IDs(t, opt, []*ir.Rule{filtered}, sysmonFile, sysmonProcess, sysmonModule), logsource)
	}

	both := lowered.Filtered(t, lowered.Filtered(t, r, "logsource: {product: windows, category: file_event}"+described), "logsource: {product: windows, category: image_load}"+described)
	assert.Equal(t, []string{"process"}, enginetest.IDs(t, opt, []*ir.Rule{both}, sysmonFile, sysmonProcess, sysmonModule))
	assert.NotNil(t, explained(t, opt, both, sysmonFile).Filter)
	why := explained(t, opt, both, sysmonProcess)
	assert.True(t, why.Matched)
	assert.Nil(t, why.Filter, "no filter is asked of it")

	joined := lowered.Rules(t, "title: A\nname: a\nlogsource: {product: windows, category: image_load}\njoins: {j: {rule: b, same: [User], within: 1h}}\ndetection: {s: {Image: a}, condition: s and j}\n---\n"+
		"title: B\nname: b\nlogsource: [{product: windows, category: file_event}, {product: windows, category: process_creation}]\ndetection: {s: {Image: a}, condition: s}\n")
	rule := joined[0].RewriteJoined(func(r *ir.Rule) *ir.Rule {
		return lowered.Filtered(t, r, "logsource: {product: windows, category: file_event}"+described)
	})
	at := func(event string) string { return event[:len(event)-1] + `, "UtcTime": "2026-01-01T10:00:00Z"}` }
	assert.Equal(t, []string{"module"}, enginetest.IDs(t, opt, []*ir.Rule{rule}, at(sysmonModule), at(sysmonProcess)))
	assert.Empty(t, enginetest.IDs(t, opt, []*ir.Rule{rule}, at(sysmonModule), at(sysmonFile)))
}
