package kql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// places are texts that may stand for a table, and texts that may not, with what is said of them.
var places = map[string]string{
	"MySecurityEvent": "",
	"Custom_CL":       "",
	"MyEvents()":      "",
	`_Im_ProcessCreate(starttime=ago(7d), pack=true)`:                 "",
	`MyEvents("a, b", 5, 1.5, 2h)`:                                    "",
	`workspace("soc").SecurityEvent`:                                  "",
	`workspace('00000000-0000-0000-0000-000000000000').SecurityEvent`: "",
	`cluster("c").database("d").SecurityEvent`:                        "",
	`workspace("soc")["Security Event"]`:                              "write a table behind it",
	`workspace("soc").["Security Event"]`:                             "",
	`union SecurityEvent, workspace("a").SecurityEvent`:               "",
	`union isfuzzy=true SecurityEvent, MyEvents()`:                    "",
	`["a table"]`:                   "",
	"":                              "a table's name is missing",
	" A":                            "without spaces around it",
	"A\n| take 1":                   "on one line",
	"A | take 1":                    `| take 1" does not belong to a table`,
	"A; B":                          "does not belong to a table",
	"A // no":                       "does not belong to a table",
	"A, B":                          "does not belong to a table",
	"union":                         `"union" is a word of the language`,
	"union A,":                      "a table's name is missing",
	"where":                         `"where" is a word of the language`,
	"A(":                            "an argument of A must be a literal",
	"A(B)":                          "an argument of A must be a literal",
	"A(1,)":                         "an argument of A must be a literal",
	`A("x)`:                         "an argument of A must be a literal",
	`workspace("a)`:                 "an argument of workspace must be a literal",
	`workspace("a")`:                "write a table behind it",
	`workspace(name).SecurityEvent`: "an argument of workspace must be a literal",
	`(A)`:                           "a table's name is missing",
	`let`:                           "is a word of the language",
}

func TestCheckTable(t *testing.T) {
	for text, want := range places {
		err := CheckTable(text)
		if want == "" {
			assert.NoError(t, err, text)
		} else {
			assert.ErrorContains(t, err, want, text)
		}
	}
}

// FuzzTable reads an accepted text as Kusto does: outside of texts nothing that begins a stage, a statement or a
// comment, and every bracket closed.
func FuzzTable(f *testing.F) {
	for text := range places {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if CheckTable(text) != nil {
			return
		}
		var open []byte
		quote := byte(0)
		for i := 0; i < len(text); i++ {
			switch c := text[i]; {
			case quote != 0 && c == '\\':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '(' || c == '[':
				open = append(open, c)
			case c == ')' || c == ']':
				if len(open) == 0 || (open[len(open)-1] == '(') != (c == ')') {
					t.Fatalf("%q closes a bracket of the query", text)
				}
				open = open[:len(open)-1]
			case strings.ContainsRune("|;\n/{}@#`", rune(c)):
				t.Fatalf("%q breaks out with %q", text, c)
			}
		}
		if len(open) > 0 || quote != 0 {
			t.Fatalf("%q leaves something open", text)
		}
	})
}
