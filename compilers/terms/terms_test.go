package terms

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// plainText are the rules of texts that are stored as they are.
var plainText = Rules{Shortest: 3, Before: separates, After: separates}

func separates(c rune) bool { return c <= unicode.MaxASCII && !plain(c) && c != '_' }

// condition lowers a detection.
func condition(t testing.TB, detection, condition string) ir.Node {
	t.Helper()
	return lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n"+detection+"\n  condition: "+condition+"\n").Condition
}

// written writes clauses: the terms of one with |, a prefix with *.
func written(clauses []Clause) string {
	all := make([]string, len(clauses))
	for i, c := range clauses {
		texts := make([]string, len(c.Terms))
		for j, t := range c.Terms {
			texts[j] = t.Text
			if t.Prefix {
				texts[j] += "*"
			}
		}
		all[i] = strings.Join(texts, "|")
	}
	return strings.Join(all, " ")
}

func leaf(n ir.Node) []Clause {
	if m, ok := n.(*ir.Match); ok {
		return plainText.OfTest(m.Test)
	}
	return nil
}

func TestTermsOfATest(t *testing.T) {
	for item, want := range map[string]string{
		`A: 'certutil -urlcache'`:             "certutil urlcache",
		`A|contains: ' -urlcache '`:           "urlcache",
		`A|contains: urlcache`:                "", // either end may go on
		`A|contains: '-urlcache'`:             "urlcache*",
		`A|contains: 'urlcache '`:             "", // it may begin before
		`A|startswith: 'C:\PerfLogs\'`:        "PerfLogs",
		`A|startswith: Invoke`:                "Invoke*",
		`A|endswith: '\mimikatz.exe'`:         "mimikatz",
		`A|endswith: mimikatz`:                "",
		`A|endswith: '\a.exe'`:                "", // nearly every event has exe
		`A|contains: '_mimikatz_'`:            "", // whether _ separates is not said
		`A|contains: 'émimikatz '`:            "",
		`A|contains: ' mimikatzé'`:            "mimikatz*",
		`A|contains: [' -abc ', ' -defg ']`:   "abc|defg",
		`A|contains: [' -abc ', 'defg']`:      "", // an event may have the second alone
		`A|contains: [' -abcd', ' -abcde ']`:  "abcd*",
		`A|contains|all: [' -abc ', 'defg']`:  "abc",
		`A|contains|cased: ' -ABC '`:          "ABC",
		`A|filename: [regsvr.exe, psexec]`:    "regsvr|psexec",
		`A|filename|startswith: psexec`:       "psexec*",
		`A|filename|contains: psexec`:         "",
		`A|word: psexec`:                      "", // what stands around it is not known
		`A: '*\temp\*.tmp'`:                   "temp tmp",
		`A: 'x?loader y'`:                     "",
		`A|windash|contains: ' -urlcache '`:   "", // of which dashes separate terms, no product says all
		`A|re: '^cmd\.exe\s+/c\s'`:            "cmd",
		`A|re: '\\(foo|bar)\.exe$'`:           "foo|bar",
		`A|re: 'net[\\/]user'`:                "user*",
		`A|re: '\bmimikatz\b'`:                "",
		`A|re: ' (mimi|kiwi)?katz '`:          "",
		`A|re: ' abc{2} '`:                    "",
		`A|re: ' (abcd )+'`:                   "abcd",
		`A|re: ' xyz(?=abc) '`:                "xyz",
		`A|re|i: ' -Enc '`:                    "Enc",
		`A|re|i: ' -disk '`:                   "", // there, s and k are letters beyond ASCII, too
		`A|re: ' -disk '`:                     "disk",
		`A|re: ' [Dd]own '`:                   "Down",
		`A|re: '[^\w]down[^\w]'`:              "",
		`A|re: '(a)\1 down '`:                 "down",
		`A|re: ' (a|b|c|d|e)(a|b|c|d|e)xyz '`: "",
		`A|cidr: 10.0.0.0/8`:                  "",
		`A: null`:                             "",
		`A|gte: 100`:                          "",
	} {
		assert.Equal(t, want, written(Of(condition(t, "  s: {'"+strings.Replace(item, ":", "':", 1)+"}", "s"), leaf)), item)
	}
}

func TestTermsOfACondition(t *testing.T) {
	const names = "  a: {A: 'abc def'}\n  b: {B: 'bcd'}\n  c: {C|contains: cde}\n  n: {D: null}"
	for of, want := range map[string]string{
		"a":                   "abc def",
		"a and b":             "abc def bcd",
		"a or b":              "abc|bcd",
		"a or c":              "",
		"a and not b":         "abc def",
		"not a":               "",
		"a and (b or c)":      "abc def",
		"(a or b) and c":      "abc|bcd",
		"a or (b and c)":      "abc|bcd",
		"2 of them":           "",
		"a and 1 of b*":       "abc def bcd",
		"not (not a or b)":    "",
		"n and b":             "bcd",
		"a or b or (c and b)": "abc|bcd",
	} {
		assert.Equal(t, want, written(Of(condition(t, names, of), leaf)), of)
	}
}

func TestChoice(t *testing.T) {
	one := func(texts ...string) Clause {
		var c Clause
		for _, text := range texts {
			c.Terms = append(c.Terms, Term{Text: text})
		}
		return c
	}
	asked := Clause{Asked: true}
	choose := func(more bool, all ...Clause) string {
		added, indexed := Choose(all, more)
		return fmt.Sprintf("%s %t", written(added), indexed)
	}
	assert.Equal(t, "abcdef abc true", choose(true, one("ab"), one("abc"), one("abcdef"), one("ABC")))
	assert.Equal(t, "true", strings.TrimSpace(choose(true, one("abc"), asked)))
	assert.Equal(t, "true", strings.TrimSpace(choose(false, one("abc"), asked)))
	assert.Equal(t, "false", strings.TrimSpace(choose(false, one("abc"))))
	assert.Equal(t, "false", strings.TrimSpace(choose(true)))
}

// TestAlternativesThatAreAsked: a query asks an index if each alternative does.
func TestAlternativesThatAreAsked(t *testing.T) {
	of := func(n ir.Node) []Clause {
		clauses := leaf(n)
		if n.(*ir.Match).Field.Name == "B" {
			clauses = append(clauses, Clause{Asked: true})
		}
		return clauses
	}
	const names = "  a: {A: 'abc'}\n  b: {B|contains: x}\n  d: {B|endswith: '\\mimikatz'}"
	for text, want := range map[string]string{"a or b": "", "b or d": "asked", "a or d": "abc|mimikatz"} {
		got := Of(condition(t, names, text), of)
		if want == "" {
			assert.Empty(t, got)
			continue
		}
		require.Len(t, got, 1, text)
		assert.Equal(t, want == "asked", got[0].Asked, text)
		if want != "asked" {
			assert.Equal(t, want, written(got), text)
		}
	}
}

// TestWhatMatchesHasTheTerms asks the engine of random texts, and holds those that match to the terms.
func TestWhatMatchesHasTheTerms(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	parts := []string{"abc", "ABC", "Disk", "dıſk", "def", "a", "1", " ", "-", "\\", "/", ".", ":", "_", "é", "K", "\n", "\"", "--", "%20"}
	text := func(most int) string {
		var b strings.Builder
		for range 1 + r.IntN(most) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	pieces := []string{"abc", "Disk", `\\`, " ", "(abc|def)", "-?", ".", "[ab]", `\s`, "(?:def )+", "^", "$", `\.`, "1*", "(?i:disk)", "é", "a{2}", `[^a]`, `\b`, "(abc|-)", "(?=abc)"}
	var rules []*ir.Rule
	clauses := map[*ir.Rule][]Clause{}
	var texts []string
	for range 600 {
		texts = append(texts, text(8))
	}
	for range 4000 {
		var test ir.Test
		switch r.IntN(4) {
		case 0, 1:
			is := &ir.Text{Op: ir.TextOp(r.IntN(6)), Values: []string{text(6)}, Cased: r.IntN(3) == 0}
			if r.IntN(2) == 0 {
				is.Values = append(is.Values, text(4))
			}
			texts = append(texts, is.Values[0], text(2)+is.Values[0]+text(2))
			if test = is; r.IntN(5) == 0 {
				test = &ir.OfFilename{Test: is}
			}
		case 2:
			test = &ir.Glob{Parts: []ir.GlobPart{{Literal: text(4)}, {Wild: "*?-"[r.IntN(3)]}, {Literal: text(3)}}, Cased: r.IntN(3) == 0}
		default:
			expr := ""
			for range 2 + r.IntN(5) {
				expr += pieces[r.IntN(len(pieces))]
			}
			test = &ir.Regex{Expr: expr, Flags: []string{"", "i"}[r.IntN(2)], Backtracking: strings.Contains(expr, "?=")}
		}
		if found := plainText.OfTest(test); len(found) > 0 {
			rule := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {A: x}\n  condition: s\n")
			rule.Condition = &ir.Match{Field: ir.Field{Name: "A"}, Test: test}
			rules, clauses[rule] = append(rules, rule), found
		}
	}
	events := make([]string, len(texts))
	for i, v := range texts {
		line, err := json.Marshal(map[string]any{"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "A": v})
		require.NoError(t, err)
		events[i] = string(line)
	}
	results, _ := enginetest.Run(t, engine.Options{Model: lowered.Model(t, "sigma")}, rules, events...)
	for _, result := range results {
		v := texts[result.Event.Line-1]
		for _, c := range clauses[result.Rule] {
			require.True(t, c.holds(v), "%q matches %+v, and lacks %s", v, result.Rule.Condition.(*ir.Match).Test, written([]Clause{c}))
		}
	}
	t.Logf("%d rules, %d texts, %d matches", len(rules), len(texts), len(results))
	assert.Greater(t, len(results), 1000)
}

// holds tells whether a text has one of a clause's terms. Letters beyond ASCII and an underscore are of a term, or are
// not: both must do.
func (c Clause) holds(text string) bool {
	for _, more := range []bool{false, true} {
		of := strings.FieldsFunc(text, func(c rune) bool {
			return !plain(c) && !(more && (c == '_' || unicode.IsLetter(c) || unicode.IsNumber(c)))
		})
		found := false
		for _, t := range c.Terms {
			for _, word := range of {
				found = found || strings.EqualFold(word, t.Text) || t.Prefix && len(word) >= len(t.Text) && strings.EqualFold(word[:len(t.Text)], t.Text)
			}
		}
		if !found {
			return false
		}
	}
	return true
}
