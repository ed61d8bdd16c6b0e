package spl

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Place is the setting for where an organisation keeps events: a search that is added to the model's.
func (dialect) Place() (string, func(string) error) { return "scope", checkScope }

// macro is a macro's call, without its backquotes. Its arguments have no backquotes, pipes and brackets.
var macro = regexp.MustCompile("^[A-Za-z_][A-Za-z0-9_:-]*(\\([^`|\\[\\]]*\\))?$")

// checkScope says why a text is not one search expression of the search command, such as `index=win`, or a macro
// between backquotes. It stays in its place: no pipe and no subsearch outside of quotes, quotes and parentheses in
// pairs, operators between terms.
// https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/search-primer/write-better-searches
func checkScope(text string) error {
	if strings.TrimSpace(text) != text || text == "" {
		return errors.New("write a search, such as index=win, without spaces around it")
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }); i >= 0 {
		return errors.New("a search must be printable and on one line")
	}
	tokens, err := scopeTokens(text)
	if err != nil {
		return err
	}
	if err := checkParentheses(tokens); err != nil {
		return err
	}
	return checkOperators(tokens)
}

// scopeTokens splits a search into words and parentheses. What is quoted is a letter of its word.
func scopeTokens(text string) (tokens []string, err error) {
	token := ""
	flush := func() {
		if token != "" {
			tokens, token = append(tokens, token), ""
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '|':
			return nil, errors.New("a scope has no pipe: it is only a part of the base search")
		case '[', ']':
			return nil, errors.New("a scope has no subsearch: Splunk cuts off its results silently")
		case '\\':
			return nil, errors.New("put a text with a backslash between double quotes")
		case '"', '`':
			if i, err = quotedEnd(text, i); err != nil {
				return nil, err
			}
			token += "x"
		case '(', ')':
			flush()
			tokens = append(tokens, string(c))
		case ' ', ',':
			flush()
		default:
			token += string(c)
		}
	}
	flush()
	return tokens, nil
}

// quotedEnd is where a quoted text or a macro ends.
func quotedEnd(text string, from int) (int, error) {
	end := closing(text, from)
	if end < 0 {
		return 0, fmt.Errorf("%c is not closed", text[from])
	}
	inside := text[from+1 : end]
	if text[from] == '`' && (!macro.MatchString(inside) || strings.Count(inside, `"`)%2 > 0) {
		return 0, fmt.Errorf("%s is not a macro: write its name between backquotes, with arguments in parentheses", text[from:end+1])
	}
	return end, nil
}

// checkParentheses says why parentheses are not in pairs.
func checkParentheses(tokens []string) error {
	depth := 0
	for _, token := range tokens {
		switch token {
		case "(":
			depth++
		case ")":
			if depth--; depth < 0 {
				return errors.New("parenthesis without a beginning")
			}
		}
	}
	if depth > 0 {
		return errors.New("a parenthesis is not closed")
	}
	return nil
}

// closing is where a quote ends: at the same character, unless a backslash stands before it. -1 if it does not end.
func closing(text string, from int) int {
	for i := from + 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[from] == '"':
			i++
		case text[i] == text[from]:
			return i
		}
	}
	return -1
}

// infix are the operators that need a term before them.
var infix = map[string]bool{"AND": true, "OR": true}

// checkOperators requires a term on both sides of AND and OR, one after NOT, and one in each pair of parentheses.
func checkOperators(tokens []string) error {
	before := "("
	for _, t := range append(slices.Clone(tokens), ")") {
		upper := strings.ToUpper(t)
		if connectives[upper] && t != upper {
			return fmt.Errorf("write %s in capitals: Splunk looks for the word %q", upper, t)
		}
		wanting := before == "(" || connectives[before]
		switch {
		case wanting && infix[t]:
			return fmt.Errorf("%s has no term before it", t)
		case wanting && t == ")" && before != "(":
			return fmt.Errorf("%s has no term after it", before)
		case wanting && t == ")":
			return errors.New("there is no term between parentheses")
		}
		before = t
	}
	return nil
}
