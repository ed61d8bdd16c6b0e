package lint

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/fixture"
)

// base is a rule in which nothing is found.
const base = `title: Whoami
id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10
status: test
description: Finds whoami.exe, which few people run.
author: Ada Lovelace
date: 2026-03-01
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\whoami.exe'}
  condition: selection
level: low
`

// file parses and lowers a rule; keys of the fragment replace those of the base.
func file(t *testing.T, name, fragment string) File {
	t.Helper()
	return parsed(t, name, []byte(over(t, base, fragment)))
}

// over lays top-level keys over others; one without a value is removed.
func over(t *testing.T, under, text string) string {
	t.Helper()
	merged, upper := map[string]yaml.Node{}, map[string]yaml.Node{}
	require.NoError(t, yaml.Unmarshal([]byte(under), &merged))
	require.NoError(t, yaml.Unmarshal([]byte(text), &upper))
	maps.Copy(merged, upper)
	maps.DeleteFunc(merged, func(_ string, v yaml.Node) bool { return v.Tag == "!!null" })
	data, err := yaml.Marshal(merged)
	require.NoError(t, err)
	return string(data)
}

func parsed(t *testing.T, name string, data []byte) File {
	t.Helper()
	rs, found := parse.Rules(name, data, nil)
	require.False(t, found.HasErrors(), "%v", found)
	f := File{Path: name, Data: data, Rules: rs}
	for _, r := range rs {
		lowered, found := ir.Lower(r)
		require.False(t, found.HasErrors(), "%v", found)
		f.Lowered = append(f.Lowered, lowered)
	}
	return f
}

func codesOf(found diag.Diagnostics) []string {
	var out []string
	for _, d := range found {
		out = append(out, d.Code)
	}
	return out
}

const (
	firstFile  = "proc_creation_win_whoami.yml"
	secondFile = "more/proc_creation_win_hostname.yml"
	secondRule = "title: Hostname\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b99\nname: hostname\ndetection: {selection: {Image|endswith: '\\hostname.exe'}, condition: selection}\n"
)

func TestNothingIsFoundInAGoodRule(t *testing.T) {
	assert.Empty(t, Run([]File{file(t, firstFile, ""), file(t, secondFile, secondRule)}))
}

// TestPages runs each page's examples: the check reports the bad one and not the good one.
func TestPages(t *testing.T) {
	for _, c := range Checks() {
		t.Run(c.Code, func(t *testing.T) {
			page, ok := pages()[c.Code]
			require.True(t, ok, "the check has a page")
			require.NotEmpty(t, page.Why)
			require.NotEmpty(t, page.Bad)
			example := func(text string) []File {
				switch page.Kind {
				case "file":
					return []File{file(t, text, "")}
				case "text":
					whole, found := parse.Documents(firstFile, []byte(text), nil)
					require.False(t, found.HasErrors(), "%v", found)
					_, found = parse.Link(whole.Rules, whole.Correlations)
					require.False(t, found.HasErrors(), "%v", found)
					return []File{{Path: firstFile, Rules: whole.Rules, Lowered: make([]*ir.Rule, len(whole.Rules)), Correlations: whole.Correlations}}
				case "rules":
					if name, ok := strings.CutPrefix(text, "file: "); ok {
						return []File{file(t, firstFile, ""), file(t, "more/"+name, secondRule)}
					}
					return []File{file(t, firstFile, text), file(t, secondFile, over(t, secondRule, text))}
				}
				return []File{file(t, firstFile, text)}
			}
			bad := Run(example(page.Bad))
			assert.Contains(t, codesOf(bad), c.Code)
			for _, d := range bad {
				if d.Code == c.Code {
					assert.Equal(t, c.Severity, d.Severity)
					assert.NotEmpty(t, d.Hint)
				}
			}
			if page.Kind != "rules" {
				assert.NotContains(t, codesOf(Run(example(page.Good))), c.Code)
			}
			text, err := Explain(c.Code)
			require.NoError(t, err)
			assert.Contains(t, text, page.Why)
		})
	}
	_, err := Explain("duplicate-tags")
	assert.ErrorContains(t, err, "did you mean duplicate-tag?")
}

// TestAmongIsAUse holds that the events among which a value is new or rare are used.
func TestAmongIsAUse(t *testing.T) {
	for _, section := range []string{"first_seen: {n: {fields: [host], over: 1d, among: s}}", "prevalence: {n: {field: sha1, among: s, local: {distinct: host, lte: 1}}}"} {
		f := file(t, firstFile, section+"\nlookback: 1d\ndetection: {s: {Image|endswith: '\\whoami.exe'}, condition: n}\n")
		assert.NotContains(t, codesOf(Run([]File{f})), "unused-selection", section)
	}
}

// TestPagesOfReading reads the examples of what no check reports but reading does.
func TestPagesOfReading(t *testing.T) {
	read := func(t *testing.T, page Page, text string) diag.Diagnostics {
		if page.Kind == "reading" {
			text = over(t, base, text)
		}
		rs, found := parse.Rules(firstFile, []byte(text), nil)
		f := File{Path: firstFile, Data: []byte(text), Rules: rs}
		for _, r := range rs {
			lowered, more := ir.Lower(r)
			found = append(found, more...)
			f.Lowered = append(f.Lowered, lowered)
		}
		if !found.HasErrors() {
			found = append(found, Run([]File{f})...)
		}
		return found
	}
	count := 0
	for _, page := range Pages() {
		if slices.Contains(codes(), page.Code) {
			continue
		}
		t.Run(page.Code, func(t *testing.T) {
			count++
			require.NotEmpty(t, page.Why)
			require.NotEmpty(t, page.Bad)
			if page.Kind == "described" {
				return
			}
			bad := read(t, page, page.Bad)
			i := slices.IndexFunc(bad, func(d diag.Diagnostic) bool { return d.Code == page.Code })
			require.GreaterOrEqual(t, i, 0, "%v", bad)
			assert.Equal(t, page.Severity, bad[i].Severity.String())
			require.NotEmpty(t, page.Good)
			good := read(t, page, page.Good)
			assert.NotContains(t, codesOf(good), page.Code)
			assert.False(t, good.HasErrors(), "%v", good)
			text, err := Explain(page.Code)
			require.NoError(t, err)
			assert.NotContains(t, text, "To accept it", "an error cannot be accepted")
		})
	}
	assert.Greater(t, count, 50)
}

// TestEveryCodeHasAPage finds the codes in the sources of what reads rules, data models, projects and tests, and of
// what runs the tests.
func TestEveryCodeHasAPage(t *testing.T) {
	said := regexp.MustCompile(`(?:[Ee]rrorf|[Ww]arnf|Infof|Fixable|fail|OneOf|Word|Whole)\("([a-z]+(?:-[a-z]+)+)"|Code: "([a-z-]+)"`)
	count := 0
	for _, pattern := range []string{"../source/*.go", "../parse/*.go", "../ir/*.go", "*.go", "../../engine/regression/*.go", "../../engine/correlate/*.go", "../schema/*.go",
		"../../cmd/decree/internal/assessment/*.go", "../../cmd/decree/internal/project/*.go", "../../cmd/decree/internal/ruletests/*.go"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			data, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, m := range said.FindAllStringSubmatch(string(data), -1) {
				count++
				assert.NotEmpty(t, Why(m[1]+m[2]), "%s reports %s", name, m[1]+m[2])
			}
		}
	}
	assert.Greater(t, count, 100)
}

func TestIgnoring(t *testing.T) {
	bad := "tags: [attack.t1059, attack.t1059]"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"nothing ignored", base + bad + "\n", []string{"duplicate-tag"}},
		{"behind the line", base + bad + " # decree:ignore duplicate-tag both are meant\n", nil},
		{"above the line", base + " # decree:ignore duplicate-tag both are meant\n" + bad + "\n", nil},
		{"for the file", "# decree:ignore duplicate-tag both are meant\n" + base + bad + "\n", nil},
		{"somewhere else", base[:7] + "Whoami # decree:ignore duplicate-tag both are meant\n" + base[14:] + bad + "\n", []string{"invalid-ignore", "duplicate-tag"}},
		{"another code", base + bad + " # decree:ignore duplicate-reference both are meant\n", []string{"duplicate-tag", "invalid-ignore"}},
		{"an unknown code", base + bad + " # decree:ignore duplicated-tag both are meant\n", []string{"duplicate-tag", "invalid-ignore"}},
		{"no reason", base + bad + " # decree:ignore duplicate-tag\n", []string{"invalid-ignore"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, codesOf(Run([]File{parsed(t, firstFile, []byte(c.text))})))
		})
	}
}

// TestWhatRulesOfAFileShare is found once: the name of the file, and what they have from action: global.
func TestWhatRulesOfAFileShare(t *testing.T) {
	text := "action: global\n" + base + "tags: [attack.t1059, attack.t1059]\n"
	for _, name := range []string{"who", "what"} {
		text += "---\nname: " + name + "\nlogsource: {category: process_creation, product: windows}\ndetection: {s: {CommandLine: " + name + "}, condition: s}\n"
	}
	f := parsed(t, "a.yml", []byte(text))
	require.Len(t, f.Rules, 2)
	var got []string
	for _, d := range Run([]File{f}) {
		if d.Code == "filename-length" || d.Code == "duplicate-tag" {
			got = append(got, d.Code)
		}
	}
	assert.Equal(t, []string{"filename-length", "duplicate-tag"}, got)
}

// TestPublicRules keeps the checks quiet on rules that many have reviewed: a check that reports one in
// twenty of them is wrong more often than they are.
func TestPublicRules(t *testing.T) {
	folder, err := source.OpenFolder(fixture.Corpus(t, "sigmahq", "rules"))
	require.NoError(t, err)
	names, _, err := parse.RuleFiles(folder, ".")
	require.NoError(t, err)
	var files []File
	for _, name := range names {
		data, err := folder.Read(name)
		require.NoError(t, err)
		files = append(files, parsed(t, name, data))
	}
	byCode := map[string]map[string]bool{}
	for _, d := range Run(files) {
		if byCode[d.Code] == nil {
			byCode[d.Code] = map[string]bool{}
		}
		byCode[d.Code][d.Range.File] = true
	}
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		t.Logf("%4d rules: %s", len(byCode[code]), code)
		assert.Less(t, 20*len(byCode[code]), len(files), code)
	}
}

// TestTagsOfTheSpecification are examples of the specification's page of tags, one of which has capitals.
func TestTagsOfTheSpecification(t *testing.T) {
	assert.Empty(t, Run([]File{file(t, firstFile, "tags: [attack.t1059, car.2016-04-005, cve.2021-44228, d3fend.d3-am, d3fend.d3f-WindowsNtOpenFile, detection.threat-hunting, stp.3k, tlp.amber]"), file(t, secondFile, secondRule)}))
}

// TestOneFindingForAMisspeltField also where another field is compared with it.
func TestOneFindingForAMisspeltField(t *testing.T) {
	for item, want := range map[string][]string{
		"CommandLien|contains: x":            {"absent-field"},
		"Image|fieldref: ParentImgae":        {"absent-field"},
		"Image|fieldref: parentimage":        {"unknown-field"},
		"Image|fieldref: ParentImage":        nil,
		"Image|fieldref|endswith: ParentImg": {"absent-field"},
	} {
		assert.Equal(t, want, codesOf(Run([]File{file(t, firstFile, "detection: {selection: {"+item+"}, condition: selection}"), file(t, secondFile, secondRule)})), item)
	}
}

// TestPrefixesThatNoLogWrites are those of hives, which Sysmon and the Security log write in their own ways.
func TestPrefixesThatNoLogWrites(t *testing.T) {
	for fragment, want := range map[string][]string{
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {TargetObject|startswith: 'HKCU\\Software\\'}, condition: selection}":                   {"unwritten-prefix"},
		"logsource: {product: windows, category: registry_event}\ndetection: {selection: {TargetObject: ['HKLM\\a', 'hkey_local_machine\\b*']}, condition: selection}":         {"unwritten-prefix"},
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {Image: x}, filter: {TargetObject: 'HKCU\\a'}, condition: selection and not filter}":    {"unwritten-prefix"},
		"logsource: {product: windows, service: security}\ndetection: {selection: {EventID: 4657, ObjectName|startswith: 'HKLM\\'}, condition: selection}":                     {"unwritten-prefix"},
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {TargetObject|startswith: ['HKLM\\a', 'HKU\\']}, condition: selection}":                 nil,
		"logsource: {product: windows, category: registry_set}\ndetection: {selection: {TargetObject|contains: 'HKCU\\', Details|startswith: 'HKCU\\'}, condition: selection}": nil,
		"logsource: {product: windows, category: process_creation}\ndetection: {selection: {CommandLine|startswith: 'HKCU\\'}, condition: selection}":                          nil,
	} {
		assert.Equal(t, want, codesOf(Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})), fragment)
	}
}

// TestTagsWithoutANamespace have one finding, which knows what ATT&CK has ids for.
func TestTagsWithoutANamespace(t *testing.T) {
	for tag, want := range map[string][2]string{
		"t1059.003":         {"misspelt-tag-namespace", "write `attack.t1059.003`"},
		"t1059":             {"invalid-tag", "write `attack.t1059`"},
		"execution":         {"invalid-tag", "write `attack.execution`"},
		"sec":               {"invalid-tag", "write `namespace.name` in lower case, such as attack.t1059"},
		"ta0002":            {"invalid-tag", "write `attack.execution`"},
		"ta0005":            {"invalid-tag", "write `attack.stealth` or `attack.defense-impairment`"},
		"ds0022":            {"invalid-tag", "write `attack.ds0022`"},
		"s0002":             {"invalid-tag", "write `attack.s0002`"},
		"attack.ta0002":     {"attack-tactic-id", "write `attack.execution`"},
		"detection.ds0022":  {"invalid-detection-tag", "write `attack.ds0022`"},
		"detection.ta0002":  {"invalid-detection-tag", "write `attack.execution`"},
		"detection.hunting": {"invalid-detection-tag", "one of dfir, emerging-threats, threat-hunting"},
		"mitre.ds0022":      {"misspelt-tag-namespace", "write `attack.ds0022`"},
		"mitre.ta0002":      {"misspelt-tag-namespace", "write `attack.execution`"},
		"own.s1234":         {"unknown-tag-namespace", "keep it if it is your own; Sigma's are attack, car, cve, d3fend, detection, stp, tlp"},
	} {
		found := Run([]File{file(t, firstFile, "tags: ["+tag+"]"), file(t, secondFile, secondRule)})
		require.Len(t, found, 1, tag)
		assert.Equal(t, want, [2]string{found[0].Code, found[0].Hint}, tag)
	}
}

// TestTagsOfOthers are told from misspelt ones, and each namespace is reported once.
func TestTagsOfOthers(t *testing.T) {
	for tags, want := range map[string][]string{
		"wrg.observed, wrg.severity.high, dist.public": {"unknown-tag-namespace", "unknown-tag-namespace"},
		"atack.execution": {"misspelt-tag-namespace"},
		"mitre.t1059.001": {"misspelt-tag-namespace"},
		"attack.t0883":    nil,                    // industrial systems
		"attack.t1429":    {"unknown-attack-tag"}, // phones, and the rule is about Windows
	} {
		found := Run([]File{file(t, firstFile, "tags: ["+tags+"]"), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), tags)
	}
	assert.NotContains(t, codesOf(Run([]File{file(t, firstFile, "tags: [attack.t1429]\nlogsource: {product: android, service: apps}"), file(t, secondFile, secondRule)})), "unknown-attack-tag")
}

// TestHintsForUnknownLogSources name a known one that is made of the same words.
func TestHintsForUnknownLogSources(t *testing.T) {
	for source, want := range map[string]string{
		"product: windows, category: application":                 "did you mean {product: windows, service: application}?",
		"product: aws, category: cloudtrail, service: cloudtrail": "did you mean {product: aws, service: cloudtrail}?",
		"product: Entra ID, service: signinlogs":                  "did you mean {product: azure, service: signinlogs}?",
		"product: amazon, service: guardduty":                     "did you mean `product: aws`? It has {service: cloudtrail}",
		"product: windows, category: process_create":              "did you mean `category: process_creation`?",
		"category: proc_creation":                                 "did you mean `category: process_creation`?",
		"product: office365, service: teams":                      "did you mean `product: m365`? It has {service: audit}, {service: exchange}, {service: threat_detection}, {service: threat_management}",
		"product: network, service: dns":                          "did you mean {category: dns}?",
		"product: windows, service: firewall":                     "did you mean the service firewall-as?",
		"product: azure, service: audit":                          "did you mean the service auditlogs?",
		"product: gcp, service: audit":                            "did you mean the service gcp.audit?",
		"product: windows, category: process_creations":           "did you mean `category: process_creation`?",
		"product: mssql, category: application":                   "check its spelling; to run or compile the rule, map the log source in a model file",
		"product: zeek, service: sshd":                            "did you mean `service: ssh`?",
		"product: zeek, service: syslogd":                         "check its spelling; to run or compile the rule, map the log source in a model file",
		"product: windows, service: s":                            "check its spelling; to run or compile the rule, map the log source in a model file",
		"product: nginx":                                          "did you mean {service: nginx}?",
		"product: kubernetes, category: container":                "the product has {category: application, service: audit}, {service: audit}",
		"product: cisco, service: asa":                            "the product has {service: aaa}, {service: bgp}, {service: duo}, {service: ldp}", // three letters are no slip of others
		"product: dns":                                            "did you mean {category: dns}?",
		"product: webserver, category: web":                       "did you mean {category: webserver}?",
		"product: fortinet, category: firewall, service: gate":    "did you mean {category: firewall}?",
		"product: google_workspace, service: admin":               "did you mean {product: gcp, service: google_workspace.admin} or {product: gcp, service: google_workspace.login}?",
		"product: kubernetes_audit, service: audit_log":           "check its spelling; to run or compile the rule, map the log source in a model file", // no service of an unknown product
		"product: azur, service: signinlog":                       "did you mean `product: azure`?",
		"product: crm, service: orders":                           "check its spelling; to run or compile the rule, map the log source in a model file",
	} {
		found := Run([]File{file(t, firstFile, "logsource: {"+source+"}"), file(t, secondFile, secondRule)})
		require.NotEmpty(t, found, source)
		i := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "unknown-log-source" })
		require.GreaterOrEqual(t, i, 0, source)
		assert.Equal(t, want, found[i].Hint, source)
		assert.Contains(t, found[i].Message, "{"+source+"}")
	}
}

// TestEventsOfASensor are reported once in a rule, with the categories of all of them.
func TestEventsOfASensor(t *testing.T) {
	for ids, want := range map[string]string{
		"[19, 20, 21]": "write `category: wmi_event` instead of the service and the event id",
		"[11, 13]":     "write a rule for each of file_event, registry_set, or a list of log sources with these categories, which only decree knows",
		"[1, 16]":      "", // no category has the events of 16
	} {
		found := Run([]File{file(t, firstFile, "logsource: {product: windows, service: sysmon}\ndetection: {selection: {EventID: "+ids+"}, condition: selection}"), file(t, secondFile, secondRule)})
		var hints []string
		for _, d := range found {
			if d.Code == "specific-log-source" {
				hints = append(hints, d.Hint)
			}
		}
		if want == "" {
			assert.Empty(t, hints, ids)
			continue
		}
		assert.Equal(t, []string{want}, hints, ids)
	}
}

// TestQuotedNumbers are right where every model has a text.
func TestQuotedNumbers(t *testing.T) {
	for fragment, want := range map[string][]string{
		"detection: {selection: {IntegrityLevel: '4096'}, condition: selection}":                                                             nil,
		"logsource: {product: windows, category: network_connection}\ndetection: {selection: {DestinationPort: '80'}, condition: selection}": {"number-as-text"},
		"detection: {selection: {CommandLine: -'a b'}, condition: selection}":                                                                {"dash-without-space"},
		`detection: {selection: {CommandLine: "-'a b'"}, condition: selection}`:                                                              nil,
		"detection: {selection: {CommandLine: [-'a b', \"-'c'\"]}, condition: selection}":                                                    nil,
		"detection: {selection: {CommandLine|contains: '-\"a\" -\"b\"'}, condition: selection}":                                              nil,
		"detection: {selection: {'|re': 'by+tes>=5'}, condition: selection}":                                                                 nil,
		"detection: {selection: {UtcTime|day: [1.5, 32, 7]}, condition: selection}":                                                          {"time-part-out-of-range", "time-part-out-of-range"},
		"detection: {selection: [bytesTotal >= 524288000], condition: selection}":                                                            {"comparison-as-text"},
		"detection: {selection: {OriginalFileName: '\\?'}, condition: selection}":                                                            nil,
		"detection: {selection: {CommandLine|contains: [exec, EXEC]}, condition: selection}":                                                 {"duplicate-value"},
	} {
		found := Run([]File{file(t, firstFile, fragment), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), fragment)
	}
}

// TestDashesWithoutSpaces are told from texts that begin with a dash by their lines.
func TestDashesWithoutSpaces(t *testing.T) {
	for values, want := range map[string][]string{
		"-'a'\n      -\"b c\"":         {"dash-without-space"},
		"-enc\n      -nop":             {"dash-without-space"},
		"-enc a\n      b -nop":         nil,
		"-enc\n      - nop":            {"dash-without-space"},
		"\"-enc\n      -nop\"":         nil,
		"- -'a'\n      - -'b'":         nil,
		">-\n       -enc\n       -nop": nil,
	} {
		text := over(t, base, "detection:") + "detection:\n  selection:\n    CommandLine|contains:\n      " + values + "\n  condition: selection\n"
		found := Run([]File{parsed(t, firstFile, []byte(text)), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), values)
	}
}

// TestFieldsBelowListedOnes are the log's own, and a path that begins as a listed one is not a misspelling of it.
func TestFieldsBelowListedOnes(t *testing.T) {
	for fields, want := range map[string][]string{
		"requestParameters.roleArn":   nil,
		"requestParameters.usrName":   {"unknown-field"},
		"userIdentity.sessionContext": nil,
	} {
		found := Run([]File{file(t, firstFile, "logsource: {product: aws, service: cloudtrail}\ndetection: {selection: {eventName: AssumeRole}, condition: selection}\nfields: ["+fields+"]"), file(t, secondFile, secondRule)})
		assert.Equal(t, want, codesOf(found), fields)
	}
}

// TestFieldsOfOtherProducts are not absent where only sources of any product answer.
func TestFieldsOfOtherProducts(t *testing.T) {
	for _, source := range []string{"{product: oauth, category: authentication}", "{product: aws, category: file_access}"} {
		found := Run([]File{file(t, firstFile, "logsource: "+source+"\ndetection: {selection: {event_type: token_issued}, condition: selection}"), file(t, secondFile, secondRule)})
		assert.NotContains(t, codesOf(found), "absent-field", source)
	}
}

// TestPlacesInNames are reported with the two names that say what may be meant.
func TestPlacesInNames(t *testing.T) {
	found := Run([]File{file(t, firstFile, "logsource: {product: kubernetes, service: audit}\ndetection: {selection: {requestObject.spec.volumes.0.hostPath.path: /etc}, condition: selection}"), file(t, secondFile, secondRule)})
	require.Equal(t, []string{"list-index"}, codesOf(found))
	assert.Equal(t, "write `requestObject.spec.volumes.hostPath.path`, which any element satisfies; for one of them write `requestObject.spec.volumes[0].hostPath.path` with `sigma-version: 3`", found[0].Hint)
	for field, hint := range map[string]string{
		"a.0.b.12":                  "write `a.b`, which any element satisfies; for one of them write `a[0].b[12]` with `sigma-version: 3`",
		"attributes.1.2.840.113556": "", "tls.1.2.enabled": "",
	} {
		found := Run([]File{file(t, firstFile, "logsource: {product: kubernetes, service: audit}\ndetection: {selection: {"+field+": x}, condition: selection}"), file(t, secondFile, secondRule)})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "list-index" })
		assert.Equal(t, hint != "", at >= 0, field)
		if at >= 0 {
			assert.Equal(t, hint, found[at].Hint)
		}
	}
	found = Run([]File{file(t, firstFile, "logsource: {product: crm, service: orders}\ndetection: {selection: {item.0.price: 1}, condition: selection}"), file(t, secondFile, secondRule)})
	assert.NotContains(t, codesOf(found), "list-index", "no model knows what the log has")
}

// TestTextOfStructures: a test that needs a text of an object, or of a list of objects, is reported with what to test.
func TestTextOfStructures(t *testing.T) {
	for _, c := range []struct{ logsource, test, hint string }{
		{"{product: m365, service: exchange}", "Parameters|contains: ForwardTo", "test its elements with `sigma-version: 3`, as `Parameters[any]: {Name: …}`"},
		{"{product: aws, service: cloudtrail}", "requestParameters|re: '0\\.0'", "test a field in it, as `requestParameters.NAME`, or look for the value with a keyword"},
		{"{product: aws, service: cloudtrail}", "requestParameters.userName: a", ""},
		{"{product: aws, service: cloudtrail}", "requestParameters: '*'", ""},
		{"{product: aws, service: cloudtrail}", "requestParameters: null", ""},
		{"{product: m365, service: exchange}", "Parameters|exists: true", ""},
		{"{product: okta, service: okta}", "Parameters: a", ""},
	} {
		found := Run([]File{file(t, firstFile, "logsource: "+c.logsource+"\ndetection: {selection: {"+c.test+"}, condition: selection}"), file(t, secondFile, secondRule)})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "text-of-structure" })
		require.Equal(t, c.hint != "", at >= 0, c.test)
		if at >= 0 {
			assert.Equal(t, c.hint, found[at].Hint)
			assert.Regexp(t, "^events have (an object or )?a list of objects in ", found[at].Message)
		}
	}
}

// TestBlocksOfYAML: what a block has of line breaks is meant, but for the last one.
func TestBlocksOfYAML(t *testing.T) {
	for value, want := range map[string][]string{
		"|\n      net\n      time":   {"line-break-at-end"},
		"|-\n      net\n      time":  nil,
		">\n      net\n      time":   {"line-break-at-end"},
		">-\n      net\n      time":  nil,
		`"C:\ntds.dit"`:              {"line-break-in-path"},
		"['y', \"\\temp\\\\a.exe\"]": {"line-break-in-path"},
	} {
		rule := "detection:\n  selection:\n    CommandLine|contains: " + value + "\n  condition: selection"
		assert.Equal(t, want, codesOf(Run([]File{file(t, firstFile, rule), file(t, secondFile, secondRule)})), value)
	}
}

// TestLineBreaksAtTheEnd: the hint is one for what is written, a block or a text in quotes over several lines.
func TestLineBreaksAtTheEnd(t *testing.T) {
	for value, hint := range map[string]string{
		"|\n      net":           "write `|-` or `>-` in place of `|` or `>`",
		"\"net\n      time\\n\"": "write the text on one line, or without the line break at its end",
		"'net\n\n      '":        "write the text on one line, or without the line break at its end",
	} {
		rule := "detection:\n  selection:\n    CommandLine|contains: " + value + "\n  condition: selection"
		found := Run([]File{parsed(t, firstFile, []byte(over(t, base, "detection: null")+rule+"\n")), file(t, secondFile, secondRule)})
		require.Len(t, found, 1, value)
		assert.Equal(t, hint, found[0].Hint, value)
	}
}

// TestAbsentFields: a test of a field that no event has is told apart by what it asks.
func TestAbsentFields(t *testing.T) {
	for test, want := range map[string]string{
		"Nothing: null": "always holds", "Nothing|exists: false": "always holds", "Nothing|exists: true": "never matches", "Nothing: [null, a]": "never matches", "Nothing: ''": "never matches",
	} {
		found := Run([]File{file(t, firstFile, "detection: {selection: {Image: a, "+test+"}, condition: selection}"), file(t, secondFile, secondRule)})
		at := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Code == "absent-field" })
		require.GreaterOrEqual(t, at, 0, test)
		assert.Equal(t, `this log source has no field "Nothing": the test `+want, found[at].Message, test)
	}
}

// TestIDOfACorrelation: a rule and a correlation of one id are told, as a package cannot have both.
func TestIDOfACorrelation(t *testing.T) {
	const id = "0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10" // that of base
	whole, found := parse.Documents("c.yml", []byte("title: Often\nid: "+id+"\ncorrelation: {type: event_count, rules: [r], group-by: [User], timespan: 5m, condition: {gte: 3}}\n"), nil)
	require.Empty(t, found)
	require.Len(t, whole.Correlations, 1)
	var got []string
	for _, d := range Run([]File{file(t, firstFile, ""), {Path: "c.yml", Correlations: whole.Correlations}}) {
		if d.Code == "duplicate-id" {
			got = append(got, d.Error())
		}
	}
	require.Len(t, got, 1)
	assert.Contains(t, got[0], "c.yml:2:5: warning[duplicate-id]: the id "+id+" is also used by "+firstFile)
}

// TestRulesOfOneGlobal: what each rule has from `action: global` stands at one place, so the rules themselves are
// named.
func TestRulesOfOneGlobal(t *testing.T) {
	head, _, _ := strings.Cut(base, "logsource:")
	one := "---\nlogsource: {product: windows, category: process_creation}\nlevel: low\ndetection: {s: {Image: "
	text := "action: global\nname: who\n" + head + one + "a}, condition: s}\n" + one + "b}, condition: s}\n"
	var got []string
	for _, d := range Run([]File{parsed(t, "proc_whoami.yml", []byte(text))}) {
		got = append(got, d.Range.String()+" "+d.Code+" "+d.Message+": "+d.Hint)
	}
	assert.Equal(t, []string{
		"proc_whoami.yml:14:1 duplicate-id the id 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10 is also used by proc_whoami.yml:10:1: write `id` in each rule, not in `action: global`",
		"proc_whoami.yml:14:1 duplicate-title the title \"Whoami\" is also used by proc_whoami.yml:10:1: write `title` in each rule, not in `action: global`",
		"proc_whoami.yml:14:1 name-used-twice the name \"who\" is also used by proc_whoami.yml:10:1: write `name` in each rule, not in `action: global`",
	}, got)
}
