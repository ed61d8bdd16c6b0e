package spl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// scopes are texts that a scope may be, and texts that would break out of it, with what is said of them.
var scopes = map[string]string{
	"index=win":                           "",
	"index = win":                         "",
	"index=win*":                          "",
	"index=win sourcetype=xmlwineventlog": "",
	"index=a OR index=b":                  "",
	"(index=a OR index=b) NOT host=lab*":  "",
	"index IN (a, b)":                     "",
	`source="a | b"`:                      "",
	`source="a \" [b]"`:                   "",
	"`sysmon`":                            "",
	"`sysmon` host=a":                     "",
	"`logs(windows, \"a b\")`":            "",
	"TERM(a.b)":                           "",
	"":                                    "write a search",
	" index=a":                            "without spaces around it",
	"index=a\nindex=b":                    "on one line",
	"index=a | delete":                    "no pipe",
	"index=a [search index=b]":            "no subsearch",
	"index=a]":                            "no subsearch",
	"index=a) OR (index=b":                "parenthesis without a beginning",
	"(index=a":                            "a parenthesis is not closed",
	`source="a`:                           `" is not closed`,
	`source="a\"`:                         `" is not closed`,
	"`sysmon":                             "` is not closed",
	"```comment```":                       "is not a macro",
	"`a b`":                               "is not a macro",
	"`a(\"b)`":                            "is not a macro",
	"`a(b|c)`":                            "is not a macro",
	`source=C:\a`:                         "between double quotes",
	"index=a OR":                          "OR has no term after it",
	"OR index=a":                          "OR has no term before it",
	"index=a AND OR index=b":              "OR has no term before it",
	"NOT":                                 "NOT has no term after it",
	"()":                                  "no term between parentheses",
	"index=a or index=b":                  "write OR in capitals",
	"NOT index=a":                         "",
	"index=a OR NOT (host=b OR host=\"c d\")": "",
}

func TestCheckScope(t *testing.T) {
	for text, want := range scopes {
		err := checkScope(text)
		if want == "" {
			assert.NoError(t, err, text)
		} else {
			assert.ErrorContains(t, err, want, text)
		}
	}
}

// FuzzScope reads an accepted scope as Splunk does: outside of quotes and macros no pipe, no bracket, and every
// parenthesis closed.
func FuzzScope(f *testing.F) {
	for text := range scopes {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if checkScope(text) != nil {
			return
		}
		depth, quote := 0, byte(0)
		query := searchTerm(text)
		for i := 0; i < len(query); i++ {
			switch c := query[i]; {
			case quote == '"' && c == '\\':
				i++
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '`':
				quote = c
			case c == '(':
				depth++
			case c == ')':
				depth--
			case strings.ContainsRune("|[]\\\n", rune(c)):
				t.Fatalf("%q breaks out with %q", text, c)
			}
			if depth < 0 {
				t.Fatalf("%q closes a parenthesis of the query", text)
			}
		}
		if depth != 0 || quote != 0 {
			t.Fatalf("%q leaves something open", text)
		}
		if terms, ok := searchTerms(query); !ok || len(terms) != 1 {
			t.Fatalf("%q is not one term: %q", text, terms)
		}
	})
}
