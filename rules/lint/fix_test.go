package lint

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/ir"
)

func reread(data []byte) (File, bool) {
	rs, found := rules.Parse(firstFile, data, nil)
	f := File{Path: firstFile, Data: data, Rules: rs}
	for _, r := range rs {
		lowered, more := ir.Lower(r)
		f.Lowered = append(f.Lowered, lowered)
		found = append(found, more...)
	}
	return f, !found.HasErrors()
}

// TestFix compares whole files: what is mended, and that nothing else changes.
func TestFix(t *testing.T) {
	head := "title: Whoami # kept\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\nlogsource: {product: windows, category: process_creation}\n"
	for _, c := range []struct{ name, in, want string }{
		{"dates", "date: 2026/03/01 # written\nmodified:   '2026/04/01'\ndetection: {a: {F: x}, condition: a}\n", "date: 2026-03-01 # written\nmodified:   '2026-04-01'\ndetection: {a: {F: x}, condition: a}\n"},
		{"tags, references and values", "tags:\n    - attack.t1059\n    # a comment\n    - attack.t1059\nreferences:\n    - a\n    - a\ndetection:\n    a:\n        F|contains:\n            - whoami\n            - 'WHOAMI'   # again\n            - x\n    condition: a\n",
			"tags:\n    - attack.t1059\n    # a comment\nreferences:\n    - a\ndetection:\n    a:\n        F|contains:\n            - whoami\n            - x\n    condition: a\n"},
		{"an entry of several lines stays", "references:\n    - https://a b\n    - https://a\n      b\n    - c\ndetection: {a: {F: x}, condition: a}\n", "references:\n    - https://a b\n    - https://a\n      b\n    - c\ndetection: {a: {F: x}, condition: a}\n"},
		{"a flow list stays", "tags: [attack.t1059, attack.t1059]\ndetection: {a: {F: x}, condition: a}\n", "tags: [attack.t1059, attack.t1059]\ndetection: {a: {F: x}, condition: a}\n"},
		{"double wildcards", "detection:\n    a: {F: ['a**b***c', 'd\\**e']}\n    condition: a\n", "detection:\n    a: {F: ['a*b*c', 'd\\**e']}\n    condition: a\n"},
		{"wildcards for modifiers", "detection:\n    a:\n        F: ['*a*', \"*b*\"] # kept\n        G|all:\n            - 'é*'\n            - 'd\\\\*'\n        'H': '*e'\n        I: '*'\n        J: ['*a*', 'b*']\n        K: '*a\\*'\n    condition: a\n",
			"detection:\n    a:\n        F|contains: ['a', \"b\"] # kept\n        G|startswith|all:\n            - 'é'\n            - 'd\\\\'\n        'H|endswith': 'e'\n        I: '*'\n        J: ['*a*', 'b*']\n        K|endswith: 'a\\*'\n    condition: a\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, ok := reread([]byte(head + c.in))
			require.True(t, ok)
			got, mended := Fix(f, reread)
			assert.Equal(t, head+c.want, string(got))
			assert.Equal(t, c.in != c.want, len(mended) > 0)
			again, ok := reread(got)
			require.True(t, ok)
			assert.True(t, same(f, again))
		})
	}
}

// FuzzFix holds that a file that was mended reads as before.
func FuzzFix(f *testing.F) {
	f.Add("F: ['*a*', '*b*']", "2026/03/01")
	f.Add("F|all: ['a**', 'b\\**']\n        G:\n            - '*x'\n            - '*X'", "2026-03-01")
	f.Fuzz(func(t *testing.T, item, date string) {
		before, ok := reread([]byte("title: T\ndate: " + date + "\nlogsource: {product: windows}\ndetection:\n    a:\n        " + item + "\n    condition: a\n"))
		if !ok || len(before.Rules) != 1 {
			return
		}
		data, _ := Fix(before, reread)
		after, ok := reread(data)
		require.True(t, ok)
		require.True(t, same(before, after))
	})
}
