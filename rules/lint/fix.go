package lint

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"decree/rules"
	"decree/rules/diag"
)

// fixes gives the function that fixes a code by changing the lines of the file. It returns false if it cannot.
var fixes = map[string]func(lines []string, d diag.Diagnostic, rs []*rules.Rule) ([]string, bool){
	"invalid-date":                 fixDate,
	"duplicate-tag":                removeEntry,
	"duplicate-reference":          removeEntry,
	"duplicate-value":              removeEntry,
	"double-wildcard":              fixDoubleWildcard,
	"wildcard-instead-of-modifier": fixWildcards,
}

// fixedInPlace are codes found while reading whose findings say what to write instead.
var fixedInPlace = []string{"capital-letters", "colon-in-text", "former-tag", "id-form", "look-alike-character", "modifier-spelling", "network-form", "space-around-field", "truth-word"}

// Fixable tells whether Fix knows what to do about a code.
func Fixable(code string) bool { return fixes[code] != nil || slices.Contains(fixedInPlace, code) }

// Fix fixes what it can without changing what a file's rules mean. It takes changes back unless every rule
// keeps its meaning and its metadata. Comments and layout stay. read parses and lowers the file's new bytes.
// Fix gives the new bytes and the findings that it fixed, in their order and at their lines in the file as it was.
func Fix(f File, read func(data []byte) File) ([]byte, diag.Diagnostics) {
	x := &fixing{read: read, refused: map[place]bool{}}
	x.now, x.found = f, findings(f)
	for line := range bytes.Count(f.Data, []byte("\n")) + 1 {
		x.lines = append(x.lines, line+1)
	}
	for batch := x.next(); len(batch) > 0; batch = x.next() {
		x.try(batch)
	}
	x.fixed.Sort()
	return x.now.Data, x.fixed
}

// fixing is a file that is being fixed. Reading it takes as long as it has documents, so one finding of each document
// is fixed at a time.
type fixing struct {
	read    func(data []byte) File
	now     File
	found   diag.Diagnostics // in the file as it is now
	lines   []int            // for each line of the file as it is now, the one that it was at first
	refused map[place]bool   // findings that cannot be fixed
	fixed   diag.Diagnostics
}

// place is where a finding is, by its document: lines may be removed from others.
type place struct {
	document, line, column int
	code, message          string
}

// places gives a function that gives the place of a finding in the file as it is now.
func (x *fixing) places() func(d diag.Diagnostic) place {
	begins, document := append([]int{1}, x.now.markers()...), x.now.documentAt()
	return func(d diag.Diagnostic) place {
		at := document(d.Range.Start.Line)
		return place{at, d.Range.Start.Line - begins[at], d.Range.Start.Col, d.Code, d.Message}
	}
}

// findings are those of a file by which Fix goes.
func findings(f File) diag.Diagnostics { return append(Run([]File{f.whole()}), f.Found...) }

// next gives the first finding of each document that is not tried yet, by where they are. If documents share parts, it
// is one of the file. A rule that cannot be lowered must stay as it is.
func (x *fixing) next() (batch diag.Diagnostics) {
	of, done := x.places(), map[int]bool{}
	if !x.now.shares() {
		document := x.now.documentAt()
		for i, r := range x.now.Rules {
			if x.now.Lowered[i] == nil {
				done[document(r.Range.Start.Line)] = true
			}
		}
	}
	for _, d := range x.found {
		if at := of(d); isFixable(d) && !x.refused[at] && !done[at.document] {
			done[at.document] = true
			batch = append(batch, d)
		}
	}
	batch.Sort()
	return batch
}

// try fixes findings of different documents. If not all can be, it tries the half further down, and then the other,
// whose places are still the same. What counts is that the rules are the same and that as many findings are gone, or
// more, as were to be fixed: one that a change adds is outweighed by one more that another takes along.
func (x *fixing) try(batch diag.Diagnostics) {
	lines := strings.Split(string(x.now.Data), "\n")
	var done diag.Diagnostics
	of, kept := x.places(), slices.Clone(x.lines)
	for _, d := range slices.Backward(batch) {
		how := fixes[d.Code]
		if d.Fix != "" {
			how = fixInPlace
		}
		if changed, ok := how(lines, d, x.now.Rules); ok {
			if len(changed) < len(lines) {
				kept = slices.Delete(kept, d.Range.Start.Line-1, d.Range.Start.Line)
			}
			lines, done = changed, append(done, d)
		} else {
			x.refused[of(d)] = true
		}
	}
	if len(done) == 0 {
		return
	}
	slices.Reverse(done)
	next := x.read([]byte(strings.Join(lines, "\n")))
	if same(x.now, next) && errorsOf(next) <= errorsOf(x.now) {
		if left := findings(next); len(left) <= len(x.found)-len(done) {
			for _, d := range done {
				removed := x.lines[d.Range.Start.Line-1] - d.Range.Start.Line // above it
				d.Range.Start.Line, d.Range.End.Line = d.Range.Start.Line+removed, d.Range.End.Line+removed
				x.fixed = append(x.fixed, d)
			}
			x.now, x.found, x.lines = next, left, kept
			return
		}
	}
	if half := len(done) / 2; half > 0 {
		x.try(done[half:])
		x.try(done[:half])
	} else {
		x.refused[of(done[0])] = true
	}
}

// Waiting counts the findings that Fix could fix if the file's rules had no errors. Fix leaves the document of a rule
// that cannot be lowered as it is, since it cannot compare its meaning, and the whole file if documents share parts.
func Waiting(f File) int {
	held := f
	held.Rules, held.Written, held.Lowered, held.Correlations = nil, nil, nil, nil
	document := f.documents()
	var found diag.Diagnostics
	for i, r := range f.Rules {
		switch {
		case f.Lowered[i] != nil:
		case f.shares():
			f.Correlations = nil
			return fixable(f, f.Found)
		default:
			held.Rules, held.Lowered = append(held.Rules, r), append(held.Lowered, nil)
			first := r.Range.Start.Line
			last := first + len(document(r))
			found = append(found, slices.DeleteFunc(slices.Clone(f.Found), func(d diag.Diagnostic) bool {
				return d.Range.Start.Line < first || d.Range.Start.Line >= last
			})...)
		}
	}
	return fixable(held, found)
}

// fixable counts what Fix could fix of a file, and of what was found while reading.
func fixable(f File, found diag.Diagnostics) (n int) {
	for _, d := range slices.Concat(Run([]File{f}), found) {
		if isFixable(d) {
			n++
		}
	}
	return n
}

// shares tells whether a rule of the file may have parts of another document.
func (f File) shares() bool {
	return slices.ContainsFunc(f.Found, func(d diag.Diagnostic) bool { return d.Code == "action-collection" })
}

// documentAt gives a function that numbers the document of a line.
func (f File) documentAt() func(line int) int {
	begins := f.markers()
	return func(line int) int {
		at, found := slices.BinarySearch(begins, line)
		if found {
			at++
		}
		return at
	}
}

// markers are the lines between documents; none if documents share parts, which are one then.
func (f File) markers() (lines []int) {
	if f.shares() {
		return nil
	}
	for i, line := range strings.Split(string(f.Data), "\n") {
		if isMarker(line) {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// isMarker tells whether a line ends a document, or begins the next one.
func isMarker(line string) bool {
	return strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")
}

// documents gives a function that gives the lines of a rule's document, from the rule's first, or of the whole file if
// documents share parts. The file is read when it is first called.
func (f File) documents() func(*rules.Rule) []string {
	all := sync.OnceValue(func() []string { return strings.Split(string(f.Data), "\n") })
	shared := sync.OnceValue(f.shares)
	return func(r *rules.Rule) []string {
		lines := all()
		if shared() {
			return lines
		}
		lines = lines[min(r.Range.Start.Line-1, len(lines)):]
		if end := slices.IndexFunc(lines, isMarker); end > 0 {
			return lines[:end]
		}
		return lines
	}
}

func isFixable(d diag.Diagnostic) bool { return d.Fix != "" || fixes[d.Code] != nil }

// whole is the file without its correlations and without rules that have errors. Whether a change keeps their meaning
// cannot be checked.
func (f File) whole() File {
	f.Broken, f.Correlations = nil, nil
	return f
}

func errorsOf(f File) int {
	errors := 0
	for _, d := range f.Found {
		if d.Severity == diag.Error {
			errors++
		}
	}
	return errors
}

// fixInPlace replaces the text at a finding with its fix and keeps the quotes around it. Only true and false lose
// their quotes.
func fixInPlace(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	before, rest, ok := cut(lines, d.Range.Start)
	width := d.Range.End.Col - d.Range.Start.Col
	letters := []rune(rest)
	if !ok || d.Range.End.Line != d.Range.Start.Line || width < 1 || width > len(letters) {
		return nil, false
	}
	with := d.Fix
	if quote := letters[0]; (quote == '\'' || quote == '"') && letters[width-1] == quote && with[0] != '\'' && d.Code != "truth-word" {
		with = string(quote) + with + string(quote)
	}
	out := slices.Clone(lines)
	out[d.Range.Start.Line-1] = before + with + string(letters[width:])
	return out, true
}

// same tells whether two readings of a file have the same rules, in meaning and in metadata. A rule that cannot be
// lowered is the same if its document is, letter by letter.
func same(a, b File) bool {
	if !slices.EqualFunc(a.Rules, b.Rules, func(a, b *rules.Rule) bool { return about(a) == about(b) }) {
		return false
	}
	ofA, ofB := a.documents(), b.documents()
	for i, one := range a.Lowered {
		two := b.Lowered[i]
		switch {
		case one != nil && two != nil:
			if meaning(one.Condition) != meaning(two.Condition) {
				return false
			}
		case one != two || !slices.Equal(ofA(a.Rules[i]), ofB(b.Rules[i])):
			return false
		}
	}
	return true
}

// about is the metadata of a rule as one text, for comparison. Dates are in one form, and duplicates count once.
func about(r *rules.Rule) string {
	date := func(text string) string {
		if t, ok := rules.ReadDate(text); ok {
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
	var of []string
	for _, ls := range r.LogSources() {
		of = append(of, ls.Category, ls.Product, ls.Service)
	}
	return fmt.Sprintf("%q", []any{r.Title, r.ID, r.Name, r.Description, r.Status, r.Level, r.Author, r.License, r.Taxonomy, date(r.Date), date(r.Modified),
		once(r.Tags), once(r.References), r.FalsePositives, r.Fields, r.Scope, r.Related, of})
}

var formerDate = regexp.MustCompile(`\b(\d{4})/(\d{2})/(\d{2})\b`)

func fixDate(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	return replaceIn(lines, d.Range, formerDate, "$1-$2-$3")
}

var severalAsterisks = regexp.MustCompile(`\*\*+`)

func fixDoubleWildcard(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	return replaceIn(lines, d.Range, severalAsterisks, "*")
}

// replaceIn replaces the matches of an expression within a range of a line.
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

// cut splits a line at a position.
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

// removeEntry removes an entry of a list: its whole line, or, if a line has several entries, the entry and the comma
// before it.
func removeEntry(lines []string, d diag.Diagnostic, _ []*rules.Rule) ([]string, bool) {
	before, rest, ok := cut(lines, d.Range.Start)
	if !ok {
		return nil, false
	}
	if strings.TrimSpace(before) == "-" {
		return slices.Delete(slices.Clone(lines), d.Range.Start.Line-1, d.Range.Start.Line), true
	}
	before, comma := strings.CutSuffix(strings.TrimRight(before, " \t"), ",")
	letters := []rune(rest)
	width := d.Range.End.Col - d.Range.Start.Col
	if !comma || d.Range.End.Line != d.Range.Start.Line || width < 1 || width > len(letters) {
		return nil, false
	}
	out := slices.Clone(lines)
	out[d.Range.Start.Line-1] = before + string(letters[width:])
	return out, true
}

// fixWildcards adds the modifier to the field's name and removes the asterisks from its values.
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
	name, ok := modifierFor(it)
	if !ok {
		return nil, false
	}
	out := slices.Clone(lines)
	// last value first: an edit must not move values that follow on the same line
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
