package spl

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// evalString writes a string of eval and where. Splunk reads `\\` and `\"` in it; doubling
// every backslash leaves no other escape to be read.
func evalString(s string) string { return `"` + escaper.Replace(s) + `"` }

var plainEvalName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
var plainSearchName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// words have a meaning of their own where a field name may stand.
var words = map[string]bool{"and": true, "or": true, "not": true, "xor": true, "in": true, "like": true, "as": true, "by": true,
	"true": true, "false": true, "null": true, "where": true, "earliest": true, "latest": true}

// nameable tells whether a field's name can be written at all: there is no escape inside quoted names.
func nameable(name string) bool {
	return name != "" && !strings.ContainsAny(name, "'\"`\\|\n\r\t*[]")
}

// evalName writes a field in eval, where and stats functions' eval().
func evalName(name string) string {
	if plainEvalName.MatchString(name) && !words[strings.ToLower(name)] {
		return name
	}
	return "'" + name + "'"
}

// searchName writes a field in the search command and in the field lists of other commands.
func searchName(name string) string {
	if plainSearchName.MatchString(name) && !words[strings.ToLower(name)] {
		return name
	}
	return `"` + name + `"`
}

// searchLiteral writes a value of the search command between two optional wildcards. There
// every asterisk is a wildcard, and a backslash before one is ambiguous: such values are not
// exact there, nor is a block of addresses, which would be found for each address in it. One that looks
// like a number is compared as a text: searchNumbers names the page of both.
func searchLiteral(before bool, s string, after bool) (string, bool) {
	if strings.Contains(s, "*") || !plainText(s) || s == "" {
		return "", false
	}
	if after && strings.HasSuffix(s, `\`) {
		return "", false
	}
	if !before && !after && block.MatchString(s) {
		return "", false
	}
	star := func(on bool) string {
		if on {
			return "*"
		}
		return ""
	}
	return `"` + star(before) + escaper.Replace(s) + star(after) + `"`, true
}

var block = regexp.MustCompile(`^\s*[0-9a-fA-F.:]+/\d+\s*$`)

// control tells whether a character is not seen, or moves those around it.
func control(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// plainText tells whether a value can stand in an eval string as it is: a backtick could be
// taken for a macro, and a control character would be lost when the query is copied.
func plainText(s string) bool {
	return !strings.Contains(s, "`") && !strings.ContainsFunc(s, control)
}

// regexLiteral escapes a text for PCRE. Control characters and backticks are spelled out.
func regexLiteral(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case control(r), r == '`':
			fmt.Fprintf(&b, `\x{%X}`, r)
		case strings.ContainsRune(`\.+*?()|[]{}^$#-`, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// regexText escapes a text for an expression that ignores case unless it is cased.
func regexText(s string, cased bool) string {
	if cased {
		return regexLiteral(s)
	}
	return compilers.AnyCase(s, regexLiteral)
}

// textRegex is a text test as one PCRE. \A and \z, not ^ and $: the latter pass over a final newline.
func textRegex(t *ir.Text) string {
	alternatives := make([]string, len(t.Values))
	for i, v := range t.Values {
		alternatives[i] = regexText(v, t.Cased)
	}
	body := strings.Join(alternatives, "|")
	if len(alternatives) > 1 {
		body = "(?:" + body + ")"
	}
	switch t.Op {
	case ir.Equals:
		body = `\A` + body + `\z`
	case ir.StartsWith:
		body = `\A` + body
	case ir.EndsWith:
		body += `\z`
	}
	return ignoreCase(t.Cased) + body
}

// globRegex is a wildcard pattern as PCRE.
func globRegex(g *ir.Glob) string {
	var b strings.Builder
	b.WriteString(ignoreCase(g.Cased) + `(?s)\A`)
	for _, p := range g.Parts {
		switch p.Wild {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case ir.AnyDash:
			b.WriteString(anyDash)
		default:
			b.WriteString(regexText(p.Literal, g.Cased))
		}
	}
	return b.String() + `\z`
}

// anyDash names the dashes one by one: a class would take those beyond ASCII for several bytes where letters are bytes.
var anyDash = "(?:" + strings.Join(strings.Split(ir.Dashes, ""), "|") + ")"

func ignoreCase(cased bool) string {
	if cased {
		return ""
	}
	return "(?i)"
}

// comment writes one comment line (Splunk 8.1 and later).
func comment(s string) string {
	return "``` " + strings.TrimSpace(strings.ReplaceAll(diag.Visible(s), "`", "'")) + " ```\n"
}

// nameRegex is a file name test as one PCRE.
func nameRegex(t *ir.Text) string {
	var names []string
	for _, v := range t.Values {
		if !strings.ContainsAny(v, `\/`) { // no name has a separator
			names = append(names, regexText(v, t.Cased))
		}
	}
	if len(names) == 0 {
		return `[^\s\S]`
	}
	body := names[0]
	if len(names) > 1 {
		body = "(?:" + strings.Join(names, "|") + ")"
	}
	return ignoreCase(t.Cased) + `(?:\A|[\\/])` + body + `\z`
}
