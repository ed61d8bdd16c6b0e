package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// fixes mend a finding by changing the lines of its file; false where they cannot.
var fixes = map[string]func(lines []string, d diag.Diagnostic, rs []*rules.Rule) ([]string, bool){
	"invalid-date":                 fixDate,
	"duplicate-tag":                removeLine,
	"duplicate-reference":          removeLine,
	"duplicate-value":              removeLine,
	"double-wildcard":              fixDoubleWildcard,
	"wildcard-instead-of-modifier": fixWildcards,
}

// Fixable tells whether Fix knows what to do about a code.
func Fixable(code string) bool { return fixes[code] != nil }

// Fix mends what can be mended without changing what a file's rules mean: each change is taken back unless
// every rule means and says what it did before. Comments and layout stay. read parses and lowers the file's new bytes; it
// gives false if they have an error. Fix gives the new bytes and what it mended.
func Fix(f File, read func(data []byte) (File, bool)) ([]byte, diag.Diagnostics) {
	var mended diag.Diagnostics
	tried := map[diag.Diagnostic]bool{}
	for {
		i := -1
		found := Run([]File{f})
		for at, d := range found {
			if Fixable(d.Code) && !tried[d] {
				i = at
				break
			}
		}
		if i < 0 {
			return f.Data, mended
		}
		tried[found[i]] = true
		lines, ok := fixes[found[i].Code](strings.Split(string(f.Data), "\n"), found[i], f.Rules)
		if !ok {
			continue
		}
		next, ok := read([]byte(strings.Join(lines, "\n")))
		if ok && same(f, next) && len(Run([]File{next})) < len(found) {
			mended = append(mended, found[i])
			f = next
		}
	}
}

// same tells whether two readings of a file have rules of the same meaning that say the same about themselves.
func same(a, b File) bool {
	return slices.EqualFunc(a.Rules, b.Rules, func(a, b *rules.Rule) bool { return about(a) == about(b) }) &&
		slices.EqualFunc(a.Lowered, b.Lowered, func(a, b *ir.Rule) bool {
			return a != nil && b != nil && meaning(a.Condition) == meaning(b.Condition)
		})
}

// about is a text that rules share which say the same about themselves: a date in either form, and
// what stands twice once.
func about(r *rules.Rule) string {
	date := func(text string) string {
		if t, ok := readDate(text); ok {
			return t.Format(dateForm)
		}
		return text
	}
	once := func(texts []string) []string {
		var out []string
		for _, t := range texts {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
		return out
	}
	return fmt.Sprintf("%q", []any{r.Title, r.ID, r.Name, r.Description, r.Status, r.Level, r.Author, r.License, r.Taxonomy, date(r.Date), date(r.Modified),
		once(r.Tags), once(r.References), r.FalsePositives, r.Fields, r.Scope, r.Related, r.LogSource.Category, r.LogSource.Product, r.LogSource.Service})
}

var formerDate = regexp.MustCompile(`\b(\d{4})/(\d{2})/(\d{2})\b`)

func fixDate(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	return replaceIn(lines, d.Range, formerDate, "$1-$2-$3")
}

var severalAsterisks = regexp.MustCompile(`\*\*+`)

func fixDoubleWildcard(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	return replaceIn(lines, d.Range, severalAsterisks, "*")
}

// replaceIn replaces what matches an expression in a stretch of a line.
func replaceIn(lines []string, at diag.Range, what *regexp.Regexp, with string) ([]string, bool) {
	before, rest, ok := cut(lines, at.Start)
	_, after, more := cut(lines, at.End)
	if !more {
		after = ""
	}
	if !ok || at.End.Line != at.Start.Line || len(after) > len(rest) {
		return nil, false
	}
	out := slices.Clone(lines)
	out[at.Start.Line-1] = before + what.ReplaceAllString(rest[:len(rest)-len(after)], with) + after
	return out, true
}

// cut gives what stands before a place on its line, and from it on.
func cut(lines []string, at diag.Position) (before, rest string, ok bool) {
	if at.Line < 1 || at.Line > len(lines) {
		return "", "", false
	}
	letters := []rune(lines[at.Line-1])
	if at.Col < 1 || at.Col > len(letters) {
		return "", "", false
	}
	return string(letters[:at.Col-1]), string(letters[at.Col-1:]), true
}

// removeLine takes away an entry of a list that has a line of its own.
func removeLine(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	before, _, ok := cut(lines, d.Range.Start)
	if !ok || strings.TrimSpace(before) != "-" {
		return nil, false
	}
	return slices.Delete(slices.Clone(lines), d.Range.Start.Line-1, d.Range.Start.Line), true
}

// fixWildcards puts the modifier behind the field's name and takes the asterisks off its values.
func fixWildcards(lines []string, d diag.Diagnostic, rs []*rules.Rule) (out []string, ok bool) {
	for _, r := range rs {
		r.EachItem(func(it rules.Item) {
			if it.Range == d.Range {
				out, ok = rewriteItem(lines, it)
			}
		})
	}
	return out, ok
}

func rewriteItem(lines []string, it rules.Item) ([]string, bool) {
	name, _, ok := modifierFor(it)
	if !ok {
		return nil, false
	}
	out := slices.Clone(lines)
	// from the last value to the first: several may stand on one line
	for _, v := range slices.Backward(it.Values) {
		before, rest, ok := cut(out, v.Range.Start)
		if !ok || len(rest) < 2 || strings.IndexByte(`'"`, rest[0]) < 0 {
			return nil, false
		}
		quote := rest[:1]
		text, after, closed := strings.Cut(rest[1:], quote)
		if !closed || strings.Contains(v.Text, "'") {
			return nil, false
		}
		if name != "startswith" {
			text = strings.TrimPrefix(text, "*")
		}
		if name != "endswith" {
			text = strings.TrimSuffix(text, "*")
		}
		out[v.Range.Start.Line-1] = before + quote + text + quote + after
	}
	before, rest, ok := cut(out, it.Range.Start)
	key, found := strings.CutPrefix(strings.TrimLeft(rest, `'"`), it.Field)
	if !ok || !found {
		return nil, false
	}
	opening := rest[:len(rest)-len(strings.TrimLeft(rest, `'"`))]
	out[it.Range.Start.Line-1] = before + opening + it.Field + "|" + name + key
	return out, true
}
