package sentinel_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"decree/compilers"
	"decree/compilers/deployed"
	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/sentinel"
	"decree/rules"
	"decree/tests/fixture/packaged"
)

// armText is what ARM makes of a text in a template. ok is false if it is an expression.
// https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/template-expressions#escape-characters
func armText(text string) (literal string, ok bool) {
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return text, true
	}
	return text[1:], strings.HasPrefix(text, "[[")
}

// FuzzMetadata writes any text wherever a rule has one, and reads the files back: each value is that text, and nothing
// else changed.
func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{
		"[concat('a', 'b')]", "[[x]]", "[Alert] a", "[[a", "[", "]", "\n0", "a\n b\n", "{{Column}}", "{x}", "a\nb: c", "'\"`", "--- !!binary x", "=cmd|' /C calc'!A1", "@SUM(1)", "\u2028\u0085\ufeff", "- a\n- b", "&a *a", "%x%",
		"</script>", "\t tab", " lead and trail ", "$token$", "null", "~", "1e3", "true", "\x00\x07", "\\u005b", "# comment", "a,b\r\n\"c\"", "\u202etxt.exe",
	} {
		f.Add(seed)
	}
	base := packaged.Rule(f, sentinel.New(), kql.New(), "sentinel", "title: T\n"+head+security)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("a YAML file is valid UTF-8")
		}
		in, r := base, *base.Rule
		r.Title, r.Description = text, text
		r.Alerting.Title = rules.Template{Parts: []rules.TemplatePart{{Text: text}, {Field: rules.NamedField{Name: "Computer"}}}}
		q := *base.Query
		var b strings.Builder
		w := csv.NewWriter(&b)
		require.NoError(t, w.WriteAll([][]string{{"value"}, {text}, {"=1+1"}}))
		q.Assets = []compilers.Asset{{Name: "decree_list.csv", Purpose: text, Content: b.String()}}
		in.Rule, in.Query = &r, &q
		out := sentinel.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Files, 2)

		var y map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(out.Files[0].Text), &y))
		name := out.Made[0].Name
		assert.Equal(t, name, y["name"])
		description := strings.TrimSpace(text)
		if description == "" {
			description = name
		}
		if utf8.RuneCountInString(description) <= 5000 {
			assert.Equal(t, description, y["description"])
		}
		query, mark := deployed.Unmarked(y["query"].(string))
		assert.Equal(t, strings.TrimSuffix(q.Text, "\n"), query)
		assert.Equal(t, settings.Target, mark.Target)
		assert.Equal(t, "High", y["severity"])

		var tpl struct {
			Resources []struct {
				Type       string
				Properties map[string]any
			}
		}
		require.NoError(t, json.Unmarshal([]byte(out.Files[1].Text), &tpl))
		require.Len(t, tpl.Resources, 2)
		value := func(resource int, key string) any {
			written, isText := tpl.Resources[resource].Properties[key].(string)
			require.True(t, isText, key)
			read, plain := armText(written)
			require.True(t, plain, "%s is an expression: %s", key, written)
			return read
		}
		assert.Equal(t, y["name"], value(1, "displayName"))
		assert.Equal(t, y["description"], value(1, "description"))
		assert.Equal(t, y["query"], value(1, "query"))
		assert.Equal(t, q.Assets[0].Content, value(0, "rawContent"))
		assert.Equal(t, text, value(0, "description"))
		if o, has := y["alertDetailsOverride"]; has {
			title, plain := armText(tpl.Resources[1].Properties["alertDetailsOverride"].(map[string]any)["alertDisplayNameFormat"].(string))
			require.True(t, plain)
			assert.Equal(t, o.(map[string]any)["alertDisplayNameFormat"], title)
			assert.Equal(t, text+"{{Computer}}", title)
		} else {
			assert.True(t, strings.Contains(text, "{{") || strings.Contains(text, "}}") || strings.Contains(text+"{{", "{{{") || utf8.RuneCountInString(text) > 240, "the alert's title is left out")
		}
	})
}
