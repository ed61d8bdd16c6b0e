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
