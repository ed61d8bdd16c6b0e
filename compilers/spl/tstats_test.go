package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
)

// accelerated compiles a detection for Splunk's data models.
func accelerated(t *testing.T, logsource, detection string) (*compilers.Query, diag.Diagnostics) {
	t.Helper()
	m := lowered.Model(t, "cim")
	r := lowered.Rule(t, "logsource: "+logsource+"\ndetection:\n"+detection)
	return New().Compile(r, compilers.Options{Model: m})
}

// TestDataModels pins which part of a rule tstats is asked, in the fields and the words of the data model, and which
// part the rows that it gives. "Registry field names and values are translated, not only renamed."
func TestDataModels(t *testing.T) {
	const process, registry = "{category: process_creation, product: windows}", "{category: registry_set, product: windows}"
	const md5 = "0123456789abcdef0123456789abcdef"
	for _, c := range []struct{ name, logsource, detection, where, after string }{
		{"text is asked of tstats, its dataset before the field", process, `{Image|endswith: '\cmd.exe', CommandLine|contains: [a, b]}`,
			`Processes.process_path="*\\cmd.exe" Processes.process IN ("*a*", "*b*")`, ``},
		{"what the event carries of the parent too", process, `{ParentImage|endswith: '\sqlservr.exe'}`, `Processes.parent_process_path="*\\sqlservr.exe"`, ``},
		{"an expression is asked of the rows, where unknown is null", process, `{Image|endswith: '\cmd.exe', CommandLine|re: 'a.b'}`, `Processes.process_path="*\\cmd.exe"`,
			`eval process=if(in(process, "", "unknown"), null(), process) | where isnotnull(mvfind(process, "a.b"))`},
		{"case too", process, `{CommandLine|contains|cased: A}`, ``,
			`eval process=if(in(process, "", "unknown"), null(), process) | where isnotnull(mvfind(process, "A"))`},
		{"and numbers", process, `{ProcessId|gt: 4}`, ``, `eval process_id=if(in(process_id, "", "unknown"), null(), process_id) | where isnotnull(mvfilter(tonumber(process_id)>4))`},
		{"a field that is missing says unknown", process, `{CommandLine: null}`, ``, `eval process=if(in(process, "", "unknown"), null(), process) | where isnull(process)`},
		{"and so does an empty one", process, `{CommandLine: ''}`, ``,
			`eval process=if(in(process, "", "unknown"), null(), process) | where isnull(process) OR isnotnull(mvfind(process, "(?i)\\A\\z"))`},
		{"what the word unknown would pass is asked of the rows", process, `{CommandLine|endswith: N}`, ``,
			`eval process=if(in(process, "", "unknown"), null(), process) | where isnotnull(mvfind(process, "(?i)N\\z"))`},
		{"one of several hashes", process, `{Hashes|contains: 'IMPHASH=` + md5 + `'}`, `Processes.process_hash="*` + md5 + `*"`, ``},
		{"a path of the registry as Sysmon and as others write it", registry, `{TargetObject|startswith: 'HKLM\a', Details: DWORD (0x00000001)}`,
			`Registry.action="modified" (Registry.registry_path="HKLM\\a*" OR Registry.registry_path="HKEY_LOCAL_MACHINE\\a*") Registry.registry_value_data="0x00000001"`, ``},
		{"words of the model", "{category: network_connection}", `{Initiated: 'true', Protocol: tcp}`, `All_Traffic.direction="outbound" All_Traffic.transport="tcp"`, ``},
		{"networks are asked of the rows", "{category: network_connection}", `{DestinationIp|cidr: 10.0.0.0/8}`, ``,
			`eval dest_ip=if(in(dest_ip, "", "unknown"), null(), dest_ip) | where isnotnull(mvfilter(cidrmatch("10.0.0.0/8", replace(dest_ip, "(?i)^::ffff:|%.*$", ""))))`},
		{"a dataset below another is its tag", "{category: proxy}", `{c-useragent: x}`, `Web.tag="proxy" Web.http_user_agent="x"`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, found := accelerated(t, c.logsource, "  s: "+c.detection+"\n  condition: s\n")
			require.NotNil(t, q, "%v", found)
			_, text, ok := strings.Cut(q.Text, "count from datamodel=")
			require.True(t, ok, q.Text)
			text, _, _ = strings.Cut(text, "``` Begin")
			command, after, _ := strings.Cut(text, "\n| rename ")
			before, _, ok := strings.Cut(command, "\n    by")
			require.True(t, ok, q.Text)
			_, where, _ := strings.Cut(before, "\n    where ")
			assert.Equal(t, c.where, where)
			_, after, _ = strings.Cut(strings.TrimSpace(after), "\n| ")
			assert.Equal(t, c.after, strings.ReplaceAll(after, "\n", " "))
		})
	}
}

// TestRowsOfADataModel pins that no event falls out of the rows: tstats drops those with a null in a field that it
// groups by, unless it is told a value for them.
func TestRowsOfADataModel(t *testing.T) {
	q, found := accelerated(t, "{category: dns}", "  s: {query|contains: x}\n  condition: s\n")
	require.NotNil(t, q, "%v", found)
	assert.Equal(t, "``` T ```\n"+`| tstats summariesonly=false fillnull_value="unknown" count from datamodel=Network_Resolution.DNS
    where DNS.query="*x*"
    by _time, DNS.dest, DNS.query, DNS.record_type, DNS.reply_code, DNS.src span=1s
| rename DNS.* AS *
`+"``` Begin environment-specific filter. ```\n``` End environment-specific filter. ```\n", q.Text)
}

// TestWhatADataModelCannotSay holds refusals to their codes.
func TestWhatADataModelCannotSay(t *testing.T) {
	const process, md5 = "{category: process_creation, product: windows}", "0123456789abcdef0123456789abcdef"
	for _, c := range []struct{ name, detection, code string }{
		{"the whole event", "  s: [x]\n  condition: s\n", "keywords"},
		{"several values below what tstats cannot say", "  s: {md5: " + md5 + "}\n  t: {CommandLine|re: a}\n  condition: not (s or t)\n", "data-model-values"},
		{"a domain, which is cut off", "  s: {User|contains: AUTHORI}\n  condition: s\n", "no-translation"},
		{"fields of two processes", "  s: {CommandLine|fieldref|contains: ParentOriginalFileName}\n  condition: s\n", "deep-ancestor"},
		{"users without domains", "  s: {User|fieldref: ParentUser}\n  condition: s\n", "no-translation"},
		{"a part of a hash", "  s: {Hashes|contains: MD5=01}\n  condition: s\n", "no-translation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, found := accelerated(t, process, c.detection)
			require.Nil(t, q)
			require.NotEmpty(t, found)
			assert.Equal(t, c.code, found[0].Code)
			assert.NotEmpty(t, found[0].Hint)
		})
	}
}
