package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestNamesWithSpaces holds that fields of event data whose names have spaces answer to Sigma's, in every form of a
// Windows event, and beside a field that has that name already.
func TestNamesWithSpaces(t *testing.T) {
	const channel = "Microsoft-Windows-Windows Defender/Operational"
	forms := map[string]string{
		"one level":                      `{"EventID":1119,"Channel":"` + channel + `","Source Name":"AMSI","Feature Name":"f","Computer":"h","EventRecordID":1}`,
		"one level, of NXLog":            `{"EventID":1119,"Channel":"` + channel + `","SourceName":"Microsoft-Windows-Windows Defender","Source Name":"AMSI","Feature Name":"f","EventRecordID":1}`,
		"a converter's":                  `{"Event":{"System":{"EventID":1119,"Channel":"` + channel + `","EventRecordID":1},"EventData":{"Source Name":"AMSI","Feature Name":"f"}}}`,
		"winlogbeat's, spaces kept":      `{"winlog":{"event_id":1119,"channel":"` + channel + `","record_id":1,"event_data":{"Source Name":"AMSI","Feature Name":"f"}}}`,
		"winlogbeat's, with underscores": `{"winlog":{"event_id":1119,"channel":"` + channel + `","record_id":1,"event_data":{"Source_Name":"AMSI","Feature_Name":"f"}}}`,
	}
	rule := func(logsource, name, value string) *ir.Rule {
		return lowered.Rule(t, "logsource: {"+logsource+"}\ndetection:\n  s: {EventID: 1119, "+name+": "+value+"}\n  condition: s\n")
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			for _, m := range []string{"sigma", "windows"} {
				for _, logsource := range []string{"product: windows, service: windefend", "product: windows"} {
					rules := []*ir.Rule{rule(logsource, "SourceName", "AMSI"), rule(logsource, "SourceName", "other"), rule(logsource, "Feature_Name", "f"), rule(logsource, "FeatureName", "f")}
					for i, want := range [][]string{{"1"}, {}, {"1"}, {"1"}} {
						assert.Equal(t, want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, m)}, rules[i:i+1], form), "%s, {%s}, rule %d", m, logsource, i)
					}
				}
			}
		})
	}
	beat := `{"event":{"code":"1119"},"winlog":{"channel":"` + channel + `","record_id":1,"event_data":{"Source_Name":"AMSI","Threat_Name":"t"}}}`
	for _, asked := range []string{"{SourceName: AMSI}", "{ThreatName: t}"} {
		r := lowered.Rule(t, "logsource: {product: windows, service: windefend}\ndetection:\n  s: "+asked+"\n  condition: s\n")
		assert.Equal(t, []string{"1"}, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "winlogbeat")}, []*ir.Rule{r}, beat), asked)
	}
}
