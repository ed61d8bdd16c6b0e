package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestWordsOfClosedColumns: where a product tells some of Sigma's values only, no test of another is asked, alone or
// among others. ASIM keeps the id of a Windows event itself.
func TestWordsOfClosedColumns(t *testing.T) {
	for _, c := range []struct {
		model, category, field string
		values                 []string
		want                   string
	}{
		{"mde", "authentication", "EventID", []string{"4625"}, `equals "LogonFailed"`},
		{"mde", "authentication", "EventID", []string{"4776"}, ""},
		{"mde", "authentication", "EventID", []string{"4625", "4771"}, ""},
		{"mde", "authentication", "LogonType", []string{"9"}, ""},
		{"mde", "network_connection", "Initiated", []string{"perhaps"}, ""},
		{"asim", "authentication", "EventID", []string{"4624", "4776"}, `equals "4624", "4776"`},
		{"asim", "authentication", "LogonType", []string{"3", "13"}, ""},
		{"ecs", "network_connection", "SourceIsIpv6", []string{"true"}, `equals "ipv6"`},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		s := m.Find(c.category, "windows", "")[0]
		got, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: c.field}, Test: &ir.Text{Op: ir.Equals, Values: c.values}})
		if c.want == "" {
			assert.Error(t, err, "%+v", c)
			continue
		}
		require.NoError(t, err, "%+v", c)
		assert.Equal(t, c.want, ir.Describe(got.(*ir.Match).Test), "%+v", c)
	}
}
