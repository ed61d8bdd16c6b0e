package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestTheWordForMissing runs rules on events as a data model of Splunk's holds them, where unknown stands for what is
// not there.
func TestTheWordForMissing(t *testing.T) {
	const md5 = "0123456789abcdef0123456789abcdef"
	whole := `{"tag":["process","report"],"process_guid":"1","process_path":"C:\\a\\cmd.exe","process":"cmd /c x","process_hash":["` + md5 + `","SHA256=aa"]}`
	without := `{"tag":["process","report"],"process_guid":"2","process_path":"C:\\a\\cmd.exe","process":"unknown","process_hash":"unknown"}`
	empty := `{"tag":["process","report"],"process_guid":"3","process_path":"C:\\a\\cmd.exe","process":""}`
	file := `{"tag":["endpoint","filesystem"],"process_guid":"4","process_path":"C:\\a\\cmd.exe","process":"cmd /c x"}`
	for _, c := range []struct {
		name, selection string
		want            []string
	}{
		{"a value", `{CommandLine|contains: /c}`, []string{"1"}},
		{"none", `{CommandLine: null}`, []string{"2", "3"}},
		{"an empty one is none", `{CommandLine: ''}`, []string{"2", "3"}},
		{"a part of the word", `{CommandLine|endswith: known}`, []string{}},
		{"something", `{CommandLine|exists: true}`, []string{"1"}},
		{"one of several hashes", `{Hashes|contains: MD5=` + md5 + `}`, []string{"1"}},
		{"a hash without its name", `{md5: ` + md5 + `}`, []string{"1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := lowered.Rule(t, "detection:\n  s: "+c.selection+"\n  condition: s\n")
			assert.Equal(t, c.want, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "cim")}, []*ir.Rule{r}, whole, without, empty, file))
		})
	}
}
