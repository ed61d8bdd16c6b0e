package spl

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/compilers/logic"
)

// TestBaseSearch: beside other searches, a model's own holds together.
func TestBaseSearch(t *testing.T) {
	for table, want := range map[string]string{
		"`macro`":                            "`macro` OR x=1",
		"`macro(a, b)`":                      "`macro(a, b)` OR x=1",
		"index=win":                          "index=win OR x=1",
		`source="a b"`:                       `source="a b" OR x=1`,
		`source="a \" OR b"`:                 `source="a \" OR b" OR x=1`,
		`(source="a (b)" OR source=c)`:       `(source="a (b)" OR source=c) OR x=1`,
		"index=win sourcetype=x":             "(index=win sourcetype=x) OR x=1",
		"index=win (source=a OR source=b)":   "(index=win (source=a OR source=b)) OR x=1",
		"source=a OR source=b":               "(source=a OR source=b) OR x=1",
		"index=win NOT host=h":               "(index=win NOT host=h) OR x=1",
		"index=win and host=h":               "(index=win and host=h) OR x=1",
		"((source=a OR source=b) index=win)": "((source=a OR source=b) index=win) OR x=1",
		"index=win TERM(x)":                  "(index=win TERM(x)) OR x=1",
		"(a=1)(b=2)":                         "((a=1)(b=2)) OR x=1",
		"(a=1) OR (b=2)":                     "((a=1) OR (b=2)) OR x=1",
	} {
		assert.Equal(t, want, searchSyntax.Print(logic.Any{baseSearch(table), logic.Atom("x=1")}).Stage(""))
	}
	assert.Equal(t, "index=win source=b x=1", searchSyntax.Print(logic.All{baseSearch("index=win source=b"), logic.Atom("x=1")}).Stage(""))
}
