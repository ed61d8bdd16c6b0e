package spl

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/regex"
)

var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// evalString writes a string for eval and where. Splunk knows the escapes `\\` and `\"`; since every backslash is
// doubled, no other escape can occur.
func evalString(s string) string { return `"` + escaper.Replace(s) + `"` }

// evalPattern writes a regular expression for eval and where. A slash means the same behind a backslash, and `/../`
// would be taken out, as plainText tells.
func evalPattern(expr string) string {
	for strings.Contains(expr, "/../") {
		expr = strings.ReplaceAll(expr, "/../", `/..\/`)
	}
	return evalString(expr)
}

var plainEvalName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
var plainSearchName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// reservedWords have a special meaning in places where a field name may occur.
var reservedWords = map[string]bool{"and": true, "or": true, "not": true, "xor": true, "in": true, "like": true, "as": true, "by": true,
	"true": true, "false": true, "null": true, "where": true, "earliest": true, "latest": true}

// nameable tells whether a field's name can be written at all. Quoted names have no escapes.
func nameable(name string) bool {
	return name != "" && !strings.ContainsAny(name, "'\"`\\|\n\r\t*[]")
}

// evalName writes a field in eval, where and stats functions' eval().
func evalName(name string) string {
	if plainEvalName.MatchString(name) && !reservedWords[strings.ToLower(name)] {
		return name
	}
	return "'" + name + "'"
}

// searchName writes a field in the search command and in the field lists of other commands.
func searchName(name string) string {
	if plainSearchName.MatchString(name) && !reservedWords[strings.ToLower(name)] {
		return name
	}
	return `"` + name + `"`
}

// searchLiteral writes a value for the search command, with wildcards where an operation lets other text stand. In that
// command every asterisk is a wildcard, a backslash before one is ambiguous, and a block of addresses matches each
// address in it: such values would not be exact. A value that looks like a number is compared as text. searchNumbers
// names the documentation of both.
func searchLiteral(op ir.TextOp, s string) (string, bool) {
	if strings.Contains(s, "*") || !plainText(s) || foldsApart(s) || s == "" {
		return "", false
	}
	before, after := "", ""
	if op == ir.EndsWith || op == ir.Contains {
		before = "*"
	}
	if op == ir.StartsWith || op == ir.Contains {
		after = "*"
	}
	if after != "" && strings.HasSuffix(s, `\`) {
		return "", false
	}
	if before+after == "" && block.MatchString(s) {
		return "", false
	}
	return `"` + before + escaper.Replace(s) + after + `"`, true
}

var block = regexp.MustCompile(`^\s*[0-9a-fA-F.:]+/\d+\s*$`)

// control tells whether a character is invisible, or moves the characters around it.
func control(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// plainText tells whether a value can be written in an eval string or in the search command. A backtick could be read
// as a macro, a control character would be lost when the query is copied, and Splunk's web interface takes `/../` out
// of a search. In a regular expression the dots of a text are escaped, so that it stays: Splunk's own rules escape the
// slashes, as evalPattern does.
// https://github.com/SigmaHQ/pySigma-backend-splunk/issues/15
// https://research.splunk.com/application/dfe55688-82ed-4d24-a21b-ed8f0e0fda99/
func plainText(s string) bool {
	return !strings.Contains(s, "`") && !strings.Contains(s, "/../") && !strings.ContainsFunc(s, control)
}

// foldsApart tells whether a value has a letter beyond ASCII that, in Sigma, equals others than those with its lower
// case, as ς, or none, as İ. What ignores case by writing lower case would find other texts.
func foldsApart(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		if r <= unicode.MaxASCII {
			return false
		}
		lower := unicode.ToLower(r)
		return lower <= unicode.MaxASCII || slices.ContainsFunc(regex.Cases(r), func(of rune) bool { return unicode.ToLower(of) != lower })
	})
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

// comment writes lines as comments, each between three backticks (Splunk 8.1 and later).
func comment(lines ...string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("``` " + strings.TrimSpace(strings.ReplaceAll(diag.Visible(l), "`", "'")) + " ```\n")
	}
	return b.String()
}

// Lexis is how SPL writes texts and comments. A single quote does not begin a text: words that are searched for have
// it, too. https://help.splunk.com/en/splunk-enterprise/search/search-manual, Use quotation marks, and Add comments to
// searches
func (dialect) Lexis() compilers.Lexis {
	return compilers.Lexis{
		Texts:    []compilers.TextForm{{Open: `"`, Close: `"`, Escape: true, Lines: true}},
		Comments: []compilers.TextForm{{Open: "```", Close: "```", Lines: true}},
		Brackets: "()[]",
	}
}
