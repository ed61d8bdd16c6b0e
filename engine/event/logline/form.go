package logline

import (
	"regexp"
	"strings"
)

// form is an expression, and what it takes to match it. That costs less to know: most lines are looked at for every
// form, and have one.
type form struct {
	*regexp.Regexp
	takes func(text string) bool
}

func newForm(takes func(string) bool, expression string) form {
	return form{regexp.MustCompile(expression), takes}
}

// find gives what the expression finds, as FindStringSubmatch does.
func (f form) find(text string) []string {
	if !f.takes(text) {
		return nil
	}
	return f.FindStringSubmatch(text)
}

// is tells whether a text has the form.
func (f form) is(text string) bool { return f.takes(text) && f.MatchString(text) }

// begins is for forms that all begin in one way.
func begins(with string) func(string) bool {
	return func(text string) bool { return strings.HasPrefix(text, with) }
}

// has is for forms that have a word.
func has(word string) func(string) bool {
	return func(text string) bool { return strings.Contains(text, word) }
}

// beginsAmong is for forms whose first character is one of some, or a digit.
func beginsAmong(others string) func(string) bool {
	return func(text string) bool {
		return text != "" && (text[0] >= '0' && text[0] <= '9' || strings.IndexByte(others, text[0]) >= 0)
	}
}
