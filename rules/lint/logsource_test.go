package lint

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/diag"
)

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
