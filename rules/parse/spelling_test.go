package parse_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/unicode"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
)

const slipRest = "logsource: {product: windows}\ndetection: {s: {Image: x}, condition: s}\n"

// TestMetadataSlips reads what can be understood, with a warning.
func TestMetadataSlips(t *testing.T) {
	for _, c := range []struct {
		name, text string
		codes      []string
		want       func(*rules.Rule) any
		is         any
	}{
		{"status in capitals", "title: T\nstatus: Experimental\n", []string{"capital-letters"}, func(r *rules.Rule) any { return r.Status }, "experimental"},
		{"level in capitals and spaces", "title: T\nlevel: ' HIGH '\n", []string{"capital-letters"}, func(r *rules.Rule) any { return r.Level }, "high"},
		{"a tag in capitals", "title: T\ntags: [attack.T1059.001, Attack.Execution, d3fend.d3f-WindowsNtOpenFile]\n", []string{"capital-letters", "capital-letters"}, func(r *rules.Rule) any { return strings.Join(r.Tags, " ") }, "attack.t1059.001 attack.execution d3fend.d3f-WindowsNtOpenFile"},
		{"tags of Sigma 1", "title: T\ntags: [attack.lateral_movement, Attack.Defense_Evasion, detection.threat_hunting, cve.2021.44228]\n", []string{"former-tag", "former-tag", "former-tag", "former-tag"}, func(r *rules.Rule) any { return strings.Join(r.Tags, " ") }, "attack.lateral-movement attack.defense-evasion detection.threat-hunting cve.2021-44228"},
		{"underscores of one's own", "title: T\ntags: [attack.my_tactic, detection.my_own, team.red_one, cve.2021.1]\n", nil, func(r *rules.Rule) any { return strings.Join(r.Tags, " ") }, "attack.my_tactic detection.my_own team.red_one cve.2021.1"},
		{"one tag", "title: T\ntags: TLP.RED\n", []string{"capital-letters"}, func(r *rules.Rule) any { return r.Tags[0] }, "tlp.red"},
		{"no level", "title: T\nlevel:\nstatus: ~\nid:\n", nil, func(r *rules.Rule) any { return r.Level + r.Status + r.ID }, ""},
		{"a number for an id", "title: T\nid: 12345\n", []string{"invalid-id"}, func(r *rules.Rule) any { return r.ID }, "12345"},
		{"an id in braces", "title: T\nid: '{0A3A5A1E-8c7a-4a55-9f0a-0d3f1f3f5b10}'\n", []string{"id-form"}, func(r *rules.Rule) any { return r.ID }, "0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10"},
		{"an id without dashes", "title: T\nid: 0a3a5a1e8c7a4a559f0a0d3f1f3f5b10\n", []string{"id-form"}, func(r *rules.Rule) any { return r.ID }, "0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10"},
		{"an id as a URN", "title: T\nid: urn:uuid:0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\n", []string{"id-form"}, func(r *rules.Rule) any { return r.ID }, "0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10"},
		{"an id in capitals", "title: T\nid: 0A3A5A1E-8C7A-4A55-9F0A-0D3F1F3F5B10\n", nil, func(r *rules.Rule) any { return r.ID }, "0A3A5A1E-8C7A-4A55-9F0A-0D3F1F3F5B10"},
		{"numbers for texts", "title: 2024\nname: 7\nauthor: 1.5\n", nil, func(r *rules.Rule) any { return r.Title + r.Name + r.Author }, "202471.5"},
		{"a colon in a list", "title: T\nfalsepositives:\n  - Administrators: those of the help desk\n  - Scripts\n", []string{"colon-in-text"}, func(r *rules.Rule) any { return strings.Join(r.FalsePositives, "|") }, "Administrators: those of the help desk|Scripts"},
		{"a colon at the end", "title: T\nreferences:\n  - see:\n", []string{"colon-in-text"}, func(r *rules.Rule) any { return r.References[0] }, "see:"},
		{"a colon in a flow list", "title: T\ntags: [attack.t1059, a: b]\n", []string{"colon-in-text"}, func(r *rules.Rule) any { return r.Tags[1] }, "a: b"},
		{"two colons", "title: T\nfalsepositives:\n  - a: b\n    c: d\n", []string{"colon-in-text"}, func(r *rules.Rule) any { return r.FalsePositives[0] }, "a: b\nc: d"},
		{"a colon below a key", "title: T\ndescription:\n  Finds: this\n", []string{"colon-in-text"}, func(r *rules.Rule) any { return r.Description }, "Finds: this"},
		{"a colon that is not YAML", "title: Whoami: the \"tool\"\n", []string{"colon-in-text"}, func(r *rules.Rule) any { return r.Title }, "Whoami: the \"tool\""},
		{"several that are no YAML", "title: T\ndescription: It's: this\nfalsepositives:\n    - one: two: three\n", []string{"colon-in-text", "colon-in-text"}, func(r *rules.Rule) any { return r.Description + "|" + r.FalsePositives[0] }, "It's: this|one: two: three"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs, found := parse.Rules("rule.yml", []byte(c.text+slipRest), nil)
			assert.Equal(t, c.codes, codesOf(found), "%v", found)
			require.Len(t, rs, 1)
			assert.Equal(t, c.is, c.want(rs[0]))
		})
	}
	for _, title := range []string{"", "''", "' '", "~", "\"\\u00a0\\t\""} {
		_, found := parse.Rules("rule.yml", []byte("title: "+title+"\n"+slipRest), nil)
		require.Equal(t, []string{"missing-title"}, codesOf(found), "%q", title)
		assert.Equal(t, "rule.yml:1:1: error[missing-title]: the title is empty", found[0].Error())
	}
	for name, text := range map[string]string{
		"another level":          "level: grave\n",
		"a list for a status":    "status: [test]\n",
		"a mapping in braces":    "falsepositives: [{a: b}]\n",
		"more than texts":        "falsepositives:\n  - a: [b]\n",
		"a colon in a detection": "author: a\ndetection: {s: {Image: x: y}, condition: s}\n",
	} {
		rs, found := parse.Rules("rule.yml", []byte("title: T\n"+text+strings.TrimPrefix(slipRest, map[bool]string{true: slipRest}[strings.Contains(text, "detection")])), nil)
		assert.Empty(t, rs, name)
		assert.True(t, found.HasErrors(), name)
	}
}

// TestModifierSpellings reads the modifiers that the reference implementation knows by other names, and capitals.
func TestModifierSpellings(t *testing.T) {
	for key, want := range map[string]string{"F|re|ignorecase": "re i", "F|re|Multiline|DOTALL": "re m s", "F|Contains|ALL": "contains all"} {
		rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows}\ndetection: {s: {'"+key+"': x}, condition: s}\n"), nil)
		require.Len(t, rs, 1, "%v", found)
		assert.NotEmpty(t, found)
		var names []string
		for _, m := range rs[0].Searches[0].Body.(rules.AllOf).Items[0].Modifiers {
			names = append(names, m.Name)
		}
		assert.Equal(t, want, strings.Join(names, " "))
	}
}

// TestKeywordsBesideFields reads a selection of both: all of it must hold.
func TestKeywordsBesideFields(t *testing.T) {
	rs, found := parse.Rules("rule.yml", []byte("title: T\nlogsource: {product: windows}\ndetection: {s: {Image: x, '|all': [y, z]}, condition: s}\n"), nil)
	assert.Equal(t, []string{"mixed-keywords"}, codesOf(found))
	require.Len(t, rs, 1)
	lowered, found := ir.Lower(rs[0])
	require.Empty(t, found)
	assert.Equal(t, "s:\n  and\n    Image equals \"x\"\n    any value contains \"y\"\n    any value contains \"z\"\n", ir.Dump(lowered))
}

// TestCollections reads collections of the older format as one rule each.
func TestCollections(t *testing.T) {
	const global = "action: global\ntitle: Base\nlevel: high\nlogsource: {product: windows}\ndetection: {condition: s}\n"
	one := func(value string) string { return "---\ndetection: {s: {Image: " + value + "}}\n" }
	for _, c := range []struct{ name, text, want string }{
		{"global", global + one("a") + "---\ntitle: Own\nlogsource: {category: process_creation}\ndetection: {s: {Image: b}}\n", "Base high windows/ a; Base high windows/process_creation b"},
		{"repeat", "title: First\nlevel: low\nlogsource: {product: linux}\ndetection: {s: {Image: a, User: u}, condition: s}\n---\naction: repeat\ntitle: Second\ndetection: {s: {Image: b}}\n", "First low linux/ a; Second low linux/ b"},
		{"repeat of global", global + "---\naction: repeat\ntitle: Again\ndetection: {s: {Image: c}}\n", "Again high windows/ c"},
		{"reset", global + one("a") + "---\naction: reset\n---\ntitle: Alone\nlogsource: {product: macos}\ndetection: {s: {Image: z}, condition: s}\n", "Base high windows/ a; Alone  macos/ z"},
		{"global without use", "title: First\nlogsource: {product: linux}\ndetection: {s: {Image: a}, condition: s}\n---\n" + global, "First  linux/ a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rs, found := parse.Rules("rule.yml", []byte(c.text), nil)
			require.False(t, found.HasErrors(), "%v", found)
			var got []string
			for _, r := range rs {
				got = append(got, r.Title+" "+r.Level+" "+r.LogSource.Product+"/"+r.LogSource.Category+" "+r.Searches[0].Body.(rules.AllOf).Items[0].Values[0].Text)
			}
			assert.Equal(t, c.want, strings.Join(got, "; "))
			assert.Contains(t, codesOf(found), "action-collection")
		})
	}
	_, found := parse.Rules("rule.yml", []byte(global+"tags: [attack.t1059]\n---\ntitle: Base\nlevel: low\ntags: [attack.t1059]\nlogsource: {category: process_creation}\ndetection: {s: {Image: a}, condition: not s}\n"), nil)
	assert.Equal(t, []string{"action-collection", "replaced-by-global", "replaced-by-global"}, codesOf(found), "what both say alike is not a finding")
	assert.Equal(t, `rule.yml:9:1: warning[replaced-by-global]: the rule's "level" is not used: `+"`action: global` has another", found[1].Error())
	assert.Equal(t, "condition", strings.Split(found[2].Message, `"`)[1])
	for name, text := range map[string]string{
		"an unknown action":     "action: globl\ntitle: T\n",
		"repeat of nothing":     "action: repeat\ntitle: T\n",
		"reset with other keys": "action: reset\ntitle: T\n",
	} {
		rs, found := parse.Rules("rule.yml", []byte(text), nil)
		assert.Empty(t, rs, name)
		require.True(t, found.HasErrors(), name)
		assert.Contains(t, found[len(found)-1].Message, "action", name)
	}
}

// TestCollectionsThatGrow: what a part adds to each rule after it is bounded, and said once.
func TestCollectionsThatGrow(t *testing.T) {
	long := "references: [" + strings.Repeat("a,", 20_000) + "a]\n"
	rule := "---\ntitle: T\nlogsource: {product: linux}\ndetection: {s: {Image: a}, condition: s}\n"
	for name, text := range map[string]string{
		"global": "action: global\n" + long + strings.Repeat(rule, 60),
		"repeat": long + rule[4:] + strings.Repeat("---\naction: repeat\ntitle: U\n", 60),
	} {
		rs, found := parse.Rules("rule.yml", []byte(text), nil)
		assert.Less(t, len(rs), 60, name)
		assert.Greater(t, len(rs), 40, name)
		found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code != "yaml-too-large" })
		require.Len(t, found, 1, name)
		assert.Contains(t, found[0].Message, "expands to more than 1000000 nodes")
	}
}

// TestEncodings reads rules as editors save them, and names what cannot be read.
func TestEncodings(t *testing.T) {
	text := "title: Ünïcode\nstatus: Test\n" + slipRest
	encode := func(order unicode.Endianness, mark unicode.BOMPolicy) []byte {
		data, err := unicode.UTF16(order, mark).NewEncoder().Bytes([]byte(text))
		require.NoError(t, err)
		return data
	}
	for name, data := range map[string][]byte{
		"UTF-8":                      []byte(text),
		"UTF-8 with a mark":          append([]byte("\xef\xbb\xbf"), text...),
		"UTF-16":                     encode(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, big end first":      encode(unicode.BigEndian, unicode.UseBOM),
		"UTF-16 without a mark":      encode(unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-16BE without a mark":    encode(unicode.BigEndian, unicode.IgnoreBOM),
		"lines as Windows ends them": []byte(strings.ReplaceAll(text, "\n", "\r\n")),
	} {
		rs, found := parse.RulesIn(source.NewFolder("f", fstest.MapFS{"r.yml": {Data: data}}), "r.yml")
		require.Len(t, rs, 1, "%s: %v", name, found)
		assert.Equal(t, "Ünïcode", rs[0].Title, name)
		require.Len(t, found, 1, name)
		assert.Equal(t, "f/r.yml:2:9", found[0].Range.String(), name)
	}
	for want, data := range map[string][]byte{
		"UTF-32":          append([]byte("\xff\xfe\x00\x00"), text...),
		"UTF-16 and ends": append(encode(unicode.LittleEndian, unicode.UseBOM), 'x'),
		"invalid":         []byte("title: \xe9t\xe9\n" + slipRest),
	} {
		rs, found := parse.RulesIn(source.NewFolder("f", fstest.MapFS{"r.yml": {Data: data}}), "r.yml")
		assert.Empty(t, rs)
		require.Len(t, found, 1)
		assert.Contains(t, found[0].Message, want)
	}
}

// TestHintsOfSlips holds what a finding says to do about slips that are often made.
func TestHintsOfSlips(t *testing.T) {
	for _, c := range []struct{ name, text, code, hint string }{
		{"a condition beside its detection", "detection:\n  a: {Image: x}\ncondition: a\n", "missing-condition", "indent `condition:` of line 5: it belongs under detection"},
		{"a detection that is not indented", "detection:\na: {Image: x}\n", "wrong-type", "write it as `key: value` lines below it, indented further"},
		{"a selection that is not indented", "detection:\n  a:\n  Image: x\n  condition: a\n", "empty-selection", "write fields or keywords below it, indented further than its name"},
		{"a modifier of SQL", "detection: {a: {Image|in: [x, y]}, condition: a}\n", "unknown-modifier", "leave it out: a list of values means any of them"},
		{"a bar at the end", "detection: {a: {Image|contains|: x}, condition: a}\n", "unknown-modifier", "remove the `|`"},
		{"a section in capitals", "Detection: {a: {Image: x}, condition: a}\n", "missing-detection", "did you mean `detection:` where line 3 has `Detection:`?"},
	} {
		_, found := parse.Documents("rule.yml", []byte("title: T\nlogsource: {product: windows}\n"+c.text), nil)
		require.Len(t, found, 1, "%s: %v", c.name, found)
		assert.Equal(t, [2]string{c.code, c.hint}, [2]string{found[0].Code, found[0].Hint}, c.name)
	}
}
