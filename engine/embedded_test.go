package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestPairs reads auditd's lines out of syslog's.
func TestPairs(t *testing.T) {
	line := func(process, message string) string {
		return `{"ProcessName":"` + process + `","SyslogMessage":"type=EXECVE msg=audit(1.1:1): argc=2 ` + message + `"}`
	}
	for _, c := range []struct {
		detection, event string
		want             int
	}{
		{"a: {type: EXECVE, a0: chmod, a1|contains: x}", line("audispd", `a0=\"chmod\" a1=\"+x\"`), 1},
		{"a: {type: EXECVE, a0: chmod}", line("audispd", `a0=\"ls\" a1=\"chmod\"`), 0},
		{"a: {type: SYSCALL, a0: chmod}", line("audispd", `a0=\"chmod\"`), 0},
		{"a: {a0: chmod}", line("sudo", `a0=\"chmod\"`), 0},
		{"a: {a0|cased: chmod, a1|re: '^.x$'}", line("audisp-syslog", `a0=\"chmod\" a1=\"+x\"`), 1},
		{"a: {a2: null}", line("audispd", `a0=\"chmod\"`), 1},
		{"a: {a0: null}", line("audispd", `a0=\"chmod\"`), 0},
	} {
		r := lowered.Rule(t, "logsource: {product: linux, service: auditd}\ndetection:\n  "+c.detection+"\n  condition: a\n")
		assert.Len(t, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "sentinel")}, []*ir.Rule{r}, c.event), c.want, "%s on %s", c.detection, c.event)
	}
}

// TestTextsOfJSON reads what products export as a text of JSON within an event.
func TestTextsOfJSON(t *testing.T) {
	dns := "logsource: {product: windows, category: dns_query}\ndetection:\n  a: {QueryName|endswith: .evil.test}\n  condition: a\n"
	pipe := "logsource: {product: windows, category: pipe_created}\ndetection:\n  a: {PipeName: '\\evil'}\n  condition: a\n"
	keyword := "logsource: {product: windows, category: dns_query}\ndetection:\n  a: ['x\\y']\n  condition: a\n"
	without := "logsource: {product: windows, category: dns_query}\ndetection:\n  a: {Image|endswith: dns.exe}\n  b: {QueryName|contains: good}\n  condition: a and not b\n"
	for _, c := range []struct {
		name, model, rule string
		event             string
		want              int
	}{
		{"a text", "mde", dns, `{"ActionType":"DnsQueryResponse","AdditionalFields":"{\"DnsQueryString\":\"www.evil.test\"}"}`, 1},
		{"an object", "mde", dns, `{"ActionType":"DnsQueryResponse","AdditionalFields":{"DnsQueryString":"www.evil.test"}}`, 1},
		{"the text before its table is known", "mde", dns, `{"AdditionalFields":" {\"DnsQueryString\":\"www.evil.test\"} ","ActionType":"DnsQueryResponse"}`, 1},
		{"another property", "mde", dns, `{"ActionType":"DnsQueryResponse","AdditionalFields":"{\"DnsQueryResult\":\"www.evil.test\"}"}`, 0},
		{"deeper", "mde", dns, `{"ActionType":"DnsQueryResponse","AdditionalFields":"{\"Event\":{\"DnsQueryString\":\"www.evil.test\"}}"}`, 0},
		{"no JSON", "mde", dns, `{"ActionType":"DnsQueryResponse","AdditionalFields":"{\"DnsQueryString\":\"www.evil.test\""}`, 0},
		{"no object", "mde", dns, `{"ActionType":"DnsQueryResponse","AdditionalFields":"[{\"DnsQueryString\":\"www.evil.test\"}]"}`, 0},
		{"escapes twice", "mde", pipe, `{"ActionType":"NamedPipeEvent","AdditionalFields":"{\"PipeName\":\"\\\\Device\\\\NamedPipe\\\\evil\"}"}`, 1},
		{"a keyword reads the values of a text", "mde", keyword, `{"ActionType":"DnsQueryResponse","AdditionalFields":"{\"DnsQueryString\":\"x\\\\y\"}"}`, 1},
		{"a keyword reads the values of an object", "mde", keyword, `{"ActionType":"DnsQueryResponse","AdditionalFields":{"DnsQueryString":"x\\y"}}`, 1},
		{"a keyword does not read the names in a text", "mde", strings.Replace(keyword, "x\\y", "DnsQueryString", 1), `{"ActionType":"DnsQueryResponse","AdditionalFields":"{\"DnsQueryString\":\"x\"}"}`, 0},
		{"negated and there", "mde", without, `{"ActionType":"DnsQueryResponse","InitiatingProcessFolderPath":"C:\\dns.exe","AdditionalFields":"{\"DnsQueryString\":\"www.good.test\"}"}`, 0},
		{"negated and not there", "mde", without, `{"ActionType":"DnsQueryResponse","InitiatingProcessFolderPath":"C:\\dns.exe","AdditionalFields":"{}"}`, 1},
		{"a dynamic column", "sentinel", "logsource: {product: windows, service: ntlm}\ndetection:\n  a: {WorkstationName: evil}\n  condition: a\n",
			`{"Channel":"Microsoft-Windows-NTLM/Operational","EventData":"{\"WorkstationName\":\"evil\"}"}`, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, exhaustive := range []bool{false, true} {
				opt := engine.Exhaustively(exhaustive, engine.Options{Model: lowered.Model(t, c.model)})
				assert.Len(t, enginetest.IDs(t, opt, []*ir.Rule{lowered.Rule(t, c.rule)}, c.event), c.want)
				// Again, with the event before, whose bytes are the same, in between.
				assert.Len(t, enginetest.IDs(t, opt, []*ir.Rule{lowered.Rule(t, c.rule)}, c.event, `{}`, c.event, c.event), 3*c.want)
			}
		})
	}
}

// TestKeywordsAndTheFormThatAnEventIsKeptIn holds that a keyword is asked of values, however a product keeps them.
func TestKeywordsAndTheFormThatAnEventIsKeptIn(t *testing.T) {
	for _, c := range []struct {
		keyword, event string
		want           int
	}{
		{`dir\sub`, `{"EventData":{"Path":"C:\\dir\\sub\\x"}}`, 1}, {`dir\sub`, `{"EventData":"{\"Path\":\"C:\\\\dir\\\\sub\\\\x\"}"}`, 1},
		{`say "hi"`, `{"EventData":{"T":"say \"hi\""}}`, 1}, {`say "hi"`, `{"EventData":"{\"T\":\"say \\\"hi\\\"\"}"}`, 1},
		{`a & b`, `{"EventData":"<EventData><Data Name=\"T\">a &amp; b</Data></EventData>"}`, 1}, {`<x>`, `{"_raw":"<Event><EventData><Data Name='T'>&lt;x&gt;</Data></EventData></Event>"}`, 1},
		{`a & b`, `{"_raw":"{\"T\":\"a \\u0026 b\"}"}`, 1}, {`a & b`, `{"_raw":"[{\"T\":[\"a & b\"]}]"}`, 1}, {`5`, `{"_raw":"{\"T\":5}"}`, 1},
		{`&amp;`, `{"_raw":"<Event><Data>a &amp; b</Data></Event>"}`, 0}, {`Path`, `{"EventData":"{\"Path\":\"x\"}"}`, 0}, {`Path`, `{"EventData":{"Path":"x"}}`, 0},
		{`{a`, `{"_raw":"{a b"}`, 1}, {`<b`, `{"_raw":"a <b"}`, 1}, {`<b`, `{"_raw":"<b"}`, 1},
	} {
		r := lowered.Rule(t, "logsource: {product: windows, service: application}\ndetection:\n  a: ['"+c.keyword+"']\n  condition: a\n")
		event := strings.Replace(c.event, "{", `{"Type":"WindowsEvent","Channel":"Application","EventID":1,`, 1)
		assert.Len(t, enginetest.IDs(t, engine.Options{Model: lowered.Model(t, "sentinel-event")}, []*ir.Rule{r}, event), c.want, "%s on %s", c.keyword, c.event)
	}
}
