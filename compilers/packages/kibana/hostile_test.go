package kibana_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/deployed"
	"decree/compilers/eql"
	"decree/compilers/packages"
	"decree/compilers/packages/kibana"
	"decree/rules"
	"decree/tests/fixture/lowered"
)

const rare = `id: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10
level: high
date: 2026-03-01
logsource: {product: windows, category: process_creation}
prevalence: {rare: {field: sha1, local: {distinct: host, lt: 3}}}
detection: {condition: rare}
`

// command is a line that the script has for an asset or a file: a command and a plain word in quotes.
var command = regexp.MustCompile(`^(index|transform|enrich_policy|watch|ingest_pipeline|import_rules) '[a-z0-9][a-z0-9_.-]*'$`)

// FuzzMetadata writes any text wherever a rule has one, also where it names its assets, and reads the files back: each
// value is that text, and the script has no other words than its own.
func FuzzMetadata(f *testing.F) {
	for _, seed := range []string{
		"'; rm -rf x; '", "$(x)", "`x`", "${KIBANA_URL}", "\"}\n{\"rule_id\":\"x\"}", "a\nb: c", "\u2028\u0085\ufeff", "{{context.x}}", "../../x", "\\", "\x00\x07", "\u202etxt.exe", "</script>", "Öl",
		"// x\nany where true", "!{investigate{}}", "# x", " lead and trail ", "a, b", "%s", "", "-rf",
	} {
		f.Add(seed)
	}
	format := kibana.New()
	base := packages.ScheduledRule(lowered.Rule(f, "title: T\n"+rare), format.Schedule())
	model := lowered.Model(f, "ecs")
	prologue := -1
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("JSON is valid UTF-8")
		}
		lowered, r := *base, *base.Source
		r.Title, r.Name, r.Description, r.Author, r.License = text, text, text, text, text
		r.References, r.FalsePositives, r.Tags = []string{text}, []string{text}, []string{text, "attack.t1059"}
		r.Documentation = rules.Documentation{Attack: text, Considerations: text, Response: text, BlindSpots: text, OS: []string{text}}
		lowered.Source = &r
		q, found := eql.New().Compile(&lowered, compilers.Options{Model: model, Approximate: []string{"all"}})
		require.NotNil(t, q, "%v", found)
		out := format.Package(settings, []packages.Input{{Rule: &r, Query: q}})
		if strings.TrimSpace(text) == "" {
			assert.Equal(t, []string{"package-title"}, codes(out.Found))
			assert.Empty(t, out.Files)
			return
		}
		require.Len(t, out.Made, 1)

		lines := read(t, out.Files[0].Text)
		require.Len(t, lines, 1)
		assert.Equal(t, out.Made[0].Name, lines[0]["name"])
		assert.Equal(t, out.Made[0].ID, lines[0]["rule_id"])
		assert.Equal(t, strings.TrimSpace(text), lines[0]["description"])
		assert.Equal(t, []any{text}, lines[0]["references"])
		assert.Equal(t, []any{text}, lines[0]["false_positives"])
		assert.Contains(t, lines[0]["tags"], text)
		assert.Contains(t, lines[0]["note"], strings.TrimSpace(text))
		query, mark := deployed.Unmarked(lines[0]["query"].(string))
		assert.True(t, strings.HasSuffix(q.Text, query+"\n"))
		assert.Equal(t, settings.Target, mark.Target)
		assert.Regexp(t, `^process where `, lines[0]["query"])

		script := out.Files[len(out.Files)-1]
		require.Equal(t, "deploy.sh", script.Path)
		at := strings.LastIndex(script.Text, "}\n\n") + len("}\n\n")
		if prologue < 0 {
			prologue = at
		}
		assert.Equal(t, prologue, at)
		for line := range strings.Lines(script.Text[at:]) {
			assert.Regexp(t, command, strings.TrimSuffix(line, "\n"))
		}
		assert.Len(t, strings.Split(strings.TrimSpace(script.Text[at:]), "\n"), len(out.Files)-1)
	})
}
