package eql

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// compiled writes a rule of one detection item for a shipped model: its query without header and
// marks, or the code it is refused with.
func compiled(t *testing.T, model, logsource, detection string) string {
	t.Helper()
	m := lowered.Model(t, model)
	r := lowered.Rule(t, "logsource: {product: windows, "+logsource+"}\ndetection:\n  s: "+detection+"\n  condition: s\n")
	q, found := New().Compile(r, compilers.Options{Model: m, NoIndexTerms: true})
	if q == nil {
		return found[0].Code
	}
	_, text, _ := strings.Cut(q.Text, "\n")
	text, _, _ = strings.Cut(text, "\n  // Begin")
	return strings.ReplaceAll(text, " and\n  ", " and ")
}

const (
	started = `process where ?event.type : "start" and ?host.os.type : "windows" and `
	process = "category: process_creation"
)

// TestSemantics pins, trap by trap, where converters to EQL go wrong.
func TestSemantics(t *testing.T) {
	type row struct{ model, logsource, detection, want string }
	traps := []struct {
		name string
		rows []row
	}{
		{"colon and like take strings only: numbers, booleans and addresses use == and in", []row{
			{"ecs", process, `{ProcessId: 5}`, started + `?process.pid == 5`},
			{"ecs", process, `{ProcessId: ['5', '6']}`, started + `?process.pid in (5, 6)`},
			{"ecs", process, `{ProcessId|contains: '5'}`, "eql-unsupported"},
			{"ecs", "category: image_load", `{Signed: 1}`, "library where ?host.os.type : \"windows\" and false"},
			{"ecs", "category: image_load", `{Signed: 'false'}`, `library where ?host.os.type : "windows" and ?dll.code_signature.exists == false`},
			{"ecs", "category: network_connection", `{DestinationIp: 10.0.0.1}`, `network where ?event.type : "start" and ?host.os.type : "windows" and cidrMatch(?destination.ip, "10.0.0.1/32")`},
			{"ecs", "category: network_connection", `{DestinationIp: [10.0.0.1, '::1', 'fe80::1%4', '-']}`, `network where ?event.type : "start" and ?host.os.type : "windows" and cidrMatch(?destination.ip, "10.0.0.1/32", "::1/128")`},
			{"ecs", "category: network_connection", `{DestinationIp|cidr: 10.0.0.0/8}`, `network where ?event.type : "start" and ?host.os.type : "windows" and cidrMatch(?destination.ip, "10.0.0.0/8")`},
			{"ecs", "category: network_connection", `{DestinationIp|cidr: 'fe80::/10'}`, `network where ?event.type : "start" and ?host.os.type : "windows" and cidrMatch(?destination.ip, "fe80::/10")`},
			{"ecs", "category: network_connection", `{DestinationIp|cidr: '::/0'}`, `network where ?event.type : "start" and ?host.os.type : "windows" and cidrMatch(?destination.ip, "::/0") and not(cidrMatch(?destination.ip, "0.0.0.0/0"))`},
			{"ecs", "category: network_connection", `{DestinationIp|cidr: ['::/1', 10.0.0.0/8]}`, `network where ?event.type : "start" and ?host.os.type : "windows" and (cidrMatch(?destination.ip, "10.0.0.0/8") or (cidrMatch(?destination.ip, "::/1") and not(cidrMatch(?destination.ip, "0.0.0.0/0"))))`},
			{"ecs", "category: network_connection", `{DestinationIp|cidr: '::ffff:10.0.0.0/104'}`, `network where ?event.type : "start" and ?host.os.type : "windows" and cidrMatch(?destination.ip, "10.0.0.0/8")`},
			{"ecs", "category: network_connection", `{DestinationIp|cidr: ['::ffff:0:0/96', '::ffff:10.0.0.1/128', '::fffe:0:0/95']}`, `network where ?event.type : "start" and ?host.os.type : "windows" and (cidrMatch(?destination.ip, "0.0.0.0/0", "10.0.0.1/32") or (cidrMatch(?destination.ip, "::fffe:0:0/95") and not(cidrMatch(?destination.ip, "0.0.0.0/0"))))`},
		}},
		{"bits of a number are what divisions leave of it, of a negative one those of -1 minus it", []row{
			{"ecs", process, `{ProcessId|bits: 0x16}`, started + `((?process.pid >= 0 and (?process.pid / 2) % 4 == 3 and (?process.pid / 16) % 2 == 1) or (?process.pid < 0 and ((-1 - ?process.pid) / 2) % 4 == 0 and ((-1 - ?process.pid) / 16) % 2 == 0))`},
			{"ecs", process, `{CommandLine|bits: 4}`, "eql-unsupported"},
		}},
		{"a test of the file name is asked of its column, or of the end of a path", []row{
			{"ecs", process, `{Image|filename|contains: [net, 'w*o']}`, started + `(?process.name : "*net*" or ?process.name : "*w*o*")`},
			{"ecs", process, `{Image|filename|re: '^a'}`, started + `?process.name regex "a.*"`},
			{"ecs", process, `{CommandLine|filename|contains: ['1', 'a\b']}`, started + `?process.command_line regex "(.*[\\\\\\/])?[^\\\\\\/]*1[^\\\\\\/]*"`},
			{"ecs", process, `{CommandLine|filename|startswith: '1?2*'}`, started + `?process.command_line regex "(.*[\\\\\\/])?1[^\\\\\\/]2[^\\\\\\/]*"`},
			{"ecs", process, `{CommandLine|filename|contains: 'a\b'}`, started + `false`},
			{"ecs", process, `{CommandLine|filename|re: a}`, "eql-unsupported"},
		}},
		{"a word is an approximation, unless it has no letters at its ends", []row{
			{"ecs", process, `{CommandLine|word: net}`, "word"},
			{"ecs", process, `{CommandLine|word: '-1-'}`, started + `?process.command_line regex ".*\\-1\\-.*"`},
		}},
		{"colon ignores case and knows wildcards, == does neither", []row{
			{"ecs", process, `{Image|endswith: '\A.exe'}`, started + `?process.executable : "*\\A.exe"`},
			{"ecs", process, `{CommandLine: 'a*b?'}`, started + `?process.command_line : "a*b?"`},
			{"ecs", process, `{CommandLine|cased: aB}`, started + `?process.command_line == "aB"`},
			{"ecs", process, `{CommandLine|contains|cased: aB}`, started + `?process.command_line like "*aB*"`},
		}},
		{"odd field names go in backquotes, and every field is optional", []row{
			{"winlogbeat", "service: system", `{Odd-Name: x}`, "any where ?winlog.channel : \"System\" and ?winlog.event_data.`Odd-Name` : \"x\""},
			{"winlogbeat", "service: system", `{Two Words: x}`, `any where ?winlog.channel : "System" and ?winlog.event_data.Two_Words : "x"`},
		}},
		{"a literal star or question mark is not an escape but a function; newlines and quotes stay inside", []row{
			{"ecs", process, `{CommandLine|contains: 'a\*b'}`, started + `stringContains~(?process.command_line, "a*b")`},
			{"ecs", process, `{CommandLine: 'a\?'}`, started + `?process.command_line in~ ("a?")`},
			{"ecs", process, `{CommandLine|contains: "a\"\nb\\"}`, started + `?process.command_line : "*a\"\nb\\*"`},
		}},
		{"regex covers the whole value in Lucene's syntax and tells case apart", []row{
			{"ecs", process, `{CommandLine|re: 'a\d\w'}`, started + `?process.command_line regex ".*a[0-9][0-9A-Z\\_a-z].*"`},
			{"ecs", process, `{CommandLine|re: '^a$'}`, started + `?process.command_line regex "a(\n)?"`},
			{"ecs", process, `{CommandLine|re|i: 'a.b'}`, started + `?process.command_line regex ".*[Aa][^\n][Bb].*"`},
			{"ecs", process, `{CommandLine|re: 'a(?=b)c'}`, "regex-backtracking"},
			{"ecs", process, `{CommandLine|re: '\bab'}`, "eql-unsupported"},
		}},
		{"keywords and comparisons of fields are refused", []row{
			{"ecs", process, `['mimikatz']`, "keywords"},
			{"ecs", process, `{Image|fieldref: CommandLine}`, "fieldref"},
		}},
		{"the category is the event's, with its operating system, channel or dataset", []row{
			{"ecs", "category: file_event", `{TargetFilename: a}`, `file where ?event.action : ("creation", "overwrite", "FileCreate") and ?host.os.type : "windows" and ?file.path : "a"`},
			{"winlogbeat", "category: file_event", `{TargetFilename: a}`, `file where ?event.code : "11" and ?winlog.channel : "Microsoft-Windows-Sysmon/Operational" and ?file.path : "a"`},
			{"ecs", "service: security", `{EventID: 4720}`, `any where ?winlog.channel : "Security" and ?event.code : "4720"`},
			{"ecs", "category: ps_script", `{ScriptBlockText|contains: a}`, `any where ?event.code : "4104" and ?winlog.channel : ("Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational") and ?winlog.event_data.ScriptBlockText : "*a*"`},
		}},
		{"values are ECS' own", []row{
			{"ecs", "category: network_connection", `{Initiated: 'true'}`, `network where ?event.type : "start" and ?host.os.type : "windows" and ?network.direction : "egress"`},
			{"ecs", process, `{IntegrityLevel: [High, S-1-16-16384]}`, started + `?process.Ext.token.integrity_level_name : ("High", "system")`},
			{"ecs", "category: registry_set", `{Details: 'DWORD (0x00000010)'}`, `registry where ?event.action : ("modification", "RegistryEvent (Value Set)") and ?host.os.type : "windows" and ?registry.data.strings : "16"`},
			{"ecs", "category: registry_set", `{TargetObject|endswith: '\CurrentControlSet\x'}`, `registry where ?event.action : ("modification", "RegistryEvent (Value Set)") and ?host.os.type : "windows" and (?registry.path : "*\\CurrentControlSet\\x" or ?registry.path : "*\\ControlSet???\\x")`},
			{"ecs", process, `{Hashes|contains: 'IMPHASH=0123456789abcdef0123456789abcdef'}`, started + `?process.pe.imphash : "0123456789abcdef0123456789abcdef"`},
		}},
		{"a field that no integration ships is refused", []row{
			{"ecs", process, `{NoSuchField: a}`, "no-column"},
			{"ecs", "category: registry_set", `{Details|contains: '0x00000001'}`, "no-translation"},
		}},
	}
	for _, trap := range traps {
		t.Run(trap.name, func(t *testing.T) {
			for _, r := range trap.rows {
				got := compiled(t, r.model, r.logsource, r.detection)
				if i := strings.Index(got, "where"); i > 0 {
					got = got[strings.LastIndex(got[:i], "\n")+1:]
				}
				assert.Equal(t, r.want, got, "%s %s", r.logsource, r.detection)
			}
		})
	}
}

// TestNegationHoldsWithoutTheField pins that not is true of an event that lacks the field, as in the rule.
func TestNegationHoldsWithoutTheField(t *testing.T) {
	path := field("Path", is(ir.Equals, "a"))
	order := field("Port", &ir.Number{Op: "gt", Values: []float64{5}})
	assert.Equal(t, `not(?file.path : "a")`, condition(t, &ir.Not{Term: path}))
	assert.Equal(t, `not(?destination.port != null and ?destination.port > 5)`, condition(t, &ir.Not{Term: order}), "Elasticsearch turns `not a > b` round")
}

// TestWhatAProductDoesNotFillIsSaid pins the note on a column that ECS has and Elastic Defend leaves empty.
func TestWhatAProductDoesNotFillIsSaid(t *testing.T) {
	m := lowered.Model(t, "ecs")
	r := lowered.Rule(t, "detection:\n  s: {Description: a, Company: b}\n  condition: s\n")
	q, found := New().Compile(r, compilers.Options{Model: m})
	require.Empty(t, found)
	require.Len(t, q.Notes, 1, "two fields of one reason are one note")
	assert.Equal(t, "requires", q.Notes[0].Code)
	assert.Contains(t, strings.ReplaceAll(q.Text, "\n// ", " "), "note: requires (exact): Elastic Defend does not record this of a program")
}

// TestNetworksOfMappedAddresses: Elasticsearch stores ::ffff:10.0.0.1 as 10.0.0.1, and a query says what that changes.
func TestNetworksOfMappedAddresses(t *testing.T) {
	m := lowered.Model(t, "ecs")
	for condition, want := range map[string][]string{
		"{DestinationIp|cidr: 10.0.0.0/8}":                             nil,
		"{DestinationIp|cidr: 'fe80::/10'}":                            nil,
		"{DestinationIp|cidr: '::/0'}":                                 {"false-negatives"},
		"{DestinationIp|cidr|neq: '::/0'}":                             {"false-positives"},
		"{DestinationIp|cidr: '::ffff:10.0.0.0/104'}":                  {"false-positives"},
		"{DestinationIp|cidr: ['::ffff:0:0/96', '::/0', 'fe80::/10']}": {"false-positives", "false-negatives"},
		"{DestinationIp|cidr|neq: '::ffff:10.0.0.0/104'}":              {"false-negatives"},
		"{DestinationIp: ['10.0.0.1', 'fe80::1', none]}":               nil,
		"{DestinationIp: ['10.0.0.1', '::ffff:10.0.0.1']}":             nil,
		"{DestinationIp|neq: '::ffff:10.0.0.1'}":                       nil,
	} {
		r := lowered.Rule(t, "logsource: {product: windows, category: network_connection}\ndetection:\n  s: "+condition+"\n  condition: s\n")
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%v", found)
		var effects []string
		for _, n := range q.Notes {
			if n.Code == "mapped-addresses" {
				effects = append(effects, n.Effect)
			}
		}
		assert.Equal(t, want, effects, condition)
	}
}

// TestNumbersInTexts: Elasticsearch does not calculate with texts, so that 01 and 1.0 are not 1. That is noted, but of
// columns in which the product writes digits alone.
func TestNumbersInTexts(t *testing.T) {
	for _, c := range []struct {
		model, detection, condition string
		want                        []string
	}{
		{"ecs", "{CommandLine: 1}", "s", []string{"false-negatives"}},
		{"ecs", "{CommandLine: 1}", "not s", []string{"false-positives"}},
		{"ecs", "{ParentCommandLine: 1}", "s", []string{"false-negatives"}},
		{"ecs", "{Image: a}", "s and above", []string{"false-negatives"}},
		{"ecs", "{CommandLine: '1'}", "s", nil},
		{"ecs", "{ProcessId: 1}", "s", nil},
		{"winlogbeat", "{EventID: 1}", "s", nil},
	} {
		r := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\nancestry:\n  above: {grandparent: {CommandLine: 1}}\ndetection:\n  s: "+c.detection+"\n  condition: "+c.condition+"\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, c.model), Approximate: []string{"all"}})
		require.NotNil(t, q, "%v", found)
		var effects []string
		for _, n := range q.Notes {
			if n.Code == "number-as-text" {
				effects = append(effects, n.Effect)
			}
		}
		assert.Equal(t, c.want, effects, c.detection)
	}
}

// TestPatternsAreOfTexts: Elasticsearch refuses a pattern or an expression of a number, a time or an address.
func TestPatternsAreOfTexts(t *testing.T) {
	for test, refused := range map[string]bool{"DestinationPort|re: '^8'": true, "DestinationPort: '8?*'": true, "DestinationPort|startswith: '8'": true, "DestinationIp|re: '^10'": true,
		"DestinationIp: '10.?.*'": true, "DestinationIp|cidr: 10.0.0.0/8": false, "DestinationIp: 10.0.0.1": false, "DestinationPort: [80, '443']": false, "Image|re: '^8'": false} {
		r := lowered.Rule(t, "logsource: {product: windows, category: network_connection}\ndetection:\n  s: {"+test+"}\n  condition: s\n")
		_, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "ecs")})
		assert.Equal(t, refused, slices.ContainsFunc(found, func(d diag.Diagnostic) bool { return d.Code == "eql-unsupported" }), "%s %v", test, found)
	}
}
