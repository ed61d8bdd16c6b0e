package kql

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestValuesInsideATextAreReadOnce: a value that many tests ask is a column, where that makes the query shorter and the
// name is free.
func TestValuesInsideATextAreReadOnce(t *testing.T) {
	m := lowered.Model(t, "sentinel-event")
	for i := range m.Sources {
		s := &m.Sources[i]
		s.Fields = maps.Clone(s.Fields)
		for _, key := range []string{"UserName", "LogonType", "Syslog", "Count", "a-b"} {
			s.Fields["My"+key] = schema.Column{Name: "EventData", Type: schema.XML, Key: key}
		}
	}
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprintf("value %d", i))
	}
	asks := func(field string, values ...string) ir.Node {
		return &ir.Match{Field: ir.FieldNamed(field), Test: &ir.Text{Op: ir.Contains, Values: values}}
	}
	stages := func(source rules.LogSource, filter ir.Node, terms ...ir.Node) []string {
		r := &ir.Rule{Source: &rules.Rule{LogSource: source}, Condition: &ir.And{Terms: terms}, Filter: filter}
		q, found := New().Compile(r, compilers.Options{Model: m})
		require.Empty(t, found)
		return strings.Split(q.Text, "\n")
	}
	column := func(name string) string {
		return `| extend ` + name + ` = replace_strings(extract("<Data Name=\"` + name + `\">([^<]*)</Data>", 1, EventData), dynamic(["&lt;", "&gt;", "&quot;", "&apos;", "&#x9;", "&#xA;", "&#xD;", "&amp;"]), dynamic(["<", ">", "\"", "'", "\t", "\n", "\r", "&"]))`
	}
	script := rules.LogSource{Product: "windows", Category: "ps_script"}
	image := rules.LogSource{Product: "windows", Category: "image_load"}

	t.Run("behind what is cheaper to ask, and once for all conditions", func(t *testing.T) {
		got := stages(script, &ir.Not{Term: asks("ScriptBlockText", "harmless")}, asks("Path", "xyz"), asks("ScriptBlockText", many...), asks("ScriptBlockText", "<x"))
		at := position(t, got, column("ScriptBlockText"))
		assert.Equal(t, `| where extract("<Data Name=\"Path\">([^<]*)</Data>", 1, EventData) contains "xyz"`, got[at-1])
		assert.Equal(t, `| where ScriptBlockText contains "value 0"`, got[at+1])
		position(t, got, `| where ScriptBlockText contains "<x"`)
		position(t, got, `| where not(ScriptBlockText contains "harmless")`)
	})
	t.Run("where the filter alone asks, it is read there", func(t *testing.T) {
		got := stages(script, &ir.Not{Term: asks("ScriptBlockText", many...)}, asks("Path", "xyz"))
		assert.Greater(t, position(t, got, column("ScriptBlockText")), position(t, got, "// Begin environment-specific filter."))
	})
	inline := func(name string, source rules.LogSource, field string, terms ...ir.Node) {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(stages(source, nil, terms...), "\n")
			assert.NotContains(t, got, "extend "+field)
			assert.Contains(t, got, `extract("<Data Name=\"`+field+`\">([^<]*)</Data>", 1, EventData)`)
		})
	}
	inline("few tests are shorter by themselves", script, "ScriptBlockText", asks("ScriptBlockText", "xyz", "uvw"))
	inline("the table has the name", image, "UserName", asks("MyUserName", many...))
	inline("another table has the name, and no text", image, "LogonType", asks("MyLogonType", many...))
	inline("a table has the name", image, "Syslog", asks("MySyslog", many...))
	inline("a function has the name", image, "Count", asks("MyCount", many...))
	inline("no plain name", image, "a-b", asks("Mya-b", many...))
	inline("keywords are looked for in all columns", script, "ScriptBlockText", asks("ScriptBlockText", many...), &ir.Keyword{Test: &ir.Text{Op: ir.Contains, Values: []string{"x"}}})
}

func position(t *testing.T, lines []string, line string) int {
	t.Helper()
	for i, l := range lines {
		if l == line {
			return i
		}
	}
	require.Fail(t, "no line "+line, strings.Join(lines, "\n"))
	return -1
}
