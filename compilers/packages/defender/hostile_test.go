package defender_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers/deployed"
	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/compilers/packages/defender"
	"decree/rules"
	"decree/tests/fixture/packaged"
)

// FuzzMetadata writes any text wherever a rule has one, and reads the file back: each value is that text, nothing else
// changed, and no text is a placeholder.
func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{
		"{{Column}}", "{{{a}}}", "{", "}", "{x}", "\"}, \"status\": \"enabled\", {\"", "'\"`\\", "\n0", "a\r\n b\n", "[concat('a')]", "=cmd|' /C calc'!A1", "\u2028\u0085\ufeff", "</script>", "\t tab",
		" lead and trail ", "$token$", "null", "\x00\x07", "\\u007b\\u007b", "// comment", "\u202etxt.exe", "@odata.type",
	} {
		f.Add(seed)
	}
	base := packaged.Rule(f, defender.New(), kql.New(), "mde", head+process)
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("a rule's file is valid UTF-8")
		}
		in, r := base, *base.Rule
		r.Title, r.Description, r.Documentation.Response = text, text, text
		r.Alerting.Title = rules.Template{Parts: []rules.TemplatePart{{Text: text}, {Field: rules.NamedField{Name: "DeviceId"}}}}
		r.Alerting.Details = []rules.Detail{{Key: rules.NamedField{Name: text}, Field: rules.NamedField{Name: "DeviceId"}}}
		in.Rule = &r
		out := defender.New().Package(settings, []packages.Input{in})
		require.Len(t, out.Files, 1)

		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(out.Files[0].Text), &got))
		name := out.Made[0].Name
		assert.Equal(t, name, got["displayName"])
		assert.Equal(t, "enabled", got["status"])
		description := strings.TrimSpace(text)
		if description == "" {
			description = name
		}
		assert.Equal(t, description, got["description"])
		query, mark := deployed.Unmarked(strings.ReplaceAll(got["queryCondition"].(map[string]any)["queryText"].(string), "\r\n", "\n"))
		assert.Equal(t, base.Query.Text, query+"\n")
		assert.Equal(t, settings.Target, mark.Target)
		alert := got["detectionAction"].(map[string]any)["alertTemplate"].(map[string]any)
		assert.Equal(t, "high", alert["severity"])
		if answer := strings.TrimSpace(text); answer != "" {
			assert.Equal(t, answer, alert["recommendedActions"])
		}
		if len(text) < 4000 {
			assert.Equal(t, map[string]any{text: "DeviceId"}, alert["customDetails"])
		}
		assert.NotContains(t, alert["description"], "{{")
		assert.NotContains(t, alert["description"], "}}")
		plain := func(s string) string { return strings.NewReplacer("{", "", "}", "", " ", "").Replace(s) }
		assert.Equal(t, plain(description), plain(alert["description"].(string)))
		title := alert["title"].(string)
		if own, had := strings.CutSuffix(title, "{{DeviceId}}"); had {
			assert.Equal(t, text, own)
			title = own
		} else {
			assert.Equal(t, plain(name), plain(title))
		}
		assert.NotContains(t, title, "{{")
		assert.NotContains(t, title, "}}")
	})
}
