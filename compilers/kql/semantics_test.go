package kql

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// conditions writes a rule of one item for a shipped model: what its query asks beside its scope,
// joined by and, or the code it is refused with.
func conditions(t *testing.T, model, logsource, detection, condition string) string {
	t.Helper()
	m := lowered.Model(t, model)
	r := lowered.Rule(t, "logsource: {product: windows, category: "+logsource+"}\ndetection:\n  s: "+detection+"\n  condition: "+condition+"\n")
	q, found := New().Compile(r, compilers.Options{Model: m, NoIndexTerms: true})
	if q == nil {
		return found[0].Code
	}
	var stages []string
	for line := range strings.Lines(q.Text) {
		if stage, ok := strings.CutPrefix(strings.TrimSpace(line), "| where "); ok {
			stages = append(stages, stage)
		} else if line = strings.TrimSpace(line); strings.HasPrefix(line, "or ") {
			stages[len(stages)-1] += " " + line
		}
	}
	scope := 1
	if model == "asim" {
		scope = 2 // the type of the event, the operating system
	}
	return strings.Join(stages[scope:], " and ")
}

const process, registry, network = "process_creation", "registry_set", "network_connection"

// TestSemantics pins, trap by trap, where converters to KQL go wrong.
func TestSemantics(t *testing.T) {
	type row struct{ model, logsource, detection, condition, want string }
	traps := []struct {
		name string
		rows []row
	}{
		{"a string is never null: isempty asks", []row{
			{"mde", process, `{CommandLine: null}`, "s", `isempty(ProcessCommandLine)`},
			{"mde", process, `{CommandLine: '*'}`, "s", `isnotempty(ProcessCommandLine)`},
		}},
		{"the device's end of a connection is its destination where it comes in", []row{
			{"mde", network, `{DestinationPort: 22}`, "s", `iff(ActionType =~ "InboundConnectionAccepted", LocalPort, RemotePort) == 22`},
			{"mde", network, `{SourceIp: 10.0.0.1, Initiated: 'false'}`, "s", `RemoteIP =~ "10.0.0.1" and ActionType =~ "InboundConnectionAccepted"`},
			{"mde", network, `{SourceIp: 10.0.0.1, Initiated: 'true'}`, "s", `LocalIP =~ "10.0.0.1" and ActionType =~ "ConnectionSuccess"`},
			{"mde", network, `{DestinationHostname|contains: x, Initiated: 'true'}`, "s", `RemoteUrl contains "x" and ActionType =~ "ConnectionSuccess"`},
			{"asim", network, `{Image: x}`, "s", `iff(NetworkDirection =~ "Inbound", DstProcessName, SrcProcessName) =~ "x"`},
			{"asim", network, `{Image: x, Initiated: 'false'}`, "s", `DstProcessName =~ "x" and NetworkDirection =~ "Inbound"`},
		}},
		{"operators ignore the case of ASCII's letters alone", []row{
			{"mde", process, `{CommandLine|contains: [à distance, remote]}`, "s", `ProcessCommandLine matches regex @"(?i)à di(?-i:[Ss])tance" or ProcessCommandLine contains "remote"`},
			{"mde", process, `{CommandLine|endswith: [à, É]}`, "s", `ProcessCommandLine matches regex @"(?i)(?:à|É)\z"`},
			{"mde", process, `{User: [josé, maria]}`, "s", `AccountName matches regex @"(?i)\Ajo(?-i:[Ss])é\z" or AccountName =~ "maria"`},
			{"mde", process, `{CommandLine|cased: josé}`, "s", `ProcessCommandLine == "josé"`},
			{"mde", process, `{Image|endswith: '\é.exe'}`, "s", `FileName matches regex @"(?i)\Aé\.exe\z"`},
			{"mde", process, `{CommandLine|fieldref|endswith: ParentCommandLine}`, "s",
				`isnotempty(ProcessCommandLine) and isnotempty(InitiatingProcessCommandLine) and tolower(ProcessCommandLine) endswith_cs tolower(InitiatingProcessCommandLine)`},
		}},
		{"has is a test of whole words, of all letters and digits", []row{
			{"mde", process, `{CommandLine|word: whoami}`, "s", `ProcessCommandLine has "whoami"`},
			{"mde", process, `{CommandLine|word: [net, ' -enc']}`, "s", `ProcessCommandLine has_any ("net", " -enc")`},
			{"mde", process, `{CommandLine|word|cased: [Net, Who]}`, "s", `ProcessCommandLine has_cs "Net" or ProcessCommandLine has_cs "Who"`},
			{"mde", process, `{CommandLine|word: [été, '.é']}`, "s", `ProcessCommandLine matches regex @"(?i)(?:(?:\A|[^\p{L}\p{N}])été(?:\z|[^\p{L}\p{N}])|\.é(?:\z|[^\p{L}\p{N}]))"`},
			{"mde", process, `['x']`, "s", `* contains "x"`},
			{"mde", process, `{'|word': x}`, "s", `* has "x"`},
			{"mde", registry, `{TargetObject|word: Run}`, "s", `RegistryKey has "Run" or RegistryValueName has "Run"`},
			{"mde", registry, `{TargetObject|word: 'a\b'}`, "s", "no-translation"},
			{"mde", registry, `{TargetObject|word: CurrentControlSet}`, "s", "no-translation"},
			{"mde", process, `{User|word: ann}`, "s", `AccountDomain has "ann" or AccountName has "ann"`},
			{"mde", process, `{User|word: 'corp\ann'}`, "s", "no-translation"},
		}},
		{"a test of the file name is asked of the column that has it, or of the end of a path", []row{
			{"mde", process, `{Image|filename|contains: [net, 'w*o']}`, "s", `FileName contains "net" or FileName matches regex @"(?is)\A.*w.*o.*\z"`},
			{"mde", process, `{Image|filename|re: '^a'}`, "s", `FileName matches regex @"^a"`},
			{"mde", process, `{CommandLine|filename|startswith: net}`, "s", `extract(@"[^\\/]*\z", 0, ProcessCommandLine) startswith "net"`},
			{"mde", process, `{CommandLine|filename|re: '^a*$'}`, "s", `isnotempty(ProcessCommandLine) and extract(@"[^\\/]*\z", 0, ProcessCommandLine) matches regex @"^a*\n?$"`},
		}},
		{"bits of a text are those of the number in it", []row{
			{"mde", process, `{ProcessId|bits: 0x1410}`, "s", `binary_and(ProcessId, 5136) == 5136`},
			{"mde", process, `{ProcessId|bits: 4}`, "not s", `not(isnotnull(ProcessId) and binary_and(ProcessId, 4) == 4)`},
			{"mde", process, `{LogonId|bits: [4, 3]}`, "s", `binary_and(LogonId, 4) == 4 or binary_and(LogonId, 3) == 3`},
			{"mde", process, `{CommandLine|bits: 4}`, "s", "binary_and(tolong(ProcessCommandLine), 4) == 4 and ProcessCommandLine matches regex @\"^(?:[-+]?[0-9]+|0[xX]0*(?:[0-7][0-9a-fA-F]{15}|[0-9a-fA-F]{1,15}))$\""},
		}},
		{"typed columns take typed literals, and their null survives no negation", []row{
			{"asim", network, `{DestinationPort: [80, 443]}`, "s", `DstPortNumber in (80, 443)`},
			{"asim", network, `{DestinationPort: 80}`, "not s", `not(isnotnull(DstPortNumber) and DstPortNumber == 80)`},
			{"mde", process, `{IntegrityLevel: 3}`, "s", `toreal(ProcessIntegrityLevel) == 3`},
		}},
		{"addresses of both families have functions of their own", []row{
			{"asim", network, `{DestinationIp|cidr: 10.0.0.0/8}`, "s", `ipv4_is_in_range(replace_regex(DstIpAddr, @"(?i)^::ffff:|%.*$", ""), "10.0.0.0/8")`},
			{"asim", network, `{DestinationIp|cidr: 'fe80::/10'}`, "not s", `not(coalesce(ipv6_is_in_range(replace_regex(DstIpAddr, @"%.*$", ""), "fe80::/10"), false))`},
		}},
		{"has is a test of terms: contains is what is meant", []row{
			{"mde", process, `{CommandLine|contains|all: [a, b]}`, "s", `ProcessCommandLine contains "a" and ProcessCommandLine contains "b"`},
			{"mde", process, `{CommandLine|all: [a, b]}`, "s", "never-matches"},
		}},
		{"inner wildcards are anchored expressions, any case", []row{
			{"mde", process, `{CommandLine: 'a.b*c?'}`, "s", `ProcessCommandLine matches regex @"(?is)\Aa\.b.*c.\z"`},
			{"mde", process, `{CommandLine|cased: 'a*b'}`, "s", `ProcessCommandLine matches regex @"(?s)\Aa.*b\z"`},
			{"mde", process, `{CommandLine|re: 'a.b'}`, "s", `ProcessCommandLine matches regex @"a.b"`},
		}},
		{"odd names stand in brackets", []row{
			{"sentinel", "antivirus", `{Odd-Name: x}`, "s", `Channel =~ "Microsoft-Windows-Windows Defender/Operational" and tostring(EventData["Odd-Name"]) =~ "x"`},
		}},
		{"ActionType is part of the log", []row{
			{"mde", network, `{Initiated: 'true'}`, "s", `ActionType =~ "ConnectionSuccess"`},
			{"mde", "registry_event", `{EventType: SetValue}`, "s", `ActionType =~ "RegistryValueSet"`},
		}},
		{"the registry: hives, control sets, key and name apart, decimal numbers", []row{
			{"mde", registry, `{TargetObject|endswith: '\Lsa\NoLMHash'}`, "s", `RegistryKey endswith "\\Lsa" and RegistryValueName =~ "NoLMHash"`},
			{"mde", registry, `{TargetObject: 'HKLM\A\B'}`, "s", `RegistryKey =~ "HKEY_LOCAL_MACHINE\\A" and RegistryValueName =~ "B"`},
			{"mde", registry, `{TargetObject|endswith: '\open\command\(Default)'}`, "s", `RegistryKey endswith "\\open\\command" and RegistryValueName =~ "(Default)" or isempty(RegistryValueName)`},
			{"mde", registry, `{TargetObject|contains: '\CurrentControlSet\S\'}`, "s", `RegistryKey contains "\\CurrentControlSet\\S\\" or RegistryKey endswith "\\CurrentControlSet\\S" or RegistryKey contains "\\ControlSet001\\S\\" or RegistryKey endswith "\\ControlSet001\\S"`},
			{"mde", registry, `{Details: DWORD (0x0000000a)}`, "s", `RegistryValueData =~ "10"`},
			{"mde", registry, `{Details: Binary Data}`, "s", "no-translation"},
			{"asim", registry, `{TargetObject|endswith: '\Run\x'}`, "s", `RegistryKey endswith "\\Run" and RegistryValue =~ "x"`},
		}},
		{"a column of numbers is asked for the number that a hexadecimal text names", []row{
			{"mde", process, `{LogonId: '0x3E7'}`, "s", `LogonId == 999`},
			{"mde", process, `{LogonId: ['0x3e4', '0x3e5']}`, "s", `LogonId in (996, 997)`},
			{"mde", process, `{LogonId: '0x3e7'}`, "not s", `not(isnotnull(LogonId) and LogonId == 999)`},
			{"mde", process, `{LogonId: '0xtext'}`, "s", "never-matches"},
		}},
		{"a backslash before a wildcard stays one", []row{
			{"mde", process, `{CommandLine: 'C:\*'}`, "s", `ProcessCommandLine =~ "C:*"`},
			{"mde", process, `{CommandLine: 'C:\\*'}`, "s", `ProcessCommandLine startswith "C:\\"`},
		}},
		{"outside process events InitiatingProcess is the actor", []row{
			{"mde", "file_event", `{Image|endswith: '\a.exe'}`, "s", `InitiatingProcessFileName =~ "a.exe"`},
			{"mde", "file_event", `{ParentImage|endswith: '\a.exe'}`, "s", `InitiatingProcessParentFileName =~ "a.exe"`},
			{"mde", "file_event", `{ParentCommandLine: a}`, "s", "no-column"},
			{"mde", process, `{ParentImage|endswith: '\a.exe'}`, "s", `InitiatingProcessFileName =~ "a.exe"`},
		}},
		{"path and file name are two columns, and no test becomes empty", []row{
			{"mde", process, `{Image|endswith: '\b\a.exe'}`, "s", `FolderPath endswith "\\b\\a.exe"`},
			{"mde", process, `{Image|endswith: '\'}`, "s", `FolderPath endswith "\\"`},
		}},
		{"an account's domain is a column of its own", []row{
			{"mde", process, `{User: 'CORP\bob'}`, "s", `AccountDomain =~ "CORP" and AccountName =~ "bob"`},
			{"mde", process, `{User|contains: AUTHORI}`, "s", `AccountDomain contains "AUTHORI" or AccountName contains "AUTHORI"`},
		}},
		{"hashes by algorithm; one without a column is refused, and so is a list with some until the loss is accepted", []row{
			{"mde", process, `{Hashes|contains: SHA1=0123456789012345678901234567890123456789}`, "s", `SHA1 =~ "0123456789012345678901234567890123456789"`},
			{"mde", process, `{Hashes|contains: IMPHASH=01234567890123456789012345678901}`, "s", "no-column"},
			{"mde", process, `{Hashes|contains: [IMPHASH=01234567890123456789012345678901, MD5=01234567890123456789012345678901]}`, "s", "lost-hashes"},
			{"asim", process, `{Hashes|contains: IMPHASH=01234567890123456789012345678901}`, "s", `TargetProcessIMPHASH =~ "01234567890123456789012345678901"`},
		}},
		{"operating system, channel and event are part of the log", []row{
			{"asim", process, `{Image: a}`, "s", `TargetProcessName =~ "a"`},
			{"sentinel", registry, `{Image: a}`, "s", `Channel =~ "Microsoft-Windows-Sysmon/Operational" and tostring(EventData.Image) =~ "a"`},
		}},
		{"a parent is read where a table has it", []row{
			{"asim", process, `{ParentCommandLine: a}`, "s", `ActingProcessCommandLine =~ "a"`},
			{"sentinel", process, `{ParentCommandLine: a, OriginalFileName: b}`, "s", `Channel =~ "Microsoft-Windows-Sysmon/Operational" and tostring(EventData.ParentCommandLine) =~ "a" and tostring(EventData.OriginalFileName) =~ "b"`},
		}},
		{"ASIM: original names and directions in its own columns and words", []row{
			{"asim", process, `{OriginalFileName: a.exe}`, "s", `TargetProcessFileOriginalName =~ "a.exe"`},
			{"asim", network, `{Initiated: 'true'}`, "s", `NetworkDirection =~ "Outbound"`},
			{"asim", "file_event", `{TargetFilename|endswith: '\a.exe'}`, "s", `TargetFileName =~ "a.exe"`},
		}},
	}
	for _, trap := range traps {
		t.Run(trap.name, func(t *testing.T) {
			for _, r := range trap.rows {
				assert.Equal(t, r.want, conditions(t, r.model, r.logsource, r.detection, r.condition), r.detection)
			}
		})
	}
}

// TestElementsAreReadAsTexts: what a query says of an element's field that may be a list, an object, or a key with a
// dot.
func TestElementsAreReadAsTexts(t *testing.T) {
	const misses, finds = "false-negatives", "false-positives"
	for item, want := range map[string][]string{
		"'TargetResources[any]': {type: User}":                                  nil, // is listed
		"'TargetResources[any]': {'modifiedProperties[any]': {newValue: User}}": nil,
		"'TargetResources[any]': {modifiedProperties.newValue: User}":           {misses},
		"'TargetResources[any]': {odd: User}":                                   {misses},
		"'TargetResources[none]': {odd: User}":                                  {finds},
		"'TargetResources[all]': {odd|contains: User}":                          {finds},
		"'TargetResources[0]': {odd|re: User}":                                  {misses, finds},
		"'TargetResources[any]': {odd: null}":                                   {misses},
		"'TargetResources[any]': {odd|exists: true}":                            {finds},
		"'TargetResources[any]': {odd.a|exists: true}":                          {misses, finds},
		"'TargetResources[any]': {odd.a: null}":                                 {finds, misses},
		"'TargetResources[none]': {odd.a|exists: false}":                        {misses, finds},
		"'TargetResources[any]': {p: {odd: a}, condition: not p}":               {finds},
	} {
		r := lowered.Rule(t, "sigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n  s:\n    "+item+"\n  condition: s\n")
		q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
		require.Empty(t, found)
		var got []string
		for _, n := range q.Notes {
			if n.Code == "element-values" {
				got = append(got, n.Effect)
			}
		}
		assert.Equal(t, want, got, item)
	}
}

// TestElements pins how the elements of an array are tested: of each row by itself, so that no row is lost or doubled.
func TestElements(t *testing.T) {
	compile := func(items string) string {
		m := lowered.Model(t, "sentinel")
		r := lowered.Rule(t, "sigma-version: 3\nlogsource: {product: azure, service: auditlogs}\ndetection:\n  s:\n"+items+"  t: {OperationName: x}\n  condition: s and t\n")
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%v", found)
		_, text, _ := strings.Cut(q.Text, "AuditLogs\n")
		text, _, _ = strings.Cut(text, "// Begin")
		return text
	}
	const counted = "| where OperationName =~ \"x\"\n| extend decree_array_1 = TargetResources\n| extend decree_length_1 = coalesce(array_length(decree_array_1), 0)\n" +
		"| mv-apply decree_element_1 = iff(decree_length_1 > 0, decree_array_1, dynamic([null])) to typeof(dynamic) on (\n  summarize decree_count_1 = countif(tostring(decree_element_1.type) =~ \"User\")\n)\n"
	for selector, asks := range map[string]string{
		"any":          "decree_length_1 > 0 and decree_count_1 > 0",
		"all":          "decree_length_1 > 0 and decree_count_1 == decree_length_1",
		"none":         "decree_length_1 == 0 or decree_count_1 == 0",
		"all_or_empty": "decree_length_1 == 0 or decree_count_1 == decree_length_1",
	} {
		assert.Equal(t, counted+"| where "+asks+"\n| project-away decree_array_1, decree_length_1, decree_count_1\n", compile("    'TargetResources["+selector+"]': {type: User}\n"))
	}
	for items, want := range map[string]string{
		"    'TargetResources[0].type': User\n":                      `coalesce(array_length(TargetResources), 0) > 0 and tostring(TargetResources[0].type) =~ "User"`,
		"    'TargetResources[-2]|contains': a\n":                    `coalesce(array_length(TargetResources), 0) > 1 and tostring(TargetResources[-2]) contains "a"`,
		"    'TargetResources[1].changes[0]': {'odd name|gte': 5}\n": `coalesce(array_length(TargetResources), 0) > 1 and coalesce(array_length(TargetResources[1].changes), 0) > 0 and toreal(tostring(TargetResources[1].changes[0]["odd name"])) >= 5`,
	} {
		assert.Contains(t, strings.ReplaceAll(compile(items), "\n| where ", " and "), want)
	}
	assert.Contains(t, compile("    'TargetResources[any].changes[all]': {a: null}\n"), `on (
  extend decree_array_2 = decree_element_1.changes
  | extend decree_length_2 = coalesce(array_length(decree_array_2), 0)
  | mv-apply decree_element_2 = iff(decree_length_2 > 0, decree_array_2, dynamic([null])) to typeof(dynamic) on (
    summarize decree_count_2 = countif(isempty(tostring(decree_element_2.a)))
  )
  | summarize decree_count_1 = countif(decree_length_2 > 0 and decree_count_2 == decree_length_2)
)
`)
}

// TestEmptyTextsOfOtherModels: a model that tells an empty text from a missing one is not of KQL, and the query says
// so.
func TestEmptyTextsOfOtherModels(t *testing.T) {
	m := &schema.Model{Name: "m", Time: []string{"t"}, Sources: []schema.Source{{Name: "s", Table: "T", Category: "process_creation", Product: "windows", Fields: map[string]schema.Column{"A": {Name: "a"}}}}}
	for condition, want := range map[string]string{"a: {A: ''}": "false-positives", "a: {A: null}": "false-positives", "a: {A|exists: true}": "false-negatives", "a: {A|exists: false}": "false-positives"} {
		for _, not := range []bool{false, true} {
			r := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\ndetection:\n  "+condition+"\n  condition: "+map[bool]string{false: "a", true: "not a"}[not]+"\n")
			for _, of := range []bool{false, true} {
				m.EmptyIsMissing = of
				q, found := New().Compile(r, compilers.Options{Model: m})
				require.Empty(t, found)
				require.Len(t, q.Notes, 1)
				effect := want
				switch {
				case of:
					effect = "exact"
				case not:
					effect = map[string]string{"false-positives": "false-negatives", "false-negatives": "false-positives"}[want]
				}
				assert.Equal(t, "empty-is-missing "+effect, q.Notes[0].Code+" "+q.Notes[0].Effect, condition)
			}
		}
	}
}

// TestBitsOfAColumnWithFractions: Kusto's function takes whole numbers only.
func TestBitsOfAColumnWithFractions(t *testing.T) {
	r := lowered.Rule(t, "logsource: {product: onelogin, service: onelogin.events}\ndetection: {s: {event_type_id|bits: 4}, condition: s}\n")
	q, found := New().Compile(r, compilers.Options{Model: lowered.Model(t, "sentinel")})
	require.NotNil(t, q, "%v", found)
	assert.Contains(t, q.Text, "binary_and(tolong(EventTypeId), 4) == 4")
}

// TestWholeNumbers: a text is one to the query if it is one to the engine.
func TestWholeNumbers(t *testing.T) {
	for _, text := range []string{"7", "-7", "7.5", "", "x", "0x", "0x1f", "0XFF", "0x7FFFFFFFFFFFFFFF", "0x0007fffffffffffffff", "0x8000000000000000", "0xFFFFFFFFFFFFFFFF", "0x10000000000000000"} {
		_, ok := ir.ParseBits(text)
		assert.Equal(t, ok, regexp.MustCompile(integer).MatchString(text), text)
	}
}
