package regression

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"decree/rules/source"
)

// edit replaces a part of a test file's text.
type edit struct {
	from, to int
	text     string
}

// Update replaces expectations by the observed results, and changes no other character of the file. Comments stay. It
// gives the new text, the cases that changed, and those that must be edited by hand. Without changes, the text is the
// file's own.
func (f *File) Update(outcomes []Outcome) (text []byte, changed, left []string, err error) {
	var edits []edit
	for _, o := range outcomes {
		i := f.index(o)
		if i < 0 || o.Passed() {
			continue
		}
		if more, ok := f.edits(f.Cases[i], o); ok {
			edits, changed = append(edits, more...), append(changed, o.Case)
		} else {
			left = append(left, o.Case)
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
	text = bytes.Clone(f.text)
	for i, e := range edits {
		if i > 0 && e.to > edits[i-1].from { // an alias: two cases share one position
			return nil, nil, nil, errors.New("two cases share one expectation; edit it by hand")
		}
		text = slices.Concat(text[:e.from], []byte(e.text), text[e.to:])
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, nil, nil, fmt.Errorf("cannot update the expectations in place: %w", err)
	}
	return text, changed, left, nil
}

// Has tells whether an outcome is of a case of the file.
func (f *File) Has(o Outcome) bool { return f.index(o) >= 0 }

// index is the place of an outcome's case, or below zero.
func (f *File) index(o Outcome) int {
	return slices.IndexFunc(f.Cases, func(c *Case) bool { return c.Name == o.Case && c.Range == o.At })
}

// edits updates the expectations of one case. ok is false if something else is wrong with the case, or if its text
// cannot be replaced without loss.
func (f *File) edits(c *Case, o Outcome) (out []edit, ok bool) {
	way := false
	for _, failure := range o.Failures {
		switch failure.Code {
		case "unexpected-match", "missing-match", "wrong-count", "missing-expect", "unknown-event":
			way = true
		case "wrong-selections":
		default:
			return nil, false
		}
	}
	if way {
		e, ok := f.wayEdit(c.Expect, o)
		if !ok {
			return nil, false
		}
		out = append(out, e)
	}
	for _, d := range c.Expect.Details {
		if len(o.find(d.Event)) == 0 {
			return nil, false
		}
		if d.Selections == nil {
			continue
		}
		if names, wrong := o.observed[d.Selections.node]; wrong {
			e, ok := f.listEdit(d.Selections.node, names)
			if !ok {
				return nil, false
			}
			out = append(out, e)
		}
	}
	return out, true
}

// wayEdit writes what matched, in the case's own way if possible.
func (f *File) wayEdit(e Expect, o Outcome) (edit, bool) {
	n := e.node
	if n == nil {
		return edit{}, false
	}
	switch e.Way {
	case ByID, ByIndex:
		if names, ok := o.names(e.Way); ok {
			return f.listEdit(n, names)
		}
	case ByAtLeast:
		if len(o.matches) == 0 {
			return f.otherWay(e, o.say())
		}
		return f.replace(n, n.Value, strconv.Itoa(len(o.matches)))
	case ByCount:
		return f.replace(n, n.Value, strconv.Itoa(len(o.matches)))
	case ByNone:
		return f.otherWay(e, o.say())
	case "":
		from, ok := f.offset(n)
		if !ok || n.Value != "" {
			return edit{}, false
		}
		for from > 0 && (f.text[from-1] == ' ' || f.text[from-1] == '\n') {
			from--
		}
		return edit{from, from, " {" + o.say() + "}"}, true
	}
	return edit{}, false
}

// otherWay writes an expectation in place of one of a key and a plain value.
func (f *File) otherWay(e Expect, text string) (edit, bool) {
	from, ok := f.offset(e.node)
	key := bytes.LastIndex(f.text[:max(from, 0)], []byte(e.Way))
	if !ok || key < 0 || strings.Trim(string(f.text[key+len(e.Way):from]), " :") != "" {
		return edit{}, false
	}
	return edit{key, from + len(e.node.Value), text}, true
}

// say writes the matches as an expectation.
func (o Outcome) say() string {
	for _, by := range []Way{ByID, ByIndex} {
		names, ok := o.names(by)
		switch {
		case len(o.matches) == 0:
			return "none: true"
		case ok:
			return string(by) + ": " + flow(names)
		}
	}
	return fmt.Sprintf("count: %d", len(o.matches))
}

// names gives the names of the matching events in a test file, each once. ok is false if the names would not describe
// exactly these events: one has no id or is part of a fixture, or an event with the same id does not match.
func (o Outcome) names(by Way) (names []string, ok bool) {
	matched := o.matched()
	for _, i := range o.matches {
		s := o.events[i]
		name := s.id
		if by == ByIndex {
			name = strconv.Itoa(s.index)
		}
		if name == "" || name == "0" && by == ByIndex || by == ByID && slices.ContainsFunc(o.find(Reference{ID: s.id}), func(other int) bool { return !matched[other] }) {
			return nil, false
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, true
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// scalar writes a name or an id, which the tests read as text: a whole number needs no quotes, as it keeps its digits.
func scalar(text string) string {
	if wholeNumber.MatchString(text) {
		return text
	}
	return source.Plain(text)
}

func flow(values []string) string {
	written := make([]string, len(values))
	for i, v := range values {
		written[i] = scalar(v)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

// offset is the offset of a node in the text.
func (f *File) offset(n *yaml.Node) (int, bool) {
	at := 0
	for range n.Line - 1 {
		next := bytes.IndexByte(f.text[at:], '\n')
		if next < 0 {
			return 0, false
		}
		at += next + 1
	}
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(f.text[at:])
		at += size
	}
	return at, at <= len(f.text)
}

// replace rewrites a scalar, if it is written in the text exactly as its value.
func (f *File) replace(n *yaml.Node, old, text string) (edit, bool) {
	from, ok := f.offset(n)
	if !ok || !bytes.HasPrefix(f.text[from:], []byte(old)) {
		return edit{}, false
	}
	return edit{from, from + len(old), text}, true
}

// listEdit rewrites a list, between its brackets or line by line. Comments beside unchanged entries are kept.
func (f *File) listEdit(n *yaml.Node, values []string) (edit, bool) {
	from, ok := f.offset(n)
	if !ok || from >= len(f.text) {
		return edit{}, false
	}
	if f.text[from] == '[' {
		size, ok := bracketed(string(f.text[from:]))
		return edit{from, from + size, flow(values)}, ok
	}
	if f.text[from] != '-' || len(n.Content) == 0 {
		return edit{}, false
	}
	lines := bytes.SplitAfter(f.text, []byte("\n"))
	first, last := n.Line-1, n.Content[len(n.Content)-1].Line-1
	indent := strings.Repeat(" ", n.Column-1)
	start := len(bytes.Join(lines[:first], nil))
	region := bytes.Join(lines[first:last+1], nil)
	drop := map[int]bool{}
	var had []string
	for _, c := range n.Content {
		if had = append(had, c.Value); !slices.Contains(values, c.Value) {
			drop[c.Line-1] = true
		}
	}
	var out strings.Builder
	for i := first; i <= last; i++ {
		if !drop[i] {
			out.WriteString(strings.TrimSuffix(string(lines[i]), "\n") + "\n")
		}
	}
	for _, v := range difference(values, had) {
		out.WriteString(indent + "- " + scalar(v) + "\n")
	}
	if len(values) == 0 {
		out.WriteString(indent + "[]\n")
	}
	return edit{start, start + len(region), out.String()}, string(f.text[start:from]) == indent
}

// bracketed is the length of a list in brackets at the beginning of a text. ok is false if the list has a comment,
// which would be lost.
func bracketed(text string) (int, bool) {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '#' && strings.ContainsRune(" \t\n", rune(text[i-1])):
			return 0, false
		case (c == '"' || c == '\'') && strings.ContainsRune(" \t\n[,", rune(text[i-1])):
			quote = c
		case c == '[':
			depth++
		case c == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return 0, false
}
