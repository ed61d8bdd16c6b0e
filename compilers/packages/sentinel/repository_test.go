package sentinel_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/rules/attack"
)

// repositoryForm is what the repository's own checks read of a rule: ScheduledTemplateInternalModel.cs and the models
// that it extends.
type repositoryForm struct {
	ID          string            `yaml:"id"`
	Kind        string            `yaml:"kind"`
	Name        string            `yaml:"name"`
	Description string            `yaml:"description"`
	Severity    string            `yaml:"severity"`
	Connectors  *[]connector      `yaml:"requiredDataConnectors"`
	Frequency   string            `yaml:"queryFrequency"`
	Period      string            `yaml:"queryPeriod"`
	Operator    string            `yaml:"triggerOperator"`
	Threshold   *int              `yaml:"triggerThreshold"`
	Tactics     []string          `yaml:"tactics"`
	Techniques  []string          `yaml:"relevantTechniques"`
	Query       string            `yaml:"query"`
	Entities    *[]entity         `yaml:"entityMappings"`
	Details     map[string]string `yaml:"customDetails"`
	Override    struct {
		Title       string `yaml:"alertDisplayNameFormat"`
		Description string `yaml:"alertDescriptionFormat"`
	} `yaml:"alertDetailsOverride"`
	Grouping *struct {
		Kind string `yaml:"aggregationKind"`
	} `yaml:"eventGroupingSettings"`
	Version string `yaml:"version"`
}

type connector struct {
	ID    string   `yaml:"connectorId"`
	Types []string `yaml:"dataTypes"`
}

type entity struct {
	Type   string `yaml:"entityType"`
	Fields []struct {
		Identifier string `yaml:"identifier"`
		Column     string `yaml:"columnName"`
	} `yaml:"fieldMappings"`
}

// strongIdentifiers are those of which a mapping needs one, all of a group: EntityMappingIdentifiers.cs.
var strongIdentifiers = map[string][]string{
	"Account": {"FullName", "Sid", "Name", "AadUserId", "PUID", "ObjectGuid"}, "Host": {"FullName", "HostName", "NetBiosName", "AzureID", "OMSAgentID"},
	"IP": {"Address"}, "File": {"Name"}, "FileHash": {"Algorithm Value"}, "Process": {"CommandLine", "ProcessId"}, "RegistryKey": {"Key", "Hive"},
	"RegistryValue": {"Name"}, "URL": {"Url"}, "DNS": {"DomainName"}, "Mailbox": {"MailboxPrimaryAddress"}, "Malware": {"Name"}, "AzureResource": {"ResourceId"},
	"CloudApplication": {"AppId", "Name"}, "SecurityGroup": {"DistinguishedName", "SID", "ObjectGuid"}, "IoTDevice": {"DeviceId"},
	"MailCluster": {"Query", "Source"}, "MailMessage": {"NetworkMessageId", "Recipient"}, "SubmissionMail": {"SubmissionId", "NetworkMessageId", "Recipient", "Submitter"},
}

var (
	uuidForm    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	versionForm = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	keyForm     = regexp.MustCompile(`^[a-zA-Z]+\w*$`)
	valueForm   = regexp.MustCompile(`^[a-zA-Z_]+\w*$`)
	idForm      = regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	lengthForm  = regexp.MustCompile(`^(\d+)([mhd])$`)
	placeholder = regexp.MustCompile(`\{\{(.*?)\}\}`)
)

var tacticNames = []string{"InitialAccess", "Execution", "Persistence", "PrivilegeEscalation", "DefenseEvasion", "CredentialAccess", "Discovery", "LateralMovement", "Collection",
	"Exfiltration", "CommandAndControl", "Impact", "Reconnaissance", "ResourceDevelopment", "ImpairProcessControl", "InhibitResponseFunction"}

// violations are the fields of a rule that the repository's checks refuse. The connectors' ids are in a list that
// changes weekly and is not checked.
func violations(text string) []string {
	var r repositoryForm
	if err := yaml.Unmarshal([]byte(text), &r); err != nil {
		return []string{"yaml: " + err.Error()}
	}
	var out []string
	ask := func(holds bool, field string) {
		if !holds && !slices.Contains(out, field) {
			out = append(out, field)
		}
	}
	long := utf8.RuneCountInString
	ask(uuidForm.MatchString(r.ID), "id")
	ask(r.Kind == "Scheduled" || r.Kind == "NRT", "kind")
	ask(r.Name != "" && long(r.Name) <= 256, "name")
	ask(r.Description != "" && long(r.Description) <= 5000, "description")
	ask(slices.Contains([]string{"Informational", "Low", "Medium", "High"}, r.Severity), "severity")
	ask(r.Connectors != nil, "requiredDataConnectors")
	if r.Connectors != nil {
		for _, c := range *r.Connectors {
			ask(c.ID != "" && len(c.Types) > 0, "requiredDataConnectors")
		}
	}
	ask(long(r.Query) >= 1 && long(r.Query) <= 10000, "query")
	if r.Kind == "Scheduled" {
		every, period := length(r.Frequency), length(r.Period)
		within := func(d time.Duration) bool { return d >= 5*time.Minute && d <= 14*24*time.Hour }
		ask(within(every), "queryFrequency")
		ask(within(period) && period >= every, "queryPeriod")
		ask(period < 48*time.Hour || every >= time.Hour, "queryFrequency")
		ask(slices.Contains([]string{"gt", "lt", "eq", "ne", "GreaterThan", "LessThan", "Equal", "NotEqual"}, r.Operator), "triggerOperator")
		ask(r.Threshold != nil && *r.Threshold >= 0 && *r.Threshold <= 10000, "triggerThreshold")
	} else {
		ask(r.Frequency+r.Period+r.Operator == "" && r.Threshold == nil, "queryFrequency")
	}
	for _, name := range r.Tactics {
		ask(slices.Contains(tacticNames, name), "tactics")
	}
	for _, id := range r.Techniques {
		ask(idForm.MatchString(id), "relevantTechniques")
		parent, _, _ := strings.Cut(id, ".")
		technique, known := attack.TechniqueOf(parent)
		ask(known, "relevantTechniques")
		for _, slug := range technique.Tactics {
			tactic, _ := attack.TacticOf(slug)
			name := strings.ReplaceAll(strings.ReplaceAll(tactic.Name, " and ", "And"), " ", "")
			ask(slices.Contains(r.Tactics, name), "relevantTechniques")
		}
	}
	if r.Entities != nil {
		ask(len(*r.Entities) >= 1 && len(*r.Entities) <= 10, "entityMappings")
		for _, e := range *r.Entities {
			ask(len(e.Fields) >= 1 && len(e.Fields) <= 3, "entityMappings")
			strong, known := strongIdentifiers[e.Type]
			ask(known, "entityMappings")
			has := func(id string) bool {
				return slices.ContainsFunc(e.Fields, func(f struct {
					Identifier string `yaml:"identifier"`
					Column     string `yaml:"columnName"`
				}) bool {
					return f.Identifier == id && f.Column != ""
				})
			}
			ask(slices.ContainsFunc(strong, func(group string) bool {
				return !slices.ContainsFunc(strings.Fields(group), func(id string) bool { return !has(id) })
			}), "entityMappings")
		}
	}
	ask(len(r.Details) <= 20, "customDetails")
	for key, column := range r.Details {
		ask(keyForm.MatchString(key) && len(key) <= 20 && valueForm.MatchString(column) && len(column) <= 500, "customDetails")
	}
	ask(long(r.Override.Title) <= 256 && long(r.Override.Description) <= 5000, "alertDetailsOverride")
	for _, text := range []string{r.Override.Title, r.Override.Description} {
		ask(len(placeholder.FindAllString(text, -1)) <= 3, "alertDetailsOverride")
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			ask(valueForm.MatchString(m[1]), "alertDetailsOverride")
		}
	}
	if r.Grouping != nil {
		ask(r.Grouping.Kind == "SingleAlert" || r.Grouping.Kind == "AlertPerResult", "eventGroupingSettings")
	}
	ask(versionForm.MatchString(r.Version) && len(r.Version) <= 20, "version")
	return out
}

func length(text string) time.Duration {
	m := lengthForm.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	var n int
	fmt.Sscan(m[1], &n)
	return time.Duration(n) * map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[m[2]]
}

const minimal = `id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10
kind: Scheduled
name: N
description: D
severity: Low
requiredDataConnectors: []
queryFrequency: 1h
queryPeriod: 2h
triggerOperator: gt
triggerThreshold: 0
query: SecurityEvent
entityMappings: [{entityType: Host, fieldMappings: [{identifier: FullName, columnName: Computer}]}]
version: 1.0.0
`

// with replaces fields of the minimal rule.
func with(t *testing.T, text string) string { return over(t, minimal, text) }

// over replaces keys of a document; a key without a value is removed.
func over(t *testing.T, base, text string) string {
	t.Helper()
	under, over := map[string]any{}, map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(base), &under))
	require.NoError(t, yaml.Unmarshal([]byte(text), &over))
	for key, v := range over {
		if under[key] = v; v == nil {
			delete(under, key)
		}
	}
	out, err := yaml.Marshal(under)
	require.NoError(t, err)
	return string(out)
}

func mappings(n int) string {
	one := "{entityType: Host, fieldMappings: [{identifier: FullName, columnName: Computer}]}"
	return "entityMappings: [" + strings.TrimSuffix(strings.Repeat(one+", ", n), ", ") + "]"
}

func details(n int) string {
	var b strings.Builder
	b.WriteString("customDetails: {")
	for i := range n {
		fmt.Fprintf(&b, "K%d: c, ", i)
	}
	return b.String() + "}"
}

// TestRepositoryChecks holds the checks themselves to what is known of the repository's: each row with what passes, and
// what does not.
func TestRepositoryChecks(t *testing.T) {
	require.Empty(t, violations(minimal))
	for _, c := range []struct{ field, good, bad string }{
		{"id", "id: 0A3A5A1E-8c7a-4a55-9f0a-0d3f1f3f5b10", "id: one"},
		{"id", "id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b11", "id:"},
		{"kind", "kind: Scheduled", "kind: scheduled"},
		{"name", "name: " + strings.Repeat("n", 256), "name: " + strings.Repeat("n", 257)},
		{"name", "name: n", "name:"},
		{"description", "description: " + strings.Repeat("d", 5000), "description: " + strings.Repeat("d", 5001)},
		{"severity", "severity: Informational", "severity: Critical"},
		{"requiredDataConnectors", "requiredDataConnectors: [{connectorId: SecurityEvents, dataTypes: [SecurityEvent]}]", "requiredDataConnectors: [{connectorId: SecurityEvents}]"},
		{"requiredDataConnectors", "requiredDataConnectors: []", "requiredDataConnectors:"},
		{"queryFrequency", "queryFrequency: 5m", "queryFrequency: 4m"},
		{"queryFrequency", "{queryFrequency: 14d, queryPeriod: 14d}", "{queryFrequency: 15d, queryPeriod: 14d}"},
		{"queryPeriod", "queryPeriod: 1h", "queryPeriod: 30m"},
		{"queryPeriod", "queryPeriod: 14d", "queryPeriod: 15d"},
		{"queryFrequency", "{queryFrequency: 1h, queryPeriod: 2d}", "{queryFrequency: 30m, queryPeriod: 2d}"},
		{"queryFrequency", "{queryFrequency: 30m, queryPeriod: 47h}", "{queryFrequency: 59m, queryPeriod: 48h}"},
		{"queryFrequency", "{kind: NRT, queryFrequency: , queryPeriod: , triggerOperator: , triggerThreshold: }", "{kind: NRT}"},
		{"triggerOperator", "triggerOperator: GreaterThan", "triggerOperator: '>'"},
		{"triggerThreshold", "triggerThreshold: 10000", "triggerThreshold: 10001"},
		{"triggerThreshold", "triggerThreshold: 0", "triggerThreshold:"},
		{"tactics", "tactics: [CommandAndControl, ImpairProcessControl]", "tactics: [Command and Control]"},
		{"tactics", "tactics: [DefenseEvasion]", "tactics: [Stealth]"},
		{"tactics", "tactics: [ResourceDevelopment]", "tactics: [DefenseImpairment]"},
		{"relevantTechniques", "{tactics: [Execution], relevantTechniques: [T1059.001]}", "{tactics: [Execution], relevantTechniques: [T1059-001]}"},
		{"relevantTechniques", "{tactics: [Execution, Persistence, PrivilegeEscalation], relevantTechniques: [T1053.005]}", "{tactics: [Execution, Persistence], relevantTechniques: [T1053.005]}"},
		{"relevantTechniques", "{tactics: [Execution], relevantTechniques: [T1059]}", "relevantTechniques: [T1059]"},
		{"query", "query: " + strings.Repeat("q", 10000), "query: " + strings.Repeat("q", 10001)},
		{"query", "query: q", "query: ''"},
		{"entityMappings", mappings(10), mappings(11)},
		{"entityMappings", "entityMappings:", "entityMappings: []"},
		{"entityMappings", "entityMappings: [{entityType: IP, fieldMappings: [{identifier: Address, columnName: c}]}]", "entityMappings: [{entityType: Ip, fieldMappings: [{identifier: Address, columnName: c}]}]"},
		{"entityMappings", "entityMappings: [{entityType: Account, fieldMappings: [{identifier: Name, columnName: c}, {identifier: NTDomain, columnName: d}]}]", "entityMappings: [{entityType: Account, fieldMappings: [{identifier: NTDomain, columnName: d}]}]"},
		{"entityMappings", "entityMappings: [{entityType: FileHash, fieldMappings: [{identifier: Algorithm, columnName: a}, {identifier: Value, columnName: v}]}]", "entityMappings: [{entityType: FileHash, fieldMappings: [{identifier: Value, columnName: v}]}]"},
		{"entityMappings", "entityMappings: [{entityType: Process, fieldMappings: [{identifier: ProcessId, columnName: p}]}]", "entityMappings: [{entityType: Process, fieldMappings: [{identifier: CreationTimeUtc, columnName: p}]}]"},
		{"entityMappings", "entityMappings: [{entityType: File, fieldMappings: [{identifier: Name, columnName: f}]}]", "entityMappings: [{entityType: File, fieldMappings: [{identifier: Directory, columnName: f}]}]"},
		{"entityMappings", "entityMappings: [{entityType: RegistryKey, fieldMappings: [{identifier: Hive, columnName: h}]}]", "entityMappings: [{entityType: RegistryValue, fieldMappings: [{identifier: Value, columnName: h}]}]"},
		{"entityMappings", "entityMappings: [{entityType: URL, fieldMappings: [{identifier: Url, columnName: u}]}]", "entityMappings: [{entityType: DNS, fieldMappings: [{identifier: Url, columnName: u}]}]"},
		{"entityMappings", "entityMappings: [{entityType: Host, fieldMappings: [{identifier: HostName, columnName: h}, {identifier: NTDomain, columnName: d}, {identifier: OSFamily, columnName: o}]}]",
			"entityMappings: [{entityType: Host, fieldMappings: [{identifier: HostName, columnName: h}, {identifier: NTDomain, columnName: d}, {identifier: OSFamily, columnName: o}, {identifier: OSVersion, columnName: v}]}]"},
		{"customDetails", details(20), details(21)},
		{"customDetails", "customDetails: {Abcdefghij0123456789: c}", "customDetails: {Abcdefghij01234567890: c}"},
		{"customDetails", "customDetails: {K_1: _c}", "customDetails: {1K: c}"},
		{"customDetails", "customDetails: {K: " + strings.Repeat("c", 500) + "}", "customDetails: {K: " + strings.Repeat("c", 501) + "}"},
		{"customDetails", "customDetails: {K: c}", "customDetails: {K: 'a b'}"},
		{"alertDetailsOverride", "alertDetailsOverride: {alertDisplayNameFormat: '{{a}} {{b}} {{c}}'}", "alertDetailsOverride: {alertDisplayNameFormat: '{{a}} {{b}} {{c}} {{d}}'}"},
		{"alertDetailsOverride", "alertDetailsOverride: {alertDisplayNameFormat: " + strings.Repeat("t", 256) + "}", "alertDetailsOverride: {alertDisplayNameFormat: " + strings.Repeat("t", 257) + "}"},
		{"alertDetailsOverride", "alertDetailsOverride: {alertDescriptionFormat: " + strings.Repeat("t", 5000) + "}", "alertDetailsOverride: {alertDescriptionFormat: " + strings.Repeat("t", 5001) + "}"},
		{"eventGroupingSettings", "eventGroupingSettings: {aggregationKind: SingleAlert}", "eventGroupingSettings: {aggregationKind: PerResult}"},
		{"version", "version: 1.20.300", "version: '1.0'"},
		{"version", "version: 1234567.123456.12345", "version: 1234567.123456.123456"},
	} {
		assert.Empty(t, violations(with(t, c.good)), c.good)
		assert.Contains(t, violations(with(t, c.bad)), c.field, c.bad)
	}
}
