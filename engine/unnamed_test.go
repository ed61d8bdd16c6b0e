package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestValuesWithoutNames holds that values of event data that have no name are found in every form of a Windows event:
// winlogbeat calls them param1, param2 and so on.
func TestValuesWithoutNames(t *testing.T) {
	for _, c := range []struct {
		source, channel, id string
		values              [3]string // as JSON writes them
		hold, fail          []string
	}{
		{"service: application", "Application", "1040", [3]string{"C:\\\\Users\\\\Public\\\\a.msi", "x", "y"},
			[]string{`{Data|contains: \Users\Public\}`, "{Data: y}", "{Data|contains|all: [msi, x]}", "{Data|exists: true}"}, []string{"{Data: z}", "{Data: null}"}},
		{"service: system", "System", "16", [3]string{"a", "b", "SAM"}, []string{"{Data: SAM}"}, []string{"{Data: S}"}},
		{"service: msexchange-management", "MSExchange Management", "1", [3]string{"New-Mailbox", "-Name x", "y"}, []string{"{Data|startswith: New-}"}, []string{"{Data: New}"}},
		{"category: ps_classic_start", "Windows PowerShell", "400", [3]string{"Available", "None", "\\tHostApplication=evil.exe -x\\r\\n\\tEngineVersion=2.0"},
			[]string{"{HostApplication: evil.exe -x}", "{EngineVersion: '2.0'}", "{Data: None}"}, []string{"{EngineVersion: '5.1'}"}},
	} {
		head := `"channel":"` + c.channel + `","record_id":1,"provider_name":"p"`
		params := `{"param1":"` + c.values[0] + `","param2":"` + c.values[1] + `","param3":"` + c.values[2] + `"}`
		for name, form := range map[string]string{
			"a converter's":    `{"Event":{"System":{"EventID":` + c.id + `,"Channel":"` + c.channel + `","EventRecordID":1},"EventData":{"Data":["` + c.values[0] + `","` + c.values[1] + `","` + c.values[2] + `"]}}}`,
			"winlogbeat's":     `{"winlog":{"event_id":` + c.id + `,` + head + `,"event_data":` + params + `}}`,
			"old winlogbeat's": `{"event_id":` + c.id + `,"log_name":"` + c.channel + `","record_number":1,"event_data":` + params + `}`,
		} {
			for i, asked := range append(c.hold, c.fail...) {
				rule := lowered.Rule(t, "logsource: {product: windows, "+c.source+"}\ndetection:\n  s: "+asked+"\n  condition: s\n")
				want := []string{"1"}
				if i >= len(c.hold) {
					want = []string{}
				}
				assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{rule}, form), "%s: %s of %s", name, asked, form)
			}
		}
	}
}

// TestUsesOfValuesWithoutNames holds that rules can do with such values what they can with those of any other field,
// however many there are.
func TestUsesOfValuesWithoutNames(t *testing.T) {
	data := `["p","C:\\a.msi","2","3","4","5","6","7","8","9","10","alice","12"]`
	params := `{"param1":"p","param2":"C:\\a.msi","param4":"3","param9":"8","param12":"alice","param13":"12"}`
	for _, channel := range []struct{ service, name string }{
		{"application", "Application"}, {"system", "System"}, {"msexchange-management", "MSExchange Management"}, {"powershell-classic", "Windows PowerShell"},
	} {
		head := `"channel":"` + channel.name + `","record_id":1,"provider_name":"p","computer_name":"alice"`
		for name, form := range map[string]string{
			"a converter's":     `{"Event":{"System":{"EventID":1,"Provider":{"@Name":"p"},"Computer":"alice","Channel":"` + channel.name + `","EventRecordID":1},"EventData":{"Data":` + data + `}}}`,
			"one level":         `{"EventID":1,"Provider_Name":"p","Computer":"alice","Channel":"` + channel.name + `","EventRecordID":1,"Data":` + data + `}`,
			"winlogbeat's":      `{"winlog":{"event_id":1,` + head + `,"event_data":` + params + `}}`,
			"winlogbeat's flat": `{"winlog.event_id":1,"winlog.channel":"` + channel.name + `","winlog.record_id":1,"winlog.computer_name":"alice","winlog.event_data.param2":"C:\\a.msi","winlog.event_data.param12":"alice"}`,
			"old winlogbeat's":  `{"event_id":1,"log_name":"` + channel.name + `","record_number":1,"computer_name":"alice","event_data":` + params + `}`,
		} {
			for asked, want := range map[string][]string{
				"extract:\n  Name: {field: Data, re: '(\\w+)\\.msi$'}\ndetection:\n  s: {Name: a}\n": {"1"},
				"extract:\n  Name: {field: Data, re: '(\\w+)\\.exe$'}\ndetection:\n  s: {Name: a}\n": {},
				"detection:\n  s: {Computer|fieldref: Data}\n":                                       {"1"},
				"detection:\n  s: {Data|fieldref: Computer}\n":                                       {"1"},
				"detection:\n  s: {Channel|fieldref: Data}\n":                                        {},
				"detection:\n  s: {Data: alice}\n":                                                   {"1"},
				"detection:\n  s: {Data: param12}\n":                                                 {},
			} {
				rule := lowered.Rule(t, "sigma-version: 3\nlogsource: {product: windows, service: "+channel.service+"}\n"+asked+"  condition: s\n")
				assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "windows")}, []*ir.Rule{rule}, form), "%s: %s of %s", name, asked, form)
			}
		}
	}
}
