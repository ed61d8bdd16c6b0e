package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/parse"
)

func reread(data []byte) File {
	parsed, found := parse.Documents(firstFile, data, nil)
	f := File{Path: firstFile, Data: data, Rules: parsed.Rules, Broken: parsed.Broken, Found: found}
	for _, r := range parsed.Rules {
		lowered, more := ir.Lower(r)
		f.Lowered = append(f.Lowered, lowered)
		f.Found = append(f.Found, more...)
	}
	return f
}

// TestWaiting counts what is not fixed because of errors that reading or lowering finds.
func TestWaiting(t *testing.T) {
	const head, sound, unread, unlowered = "title: T\ndate: 2019/02/15\nlogsource: {product: windows}\n",
		"detection: {a: {F: x}, condition: a}\n", "detection: {a: {F|what: x}, condition: a}\n", "detection: {a: {F|re: '*10'}, condition: a}\n"
	for _, c := range []struct {
		in   string
		want int
	}{
		{head + sound, 0},
		{head + unread, 1},
		{head + unlowered, 1},
		{head + "tags: [attack.t1059, attack.t1059]\n" + unlowered, 2},
		{head + "level: Low\n" + unlowered, 2},
		{head + unlowered + "---\n" + head + unread, 2},
		{head + sound + "---\n" + head + unlowered, 1},
		{head + unlowered + "---\n" + head + "level: Low\n" + unlowered + "---\n" + head + sound, 3},
		{"action: global\n" + head + "---\n" + sound + "---\n" + unlowered, 1},
	} {
		data, _ := Fix(reread([]byte(c.in)), reread)
		assert.Equal(t, c.want, Waiting(reread(data)), c.in)
	}
}

// TestFix compares whole files: what is fixed, and that nothing else changes.
func TestFix(t *testing.T) {
	head := "title: Whoami # kept\nid: 0a3a5a1e-8c7a-4a55-9f0a-0d3f1f3f5b10\nlogsource: {product: windows, category: process_creation}\n"
	const detection = "detection: {a: {F: x}, condition: a}\n"
	for _, c := range []struct {
		name, in, want string
		errors         int
	}{
		{name: "words in capitals", in: "status: Experimental\nlevel: 'HIGH' # kept\n" + detection, want: "status: experimental\nlevel: 'high' # kept\n" + detection},
		{name: "a colon in a list", in: "falsepositives:\n  - Administrators: those of the help desk # kept\n  - It's: 'so'\n" + detection, want: "falsepositives:\n  - 'Administrators: those of the help desk' # kept\n  - It's: 'so'\n" + detection},
		{name: "a colon in an entry of two", in: "falsepositives:\n  - It's: so\n" + detection, want: "falsepositives:\n  - 'It''s: so'\n" + detection},
		{name: "colons that are no YAML", in: "description: Finds: this\nauthor: a, b: c\nfalsepositives:\n  - one: two: three\n" + detection, want: "description: 'Finds: this'\nauthor: 'a, b: c'\nfalsepositives:\n  - 'one: two: three'\n" + detection},
		{name: "modifiers", in: "detection: {a: {F|RE|ignorecase: x, 'G|Contains': y}, condition: a}\n", want: "detection: {a: {F|re|i: x, 'G|contains': y}, condition: a}\n"},
		{name: "spaces around names", in: "detection: {a: {'F | contains': x, ' G': y}, condition: a}\n", want: "detection: {a: {'F|contains': x, 'G': y}, condition: a}\n"},
		{name: "networks", in: "detection: {a: {F|cidr: [10.1.2.3, '10.1.2.3/8', 'fe80::1', 172.16.0.0/255.240.0.0]}, condition: a}\n", want: "detection: {a: {F|cidr: [10.1.2.3/32, '10.0.0.0/8', 'fe80::1/128', 172.16.0.0/12]}, condition: a}\n"},
		{name: "words for true", in: "detection: {a: {F|exists: yes, G|exists: 'Off'}, condition: a}\n", want: "detection: {a: {F|exists: true, G|exists: false}, condition: a}\n"},
		{name: "beside an error", in: "level: Low\n" + detection + "---\ntitle: Broken\nlogsource: {product: windows}\ndetection: {a: {F|what: x}, condition: a}\n", want: "level: low\n" + detection + "---\ntitle: Broken\nlogsource: {product: windows}\ndetection: {a: {F|what: x}, condition: a}\n", errors: 1},
		{name: "beside a rule that cannot be lowered", in: "level: Low\n" + detection + "---\ntitle: Held\nlevel: Low\nlogsource: {product: windows}\ndetection: {a: {F|re: '*10'}, condition: a}\n---\ntitle: After\nlogsource: {product: windows}\ndetection: {a: {F: ['*a*']}, condition: a}\n",
			want: "level: low\n" + detection + "---\ntitle: Held\nlevel: Low\nlogsource: {product: windows}\ndetection: {a: {F|re: '*10'}, condition: a}\n---\ntitle: After\nlogsource: {product: windows}\ndetection: {a: {F|contains: ['a']}, condition: a}\n", errors: 1},
		{name: "what shares parts with a rule that cannot be lowered stays", in: detection + "---\naction: global\nlevel: Low\ntitle: Shared\n---\nlogsource: {product: windows}\ndetection: {a: {F|re: '*10'}, condition: a}\n",
			want: detection + "---\naction: global\nlevel: Low\ntitle: Shared\n---\nlogsource: {product: windows}\ndetection: {a: {F|re: '*10'}, condition: a}\n", errors: 1},
		{"dates", "date: 2026/03/01 # written\nmodified:   '2026/04/01'\ndetection: {a: {F: x}, condition: a}\n", "date: 2026-03-01 # written\nmodified:   '2026-04-01'\ndetection: {a: {F: x}, condition: a}\n", 0},
		{"tags, references and values", "tags:\n    - attack.t1059\n    # a comment\n    - attack.t1059\nreferences:\n    - a\n    - a\ndetection:\n    a:\n        F|contains:\n            - whoami\n            - 'WHOAMI'   # again\n            - x\n    condition: a\n",
			"tags:\n    - attack.t1059\n    # a comment\nreferences:\n    - a\ndetection:\n    a:\n        F|contains:\n            - whoami\n            - x\n    condition: a\n", 0},
		{"an entry of several lines stays", "references:\n    - https://a b\n    - https://a\n      b\n    - c\ndetection: {a: {F: x}, condition: a}\n", "references:\n    - https://a b\n    - https://a\n      b\n    - c\ndetection: {a: {F: x}, condition: a}\n", 0},
		{"entries of one line", "tags: [attack.t1059, attack.t1204 ,  'attack.t1059', attack.t1027] # kept\ndetection: {a: {F: [x, \"y, é\", 'X' , \"y, é\"]}, condition: a}\n", "tags: [attack.t1059, attack.t1204 , attack.t1027] # kept\ndetection: {a: {F: [x, \"y, é\" ]}, condition: a}\n", 0},
		{"an entry alone on its line of a flow list stays", "tags: [attack.t1059,\n  attack.t1059]\ndetection: {a: {F: x}, condition: a}\n", "tags: [attack.t1059,\n  attack.t1059]\ndetection: {a: {F: x}, condition: a}\n", 0},
		{"double wildcards", "detection:\n    a: {F: ['a**b***c', 'd\\**e']}\n    condition: a\n", "detection:\n    a: {F: ['a*b*c', 'd\\**e']}\n    condition: a\n", 0},
		{"wildcards for modifiers", "detection:\n    a:\n        F: ['*a*', \"*b*\"] # kept\n        G|all:\n            - 'é*'\n            - 'd\\\\*'\n        'H': '*e'\n        I: '*'\n        J: ['*a*', 'b*']\n        K: '*a\\*'\n    condition: a\n",
			"detection:\n    a:\n        F|contains: ['a', \"b\"] # kept\n        G|startswith|all:\n            - 'é'\n            - 'd\\\\'\n        'H|endswith': 'e'\n        I: '*'\n        J: ['*a*', 'b*']\n        K|endswith: 'a\\*'\n    condition: a\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := reread([]byte(head + c.in))
			require.Equal(t, c.errors, errorsOf(f), "%v", f.Found)
			got, fixed := Fix(f, reread)
			assert.Equal(t, head+c.want, string(got))
			assert.Equal(t, c.in != c.want, len(fixed) > 0)
			again := reread(got)
			require.Equal(t, c.errors, errorsOf(again), "%v", again.Found)
			assert.True(t, same(f, again))
		})
	}
}

// FuzzFix holds that a file that was fixed reads as before.
func FuzzFix(f *testing.F) {
	f.Add("F: ['*a*', '*b*']", "2026/03/01")
	f.Add("F|CIDR: '10.1.2.3'", "2026-03-01")
	f.Add("F|all: ['a**', 'b\\**']\n        G:\n            - '*x'\n            - '*X'", "2026-03-01")
	f.Fuzz(func(t *testing.T, item, date string) {
		before := reread([]byte("title: T\ndate: " + date + "\nlogsource: {product: windows}\ndetection:\n    a:\n        " + item + "\n    condition: a\n"))
		if errorsOf(before) > 0 || len(before.Rules) != 1 {
			return
		}
		data, _ := Fix(before, reread)
		after := reread(data)
		require.Zero(t, errorsOf(after))
		require.True(t, same(before, after))
	})
}

// TestFixedFindingsAreOfTheFileAsItWas: they are in its order, at its lines, whatever was removed above them.
func TestFixedFindingsAreOfTheFileAsItWas(t *testing.T) {
	const one = "title: A\ntags:\n  - attack.t1059\n  - attack.t1059\n  - attack.t1059\nlevel: Low\ndate: 2019/02/15\nlogsource: {product: windows}\n" +
		"detection: {a: {F: [x, x]}, condition: a}\n"
	_, fixed := Fix(reread([]byte(one+"---\n"+one)), reread)
	var at []string
	for _, d := range fixed {
		at = append(at, fmt.Sprintf("%d %s", d.Range.Start.Line, d.Code))
	}
	assert.Equal(t, []string{
		"4 duplicate-tag", "5 duplicate-tag", "6 capital-letters", "7 invalid-date", "9 duplicate-value",
		"14 duplicate-tag", "15 duplicate-tag", "16 capital-letters", "17 invalid-date", "19 duplicate-value",
	}, at)
}

// TestManyDocumentsAreFixedAtOnce: a file of many documents is read a few times, whatever their number, and each is
// fixed as in a file of its own, also beside some that have errors, and some whose fix is taken back.
func TestManyDocumentsAreFixedAtOnce(t *testing.T) {
	kinds := []string{
		"title: A\ndate: 2019/02/15\nlevel: Low\nlogsource: {product: windows}\ndetection: {a: {F: ['*a*', x, x]}, condition: a}\n",
		"title: B\ntags:\n  - attack.t1059\n  - attack.t1059\ndate: 2019/02/15\nlogsource: {product: windows}\ndetection: {a: {F: ['*a*']}, condition: a}\n",
		"title: C\nlevel: Low\nlogsource: {product: windows}\ndetection: {a: {F|re: '*10'}, condition: a}\n",
		"title: D\nlevel: Low\nlogsource: {product: windows}\ndetection: {a: {F|what: x}, condition: a}\n",
	}
	var each []string
	for _, kind := range kinds {
		data, _ := Fix(reread([]byte(kind)), reread)
		each = append(each, string(data))
	}
	reads := map[int]int{}
	for _, times := range []int{2, 20} {
		in, want := strings.Repeat(strings.Join(kinds, "---\n")+"---\n", times), strings.Repeat(strings.Join(each, "---\n")+"---\n", times)
		data, fixed := Fix(reread([]byte(in)), func(data []byte) File {
			reads[times]++
			return reread(data)
		})
		assert.Equal(t, want, string(data))
		assert.NotEmpty(t, fixed)
	}
	assert.Equal(t, reads[2], reads[20])
}
