package engine_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestSemantics pins where readings of the Sigma specification differ from one tool to the next: each case
// lists events that match and events that do not.
func TestSemantics(t *testing.T) {
	for _, c := range []struct {
		name, detection string
		match, miss     []string
	}{
		{"cased goes with contains, startswith, endswith and wildcards, in lists too",
			"a: {F|contains|cased: [aBc, dEf]}\n  b: {G|startswith|cased: [aBc, dEf]}\n  c: {H|endswith|cased: [aBc, dEf]}\n  d: {I|cased: ['a*C', 'd?F']}\n  condition: 1 of them",
			[]string{`{"F":"xdEfx"}`, `{"G":"dEfx"}`, `{"H":"xdEf"}`, `{"I":"dEF"}`, `{"I":"a-C"}`},
			[]string{`{"F":"xdefx"}`, `{"G":"DEFx"}`, `{"H":"xDef"}`, `{"I":"def"}`, `{"I":"A-C"}`}},
		{"utf16 begins with a byte order mark", "a: {F|utf16|base64: a}\n  condition: a", []string{`{"F":"//5hAA=="}`}, []string{`{"F":"YQA="}`}},
		{"utf16le and wide are the same", "a: {F|utf16le|base64: a}\n  b: {F|wide|base64: a}\n  condition: a and b", []string{`{"F":"YQA="}`}, []string{`{"F":"//5hAA=="}`, `{"F":"AGE="}`}},
		{"utf16be", "a: {F|utf16be|base64: a}\n  condition: a", []string{`{"F":"AGE="}`}, []string{`{"F":"YQA="}`}},
		{"base64offset has three forms", "a: {F|base64offset|contains: foobar}\n  condition: a",
			[]string{`{"F":"Zm9vYmFy"}`, `{"F":"IGZvb2Jhcg=="}`, `{"F":"ICBmb29iYXI="}`}, []string{`{"F":"foobar"}`, `{"F":"Zm9vYmE="}`}},
		{"modifiers act in their order", "a: {F|base64|wide|base64: a}\n  condition: a", []string{`{"F":"WQBRAD0APQA="}`}, []string{`{"F":"WVEwOQ=="}`}},
		{"a lone wildcard asks for the field", "a: {F: '*'}\n  condition: a", []string{`{"F":"x"}`, `{"F":0}`, `{"F":[null,"x"]}`}, []string{`{}`, `{"F":null}`}},
		{"a question mark is one character", "a: {F: 'a?'}\n  condition: a", []string{`{"F":"ab"}`, `{"F":"a\u00e9"}`}, []string{`{"F":"a"}`, `{"F":"abc"}`}},
		{"a*b is ordered and anchored", "a: {F: 'a*b'}\n  condition: a", []string{`{"F":"ab"}`, `{"F":"A\nB"}`, `{"F":"abab"}`}, []string{`{"F":"ba"}`, `{"F":"xab"}`, `{"F":"abx"}`}},
		{"escaped wildcards are themselves", `a: {F: 'a\*b\?'}` + "\n  condition: a", []string{`{"F":"a*b?"}`}, []string{`{"F":"axb?"}`, `{"F":"a*bx"}`}},
		{"an escaped backslash before a wildcard", `a: {F: 'a\\*'}` + "\n  condition: a", []string{`{"F":"a\\"}`, `{"F":"a\\x"}`}, []string{`{"F":"a*"}`, `{"F":"ax"}`}},
		{"all of plain values needs several of them", "a: {F|all: [a, b]}\n  condition: a", []string{`{"F":["B","x","A"]}`}, []string{`{"F":"a"}`, `{"F":["a"]}`, `{"F":"a b"}`}},
		{"lookaround and backreferences", `a: {F|re: '^(?!x)(\w)\1$'}` + "\n  condition: a", []string{`{"F":"aa"}`}, []string{`{"F":"xx"}`, `{"F":"ab"}`}},
		{"inline flags and classes", `a: {F|re: '(?i)^[[:alpha:]]+\d{2}$'}` + "\n  condition: a", []string{`{"F":"aB12"}`}, []string{`{"F":"12"}`, `{"F":"a1"}`}},
		{"rules with EventID only", "a: {EventID: 4625}\n  condition: a", []string{`{"EventID":4625}`, `{"EventID":"4625"}`}, []string{`{"EventID":46250}`}},
		{"names with dashes and dots", "a: {cs-uri-query|contains: x, request.id: y}\n  condition: a", []string{`{"cs-uri-query":"axb","request":{"id":"y"}}`}, []string{`{"cs-uri-query":"axb"}`}},
		{"keywords only", "keywords: [mimikatz, 'se*lsa']\n  condition: keywords", []string{`{"M":"run MimiKatz now"}`, `{"A":{"B":["sekurlsa"]}}`}, []string{`{"mimikatz":"x"}`, `{"M":"lsa se"}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := lowered.Rule(t, "detection:\n  "+c.detection+"\n")
			for _, exhaustive := range []bool{false, true} {
				opt := engine.Exhaustively(exhaustive, engine.Options{})
				for _, e := range c.match {
					assert.Len(t, enginetest.IDs(t, opt, []*ir.Rule{r}, e), 1, e)
				}
				for _, e := range c.miss {
					assert.Empty(t, enginetest.IDs(t, opt, []*ir.Rule{r}, e), e)
				}
			}
		})
	}
}
