package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestWordsOfLinkedAncestors: a test of an ancestor that the event does not carry is asked of a creation event in that
// event's words and columns, as the same test of the event's own process is.
func TestWordsOfLinkedAncestors(t *testing.T) {
	const sha1 = "0123456789012345678901234567890123456789"
	number := &ir.Text{Op: ir.Equals, Values: []string{"0x3e7"}, Spelling: true}
	for _, c := range []struct {
		model, source string
		field         ir.Field
		test          ir.Test
		want          string
	}{
		{"mde", "device_process_events", ir.Field{Name: "User", Level: 2}, &ir.Text{Op: ir.Contains, Values: []string{"AUTHORI"}},
			`(grandparent's UserDomain contains "AUTHORI" or grandparent's User contains "AUTHORI")`},
		{"mde", "device_process_events", ir.Field{Name: "User", Level: 3}, &ir.Text{Op: ir.Equals, Values: []string{`CORP\bob`}},
			`(ancestor 3's UserDomain equals "CORP" and ancestor 3's User equals "bob")`},
		{"mde", "device_process_events", ir.Field{Name: "IntegrityLevel", Level: 2}, &ir.Text{Op: ir.Equals, Values: []string{"S-1-16-12288"}}, `grandparent's IntegrityLevel equals "High"`},
		{"mde", "device_process_events", ir.Field{Name: "Hashes", Level: 2}, &ir.Text{Op: ir.Contains, Values: []string{"SHA1=" + sha1}}, `grandparent's sha1 equals "` + sha1 + `"`},
		{"mde", "device_process_events", ir.Field{Name: "LogonId", Level: 2}, number, `false`},
		{"sentinel", "security_process_creation", ir.Field{Name: "User", Level: 1}, &ir.Text{Op: ir.EndsWith, Values: []string{`\bob`}},
			`(parent's UserDomain endswith "" and parent's User equals "bob")`},
		{"sentinel", "security_process_creation", ir.Field{Name: "IntegrityLevel", Level: 1}, &ir.Text{Op: ir.Equals, Values: []string{"High"}}, `parent's IntegrityLevel equals "S-1-16-12288"`},
		{"sentinel", "security_process_creation", ir.Field{Name: "User"}, &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "User", Level: 1}},
			`(UserDomain equals the field parent's UserDomain and User equals the field parent's User)`},
		{"windows", "security_process_creation", ir.Field{Name: "IntegrityLevel", Level: 1}, &ir.Text{Op: ir.Equals, Values: []string{"High"}}, `parent's IntegrityLevel equals "S-1-16-12288"`},
		{"windows", "sysmon_process_creation", ir.Field{Name: "User", Level: 2}, &ir.Text{Op: ir.Contains, Values: []string{"AUTHORI"}}, `grandparent's User contains "AUTHORI"`},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		for _, s := range m.Find("process_creation", "windows", "") {
			if s.Name != c.source {
				continue
			}
			got, err := m.Translate(s, &ir.Match{Field: c.field, Test: c.test})
			require.NoError(t, err, "%+v", c)
			assert.Equal(t, c.want, ir.DescribeBody(got, ir.Describe), "%+v", c)
		}
	}
}
