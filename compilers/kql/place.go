package kql

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Place is the setting for where an organisation keeps events: what is read instead of a table.
func (dialect) Place() (string, func(string) error) { return "table", CheckTable }

// CheckTable says why a text does not stand for a table: a name, a function with literal arguments, either of them in
// another workspace, database or cluster, or a union of such. It stays in its place: nothing else of the language is
// accepted.
// https://learn.microsoft.com/en-us/azure/azure-monitor/logs/cross-workspace-query
func CheckTable(text string) error {
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }); i >= 0 || strings.TrimSpace(text) != text {
		return errors.New("a table must be printable, on one line, and without spaces around it")
	}
	p := &placeParser{rest: text}
	union := p.take(unionWord)
	if union {
		p.take(fuzzy)
	}
	for {
		if err := p.table(); err != nil {
			return err
		}
		if !union || !p.take(comma) {
			break
		}
	}
	if p.rest != "" {
		return fmt.Errorf("%q does not belong to a table: write a name, FUNCTION(), workspace(\"NAME\").TABLE, or union A, B", p.rest)
	}
	return nil
}

// The tokens of what stands for a table.
var (
	unionWord = regexp.MustCompile(`^union\s+`)
	fuzzy     = regexp.MustCompile(`^isfuzzy\s*=\s*true\s+`)
	comma     = regexp.MustCompile(`^\s*,\s*`)
	dot       = regexp.MustCompile(`^\.`)
	opening   = regexp.MustCompile(`^\(\s*`)
	ending    = regexp.MustCompile(`^\s*\)`)
	word      = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	argument  = regexp.MustCompile(`^(?:[A-Za-z_][A-Za-z0-9_]*\s*=\s*)?(?:` + literal + `|true|false|-?[0-9]+(?:\.[0-9]+)?[dhms]?|now\(\)|ago\([0-9]+[dhms]\)|datetime\([0-9T:.Z -]+\))`)
	remote    = regexp.MustCompile(`^(?:workspace|database|cluster|app|adx|arg|resource)\(\s*` + literal + `\s*\)`)
	bracketed = regexp.MustCompile(`^\[\s*` + literal + `\s*\]`)
)

// literal is a text, without line breaks.
const literal = `(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')`

// placeParser reads what stands for a table.
type placeParser struct{ rest string }

// take reads a token, if it comes next.
func (p *placeParser) take(token *regexp.Regexp) bool {
	found := token.FindString(p.rest)
	p.rest = p.rest[len(found):]
	return found != ""
}

func (p *placeParser) table() error {
	for p.take(remote) {
		if !p.take(dot) {
			return errors.New("write a table behind it, as in workspace(\"NAME\").SecurityEvent")
		}
	}
	if p.take(bracketed) {
		return nil
	}
	name := word.FindString(p.rest)
	switch lower := strings.ToLower(name); {
	case name == "":
		return fmt.Errorf("a table's name is missing at %q", p.rest)
	case reservedWords[lower] || statementWords[lower]:
		return fmt.Errorf("%q is a word of the language, not a table: write [\"%s\"]", name, name)
	}
	p.rest = p.rest[len(name):]
	if !p.take(opening) || p.take(ending) {
		return nil
	}
	for p.take(argument) {
		if p.take(ending) {
			return nil
		}
		if !p.take(comma) {
			break
		}
	}
	return fmt.Errorf("an argument of %s must be a literal: a text, a number, a timespan, true, false, ago(1d), now(), datetime(2026-01-01); found: %q", name, p.rest)
}
