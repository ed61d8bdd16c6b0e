package route_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/document"
	"decree/tests/fixture/lowered"
)

// TestSignsTellProductsApart: the heaviest signs of an event decide, also where no rule reads the source that has them.
func TestSignsTellProductsApart(t *testing.T) {
	assertAsked(t, "cloud", []string{"aws_cloudtrail", "m365_audit", "azure_auditlogs", "azure_signinlogs"}, []asked{ // Okta's is read by none
		{`{"eventSource": "s", "eventName": "n", "userIdentity": {"type": "Root"}}`, []string{"aws_cloudtrail"}},
		{`{"eventSource": "s", "eventName": "n"}`, []string{"aws_cloudtrail", "m365_audit"}},
		{`{"eventSource": "EXCHANGE", "eventName": "n"}`, []string{"m365_audit"}},
		{`{"eventType": "e", "published": "t"}`, nil},
		{`{"operationName": "o", "category": "AuditLogs"}`, []string{"azure_auditlogs"}},
		{`{"operationName": "o", "category": "Unknown"}`, []string{"azure_auditlogs", "azure_signinlogs"}},
		{`{"operationName": null, "category": ""}`, []string{"aws_cloudtrail", "m365_audit", "azure_auditlogs", "azure_signinlogs"}},
		{`{"anything": 1}`, []string{"aws_cloudtrail", "m365_audit", "azure_auditlogs", "azure_signinlogs"}},
	})
	assertAsked(t, "cloud", []string{"aws_cloudtrail", "azure_signinlogs", "github_audit", "cisco_duo"}, []asked{
		{`{"eventVersion": "1", "insightDetails": {"eventSource": "s"}}`, []string{"aws_cloudtrail"}},
		{`{"createdDateTime": "t", "userPrincipalName": null, "servicePrincipalId": "s", "appId": "a"}`, []string{"azure_signinlogs"}},
		{`{"action": "a", "actor": null, "_document_id": "d"}`, []string{"github_audit"}},
		{`{"event_type": "authentication", "factor": "f", "txid": "t"}`, []string{"cisco_duo"}},
	})
}

// TestSourceTypesTellProductsApart: a source type of another product is a sign, one that nobody knows is none.
func TestSourceTypesTellProductsApart(t *testing.T) {
	assertAsked(t, "splunk-cloud", []string{"aws_cloudtrail", "okta", "kubernetes_audit"}, []asked{
		{`{"sourcetype": "aws:cloudtrail"}`, []string{"aws_cloudtrail"}},
		{`{"sourcetype": "kube:apiserver-audit"}`, []string{"kubernetes_audit"}},
		{`{"sourcetype": "oktaim2:log"}`, []string{"okta"}},
		{`{"sourcetype": "gws:reports:admin"}`, nil},
		{`{"sourcetype": "my:json"}`, []string{"aws_cloudtrail", "okta", "kubernetes_audit"}},
	})
}

type asked struct {
	event string
	want  []string
}

// assertAsked compares the log sources that events are asked of, where rules read some of a model's.
func assertAsked(t *testing.T, model string, sources []string, events []asked) {
	t.Helper()
	m := lowered.Model(t, model)
	l, table, names := tableOf(m, "", sources...)
	d, r := document.New(l), table.NewRouter()
	for _, c := range events {
		for range 2 {
			require.NoError(t, d.Load([]byte(c.event)))
			r.Route(d)
			var got []string
			for _, i := range r.Of {
				got = append(got, names[i])
			}
			assert.ElementsMatch(t, c.want, got, c.event)
			for i, name := range names {
				assert.Equal(t, slices.Contains(c.want, name), r.Is(i), "%s of %s", c.event, name)
			}
		}
	}
}
