package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

// TestAFilterOfOneLogSourceIsAskedOfItsSources, and a log with another filter covers no category.
func TestAFilterOfOneLogSourceIsAskedOfItsSources(t *testing.T) {
	m, err := Load("sentinel")
	require.NoError(t, err)
	r := lower(t, "product: windows, category: image_load", "  s: {Image: a}\n  condition: s\n")
	process := rules.LogSource{Product: "windows", Category: "process_creation"}
	r.Source.OtherLogSources = []rules.LogSource{process, {Product: "windows", Service: "sysmon"}}
	names := func() (all, filtered []string) {
		for _, s := range m.Answering(r) {
			all = append(all, s.Name)
			if m.AskedOf(s, r).Filter != nil {
				filtered = append(filtered, s.Name)
			}
		}
		return all, filtered
	}
	all, filtered := names()
	assert.Equal(t, []string{"security_process_creation", "sysmon"}, all)
	assert.Empty(t, filtered)
	required := lower(t, "product: windows", "  s: {OriginalFileName: b}\n  condition: not s\n").Condition
	r.SourceFilters = []ir.SourceFilter{{LogSources: []rules.LogSource{process}, Required: required}}
	all, filtered = names()
	assert.Equal(t, []string{"sysmon_image_load", "security_process_creation", "sysmon_process_creation", "sysmon"}, all)
	assert.Equal(t, []string{"security_process_creation", "sysmon_process_creation"}, filtered)

	absent := m.Absent(m.Answering(r), r)
	match := required.(*ir.Not).Term.(*ir.Named).Body.(*ir.Match)
	assert.Equal(t, map[ir.Node]bool{match: true}, filteredBy(absent[1], match), "Security does not have the field")
	assert.Empty(t, filteredBy(absent[0], match), "the filter is not asked there")
}

func filteredBy(absent map[ir.Node]bool, match *ir.Match) map[ir.Node]bool {
	if lacks, asked := absent[match]; asked {
		return map[ir.Node]bool{match: lacks}
	}
	return nil
}

// TestNoEventIsAskedForTwice: a whole log covers its categories where it reads the rule as they do, and only there.
func TestNoEventIsAskedForTwice(t *testing.T) {
	for _, c := range []struct {
		model, logsource, condition string
		with, without               []string
	}{
		{"sentinel", "product: windows", "{User: bob}", []string{"sysmon", "security_process_creation"}, []string{"sysmon_wmi_event", "sysmon_process_creation", "windows_events"}},
		{"sentinel", "product: windows", `{Image|endswith: '\x.exe'}`, []string{"sysmon", "security_process_creation"}, []string{"sysmon_image_load", "windows_events"}},
		{"splunk-windows", "product: windows", `{Image|endswith: '\x.exe'}`, []string{"sysmon"}, []string{"sysmon_process_creation", "sysmon_image_load", "windows_events"}},
		{"sentinel", "product: windows, category: process_creation", `{Image|endswith: '\x.exe'}`, []string{"security_process_creation", "sysmon_process_creation"}, []string{"sysmon"}},
		{"sentinel", "product: windows, category: process_creation", `{EventID: 4688, CommandLine: x}`, []string{"security_process_creation", "security_channel"}, []string{"security"}},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		r := lower(t, c.logsource, "  s: "+c.condition+"\n  condition: s\n")
		var names []string
		for _, s := range m.Answering(r) {
			names = append(names, s.Name)
		}
		assert.Subset(t, names, c.with, "%s %s", c.model, c.condition)
		for _, name := range c.without {
			assert.NotContains(t, names, name, "%s %s", c.model, c.condition)
		}
	}
}

// TestAnyChannelOfWindows is searched by a rule of the product alone that names a channel without a service, or
// describes channels by a pattern, and by no other. Where channels of both kinds may be meant, both are searched.
func TestAnyChannelOfWindows(t *testing.T) {
	for _, name := range []string{"sentinel", "splunk-windows", "winlogbeat", "ecs"} {
		m, err := Load(name)
		require.NoError(t, err)
		names := func(selection string) (out []string) {
			for _, s := range m.Answering(lower(t, "product: windows", "  s: {"+selection+"}\n  condition: s\n")) {
				out = append(out, s.Name)
			}
			return out
		}
		assert.Equal(t, []string{"windows_events"}, names("Channel: A-Channel/Without a service, EventID: 4, Of: it"), name)
		for _, known := range []string{"Channel: Security", "EventID: 4", "Channel|exists: true"} {
			assert.NotContains(t, names(known), "windows_events", "%s, %s", name, known)
			r := lower(t, "product: windows", "  s: {"+known+"}\n  condition: s\n")
			assert.Equal(t, known != "Channel: Security", m.AsksServicesAlone(r), "%s, %s", name, known)
		}
		for _, wide := range []string{"Channel|contains: sysmon", `Channel|re: "Secu(?!x)"`, `Channel|endswith: "/Operational"`} {
			assert.Greater(t, len(names(wide)), 1, "%s, %s", name, wide)
			assert.Contains(t, names(wide), "windows_events", "%s, %s", name, wide)
		}
		for _, part := range []string{"Channel|startswith: A-Channel", "Channel: 'A-*l'", "Channel|re: ^A-", "Channel|filename: Without a service"} {
			assert.Equal(t, []string{"windows_events"}, names(part+", EventID: 4"), "%s, %s", name, part)
		}
		both := names("Channel: [Security, A-Channel/Without a service], EventID: 4")
		assert.Contains(t, both, "windows_events", name)
		assert.Contains(t, both, "security", name)
		assert.NotContains(t, both, "system", name)
		alternatives := func(first, second string) (out []string) {
			for _, s := range m.Answering(lower(t, "product: windows", "  s: {"+first+"}\n  t: {"+second+"}\n  condition: 1 of them\n")) {
				out = append(out, s.Name)
			}
			return out
		}
		assert.Equal(t, []string{"windows_events"}, alternatives("Channel: A-Channel/Without a service, EventID: 4", "Channel: B-Channel/Without, EventID: 5"), name)
		assert.Subset(t, alternatives("Channel: A-Channel/Without a service", "EventID: 5"), []string{"windows_events", "system"}, name)
	}
}

// TestOtherChannelsAlone: the source of channels without a service is asked of these alone, where a rule names others,
// too: it reads the fields of services' events, by which the rule may exclude, in other columns.
func TestOtherChannelsAlone(t *testing.T) {
	m, err := Load("winlogbeat")
	require.NoError(t, err)
	limit := func(condition, selections string) (out []string) {
		r := lower(t, "product: windows", selections+"\n  condition: "+condition+"\n")
		for _, s := range m.Asked(r) {
			asked, ok := m.AskedOf(s, r).Condition.(*ir.And)
			if !s.OtherChannels {
				assert.Same(t, r.Condition, m.AskedOf(s, r).Condition)
				continue
			}
			require.True(t, ok)
			assert.Same(t, r.Condition, asked.Terms[0])
			switch last := asked.Terms[1].(type) {
			case *ir.Match:
				out = last.Test.(*ir.Text).Values
			case *ir.Not:
				out = append(out, "not", last.Term.(*ir.Match).Test.(*ir.Text).Values[0])
			}
		}
		return out
	}
	two := "  a: {Channel: [Security, A/B], EventID: 4}\n  b: {Channel: B/C, EventID: 5}\n  c: {EventID: 6}\n  d: {Channel|startswith: A}\n  e: {Channel: Security}\n  f: {Channel|contains: PowerShell}"
	for condition, want := range map[string][]string{
		"a": {"A/B"}, "a and not c": {"A/B"}, "a or b": {"A/B", "B/C"}, "(a or b) and not e": {"A/B", "B/C"},
		"a or c": {"not", "Application"}, "a or d": {"not", "Application"}, "2 of them": {"not", "Application"},
		"f": {"not", "Microsoft-Windows-PowerShell/Operational"}, "e or f": {"not", "Microsoft-Windows-PowerShell/Operational"},
	} {
		assert.Equal(t, want, limit(condition, two), condition)
	}
}
