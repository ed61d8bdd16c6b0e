package compilers

import (
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// HandWritten is the code of the note that a query is not compiled from the rule's detection.
const HandWritten = "hand-written"

// Unchecked is the effect of a note about what decree cannot compare with the rule.
const Unchecked = "unchecked"

// Written is the query that a rule has for a target in place of what its detection says. r is the rule with the
// schedule by which it is run.
func Written(r *rules.Rule, q *rules.Query, d Dialect) *Query {
	note := Note{Code: HandWritten, Effect: Unchecked, Range: q.Range, Message: "the query is written by hand: decree does not compare it with the rule, and tests do not run it"}
	return &Query{Dialect: d.Name(), Text: q.Text + "\n", Notes: []Note{note}, Written: q, Result: &Result{written: true, Whole: true, Indices: q.Index, Lookback: r.Schedule.Lookback, Combines: true}}
}

// NoQuery is the code of a rule that has only queries, and none for the target.
const NoQuery = "no-query"

// WithoutQuery is the remark that a rule without a detection is skipped, because its queries are for other targets.
func WithoutQuery(target string, r *rules.Rule) diag.Diagnostic {
	var names []string
	for _, q := range r.Queries {
		names = append(names, q.For.Name)
	}
	return diag.Diagnostic{Severity: diag.Info, Code: NoQuery, Range: r.Key("query", -1), Hint: "write one under `query`, or add a detection",
		Message: target + ": the rule has no detection, and its queries are for " + strings.Join(names, ", ") + ": it is skipped"}
}

// NotFiltered warns that a filter does not apply to a query that is written by hand.
func NotFiltered(q *rules.Query) diag.Diagnostics {
	var found diag.Diagnostics
	found.Warnf("query-filter", q.Range, "write what the filter says into the query", "a filter covers the rule, and the query for %s, which is written by hand, does not have it", q.For.Name)
	return found
}

// CheckWritten finds what is likely wrong with the queries that a rule has: for a target that is not known, or with a
// text or a bracket that does not end. dialectOf gives the dialect of what a query can be for, nil if nothing is named
// so; names are those names.
func CheckWritten(r *rules.Rule, names []string, dialectOf func(string) Dialect) diag.Diagnostics {
	var found diag.Diagnostics
	for _, q := range r.Queries {
		d := dialectOf(q.For.Name)
		switch {
		case d == nil:
			found.Warnf("unknown-target", q.For.Range, diag.DidYouMean(q.For.Name, names, "name a target of decree.yml, a package format or a dialect"), "unknown target %q under `query`: nothing uses the query", q.For.Name)
		case q.Language == "" || q.Language == d.Name():
			if what := d.Lexis().unbalanced(q.Text); what != "" {
				found.Warnf("unbalanced-query", q.Range, "look for a quote or a bracket that is missing", "the query for %s has %s", q.For.Name, what)
			}
		}
	}
	return found
}

// Lexis says how a language writes texts and comments, as far as brackets outside of them can be told from those
// inside.
type Lexis struct {
	Texts    []TextForm // longer openings first
	Comments []TextForm // that end at Close, or unclosed at the end of the query where Close is a line break
	Brackets string     // pairs: opening, closing, opening, closing
}

// TextForm is a form of a text or a comment.
type TextForm struct {
	Open, Close string
	Escape      bool // a backslash keeps the next character in the text
	Doubled     bool // the closing quote twice is a quote in the text
	Lines       bool // it may have several lines
}

// unbalanced says which text, comment or bracket of a query does not end, or "".
func (l Lexis) unbalanced(text string) string {
	var open []byte
	for i := 0; i < len(text); {
		if f, begins := beginning(l.Comments, text[i:]); begins {
			length := f.length(text[i:])
			if length < 0 && f.Close == "\n" {
				break
			} else if length < 0 {
				return "a comment that does not end: " + excerpt(text[i:])
			}
			i += length
			continue
		}
		if f, begins := beginning(l.Texts, text[i:]); begins {
			length := f.length(text[i:])
			if length < 0 {
				return "a text that does not end: " + excerpt(text[i:])
			}
			i += length
			continue
		}
		switch at := strings.IndexByte(l.Brackets, text[i]); {
		case at < 0:
		case at%2 == 0:
			open = append(open, l.Brackets[at+1])
		case len(open) == 0 || open[len(open)-1] != text[i]:
			return "a closing bracket without its opening one: " + excerpt(text[i:])
		default:
			open = open[:len(open)-1]
		}
		i++
	}
	if len(open) > 0 {
		return "a bracket that is not closed: " + string(open[len(open)-1]) + " is missing"
	}
	return ""
}

// beginning gives the first of the forms with whose opening a text begins.
func beginning(forms []TextForm, text string) (TextForm, bool) {
	for _, f := range forms {
		if strings.HasPrefix(text, f.Open) {
			return f, true
		}
	}
	return TextForm{}, false
}

// length is that of what begins with the opening of the form, with its closing; -1 if it does not end.
func (f TextForm) length(text string) int {
	for i := len(f.Open); i < len(text); i++ {
		switch {
		case f.Escape && text[i] == '\\':
			i++
		case f.Doubled && strings.HasPrefix(text[i:], f.Close+f.Close):
			i += len(f.Close)*2 - 1
		case strings.HasPrefix(text[i:], f.Close):
			return i + len(f.Close)
		case text[i] == '\n' && !f.Lines:
			return -1
		}
	}
	return -1
}

// longestExcerpt is how much of a query a message shows, in characters.
const longestExcerpt = 40

func excerpt(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	if all := []rune(line); len(all) > longestExcerpt {
		line = string(all[:longestExcerpt]) + "..."
	}
	return line
}
