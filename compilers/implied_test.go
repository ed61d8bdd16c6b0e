package compilers

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestWhatHoldsWhateverTheReputation: reputation is asked of what the rest of the rule leaves, also below `or` and
// `not`.
func TestWhatHoldsWhateverTheReputation(t *testing.T) {
	const names = "\nprevalence:\n  r: {field: sha1, signature: SignedValid}\ndetection:\n  a: {A: a}\n  b: {B: b}\n  c: {C: c}\n  condition: "
	for condition, want := range map[string]string{
		"(a and not r) or (b and r)":     "a or b",
		"a and r":                        "a",
		"a or r":                         "",
		"r":                              "",
		"not r":                          "",
		"not (a and r)":                  "",
		"not (a or r)":                   "not a",
		"not (a or b and r) and c":       "not a and c",
		"(a or r) and (b or c and r)":    "b or c",
		"a and (b and r or c and not r)": "a and (b or c)",
		"a or b and r":                   "a or b",
		"2 of them":                      "",
		"not 2 of them":                  "",
		"a and 2 of them":                "a",
	} {
		r := lowered.Rule(t, "title: T\nlogsource: {product: windows, category: process_creation}"+names+condition+"\n")
		got := ir.WithoutPrevalence(r.Condition)
		text := ""
		if known, nothing := got.(*ir.Const); nothing {
			assert.True(t, known.Value, condition)
		} else {
			text = shape(got, false)
		}
		assert.Equal(t, want, text, condition)
		early, late := SplitAtPrevalence([]ir.Node{r.Condition}, []*ir.Prevalence{{Spec: rules.Prevalence{}}})
		assert.Len(t, early, map[bool]int{true: 0, false: 1}[want == ""], condition)
		assert.Len(t, late, 1, condition)
	}
}

// shape writes a condition by its fields, in lower case.
func shape(n ir.Node, inner bool) string {
	join := func(terms []ir.Node, word string) string {
		text := ""
		for i, term := range terms {
			if i > 0 {
				text += word
			}
			text += shape(term, true)
		}
		if inner {
			return "(" + text + ")"
		}
		return text
	}
	switch n := n.(type) {
	case *ir.Match:
		return string(n.Field.Name[0] + 'a' - 'A')
	case *ir.Named:
		return shape(n.Body, inner)
	case *ir.Not:
		return "not " + shape(n.Term, true)
	case *ir.And:
		return join(n.Terms, " and ")
	case *ir.Or:
		return join(n.Terms, " or ")
	}
	panic("unexpected node")
}
