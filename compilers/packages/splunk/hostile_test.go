package splunk_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/deployed"
	"decree/compilers/packages"
	"decree/compilers/packages/splunk"
	"decree/compilers/spl"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
	"decree/tests/fixture/packaged"
)

// hostileTexts try to leave their values.
var hostileTexts = []string{
	"[stanza]", "a]\nsearch = | delete", "x\\", "x \\\ny = z", "$result.x$ $host$", "`macro`", "``` | delete", "# x", "; x", "a = b", "\u202etxt.exe", "\x00\x07", "default", "*", "\"'{}", "%s",
	"<script>", "=cmd|' /C calc'!A0", "Öl", "\ufeff", "\u2028a", "  lead and trail  ", "\\", "$", "$$", "\r\nx", "\u0085", "[", "]", "",
}

// FuzzMetadata writes any text wherever a rule has one, and reads the files back: there are no other stanzas and
// settings than those of the app, and each value is that text.
func FuzzMetadata(f *testing.F) {
	for _, seed := range hostileTexts {
		f.Add(seed)
	}
	format := splunk.New()
	base := packages.ScheduledRule(lowered.Rule(f, simple+"risk: {score: 5}\nsuppress: {by: [host], for: 1h}\n"), format.Schedule())
	harmless := packaged.Of(f, format, spl.New(), "splunk-windows", base)
	keys := map[bool][]string{}
	for _, security := range []bool{false, true} {
		out := format.Package(packages.Settings{Target: "t", App: packages.App{EnterpriseSecurity: security}}, []packages.Input{harmless})
		for key := range readConf(f, fileOf(f, out, "default/savedsearches.conf"))[0].settings {
			keys[security] = append(keys[security], key)
		}
	}
	model := lowered.Model(f, "splunk-windows")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip("YAML is valid UTF-8")
		}
		lowered, r := *base, *base.Source
		r.Title, r.Name, r.Description, r.Author, r.Tags = text, text, text, text, []string{text}
		r.Alerting.Description = rules.Template{Parts: []rules.TemplatePart{{Text: text}, {Field: rules.NamedField{Name: "Image"}}, {Text: text}}}
		service := r
		service.LogSource.Service = text
		opt := packages.OptionsOf(format, packages.Input{Rule: &service}, compilers.Options{Model: model})
		lowered.Source = &r
		lowered.Condition = &ir.Match{Field: ir.Field{Name: "CommandLine"}, Test: &ir.Text{Op: ir.Contains, Values: []string{"x" + text}}}
		q, found := spl.New().Compile(&lowered, opt)
		require.NotNil(t, q, "%v", found)
		r = service
		for _, security := range []bool{false, true} {
			settings := packages.Settings{Target: "t", App: packages.App{Name: "a", Title: text, Author: text, EnterpriseSecurity: security}}
			in := packages.Input{Rule: &r, Query: q, Show: harmless.Show, Places: opt.Scope}
			out := format.Package(settings, []packages.Input{in})
			if strings.TrimSpace(text) == "" {
				assert.Empty(t, out.Files)
				return
			}
			require.Len(t, out.Made, 1, "%v", out.Found)
			saved := readConf(t, fileOf(t, out, "default/savedsearches.conf"))
			require.Len(t, saved, 1)
			assert.Equal(t, out.Made[0].Name, saved[0].name)
			assert.NotEqual(t, "default", strings.ToLower(saved[0].name))
			got := saved[0].settings
			for key := range got {
				assert.Contains(t, keys[security], key)
			}
			assert.True(t, strings.HasPrefix(got["description"], shown(text)+" Id: "), "%q", got["description"])
			search, mark := deployed.Unmarked(got["search"])
			assert.Equal(t, flat(q.Text), flat(search), "the search is as it was")
			assert.Equal(t, "t", mark.Target)
			assert.NotContains(t, ours.ReplaceAllString(comments.ReplaceAllString(search, ""), ""), "`", "no text is a macro")
			if security {
				assert.Len(t, got, len(keys[true]))
				tokens := strings.Split(got["action.notable.param.rule_description"], "$")
				require.Len(t, tokens, 3, "one field, and no other dollar sign")
				assert.Equal(t, "Image", tokens[1])
				assert.LessOrEqual(t, strings.Count(got["action.notable.param.rule_title"], "$"), 1)
				assert.Equal(t, undollared(ended(shown(text))), undollared(got["action.notable.param.rule_title"]))
				for _, key := range []string{"action.correlationsearch.annotations", "action.correlationsearch.metadata", "action.notable.param._entities", "action.risk.param._risk"} {
					assert.True(t, json.Valid([]byte(got[key])), key)
				}
			}
			macros := readConf(t, fileOf(t, out, "default/macros.conf"))
			for _, m := range macros {
				assert.Regexp(t, `^decree_[a-z0-9_]+$`, m.name)
				assert.Regexp(t, "^(`decree_[a-z0-9_]+`|\\(\\))$", m.settings["definition"])
			}
			app := readConf(t, fileOf(t, out, "default/app.conf"))
			assert.Equal(t, []string{"install", "ui", "launcher", "package", "id"}, namesOf(app))
			assert.Equal(t, ended(shown(text)), app[1].settings["label"])
			assert.Equal(t, ended(shown(text)), app[2].settings["author"])
		}
	})
}

// comments are those of a search, a line each.
var comments = regexp.MustCompile("(?m)^``` [^`]* ```$")

// ours are the macros that searches call.
var ours = regexp.MustCompile("`decree_[a-z0-9_]+`")

// shown is a text as settings have it: on one line, with what is invisible as escapes.
func shown(text string) string {
	return strings.TrimSpace(diag.Visible(strings.Join(strings.Fields(text), " ")))
}

// ended is a text that does not end in a backslash.
func ended(text string) string {
	if rest, ends := strings.CutSuffix(text, `\`); ends {
		return rest + "\uff3c"
	}
	return text
}

// undollared is a text without the difference between dollar signs.
func undollared(text string) string { return strings.ReplaceAll(text, "\uff04", "$") }

// flat is a text without what may change at the ends of its lines.
func flat(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return line == "" }), "\n")
}

func namesOf(all []stanza) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.name)
	}
	return names
}
