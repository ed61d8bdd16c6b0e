package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
)

// TestWordsOfIntegrityLevels: Sysmon and Defender write the name of an integrity level, Windows' own audit its SID. A
// rule may have either, or both.
func TestWordsOfIntegrityLevels(t *testing.T) {
	const name, sid = "High", "S-1-16-12288"
	for _, c := range []struct {
		model  string
		values []string
		want   []string // a source each
	}{
		{"windows", []string{name}, []string{`equals "High"`, `equals "S-1-16-12288"`}}, // Sysmon, then the audit
		{"winlogbeat", []string{name}, []string{`equals "High"; equals "S-1-16-12288"`}},
		{"ecs", []string{name}, []string{`equals "High"`}},
		{"mde", []string{name}, []string{`equals "High"`}},
		{"asim", []string{name}, []string{`equals "High"`}},
		{"cim", []string{name}, []string{`equals "High"`}},
		{"sentinel", []string{name}, []string{`equals "S-1-16-12288"`, `equals "High"`}},
		{"windows", []string{name, sid}, []string{`equals "High", "S-1-16-12288"`, `equals "S-1-16-12288"`}},
		{"winlogbeat", []string{sid}, []string{`equals "S-1-16-12288"; equals "S-1-16-12288"`}},
		{"ecs", []string{sid}, []string{`equals "high"`}},
		{"mde", []string{sid}, []string{`equals "High"`}},
		{"mde", []string{name, sid}, []string{`equals "High"`}},
		{"asim", []string{sid}, []string{`equals "High", "S-1-16-12288"`}}, // as its parser or add-on writes it
		{"cim", []string{sid}, []string{`equals "High", "S-1-16-12288"`}},
	} {
		m, err := Load(c.model)
		require.NoError(t, err)
		var got []string
		for _, s := range m.Find("process_creation", "windows", "") {
			n, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: "IntegrityLevel"}, Test: &ir.Text{Op: ir.Equals, Values: c.values}})
			require.NoError(t, err, "%+v", c)
			text := ""
			ir.Inspect(n, func(n ir.Node) bool {
				if match, ok := n.(*ir.Match); ok {
					if text != "" {
						text += "; "
					}
					text += ir.Describe(match.Test)
				}
				return true
			})
			got = append(got, text)
		}
		assert.Equal(t, c.want, got, "%+v", c)
	}
}

// TestCasedWords: Sysmon writes Medium, so a test of medium in this case is not of Windows' own word for Medium either.
func TestCasedWords(t *testing.T) {
	m, err := Load("windows")
	require.NoError(t, err)
	for asked, want := range map[string][]string{"Medium": {"Medium", "S-1-16-8192"}, "medium": {"medium", "medium"}} {
		var got []string
		for _, s := range m.Find("process_creation", "windows", "") {
			n, err := m.Translate(s, &ir.Match{Field: ir.Field{Name: "IntegrityLevel"}, Test: &ir.Text{Op: ir.Equals, Cased: true, Values: []string{asked}}})
			require.NoError(t, err)
			got = append(got, n.(*ir.Match).Test.(*ir.Text).Values...)
		}
		assert.Equal(t, want, got)
	}
}
