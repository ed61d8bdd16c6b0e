package route_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/document"
	"decree/engine/route"
	"decree/tests/fixture/lowered"
)

// TestSignsTellProductsApart: the heaviest signs of an event decide, also where no rule reads the source that has them.
func TestSignsTellProductsApart(t *testing.T) {
	m := lowered.Model(t, "cloud")
	l := document.NewLayout(m)
	table := route.NewTable(l, m)
	numbers := map[string]int{}
	for i := range m.Sources {
		switch s := &m.Sources[i]; s.Name {
		case "aws_cloudtrail", "m365_audit", "azure_auditlogs", "azure_signinlogs": // Okta's is read by none
			numbers[s.Name] = table.Add(s, m.TableColumn)
		}
	}
	table.Finish()
	l.Finish()
	d, r := document.New(l), table.NewRouter()
	for _, c := range []struct {
		event string
		want  []string
	}{
		{`{"eventSource": "s", "eventName": "n", "userIdentity": {"type": "Root"}}`, []string{"aws_cloudtrail"}},
		{`{"eventSource": "s", "eventName": "n"}`, []string{"aws_cloudtrail", "m365_audit"}},
		{`{"eventSource": "EXCHANGE", "eventName": "n"}`, []string{"m365_audit"}},
		{`{"eventType": "e", "published": "t"}`, nil},
		{`{"operationName": "o", "category": "AuditLogs"}`, []string{"azure_auditlogs"}},
		{`{"operationName": "o", "category": "Unknown"}`, []string{"azure_auditlogs", "azure_signinlogs"}},
		{`{"operationName": null, "category": ""}`, []string{"aws_cloudtrail", "m365_audit", "azure_auditlogs", "azure_signinlogs"}},
		{`{"anything": 1}`, []string{"aws_cloudtrail", "m365_audit", "azure_auditlogs", "azure_signinlogs"}},
	} {
		for range 2 {
			require.NoError(t, d.Load([]byte(c.event)))
			r.Route(d)
			var got []string
			for _, i := range r.Of {
				for name, n := range numbers {
					if n == i {
						got = append(got, name)
					}
				}
			}
			assert.ElementsMatch(t, c.want, got, c.event)
			for name, n := range numbers {
				assert.Equal(t, slices.Contains(c.want, name), r.Is(n), "%s of %s", c.event, name)
			}
		}
	}
}
