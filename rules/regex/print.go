package regex

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Dialect is how an engine differs from the others.
type Dialect struct {
	Word, NotWord string // what it calls the boundaries of ASCII's words
	Backtracks    bool   // it runs all of PCRE's
}

// The dialects: Go's regexp, Rust's regex crate, which is Kusto's, and PCRE itself, which is Splunk's.
var (
	Go   = Dialect{Word: `\b`, NotWord: `\B`}
	Rust = Dialect{Word: `(?-u:\b)`, NotWord: `(?-u:\B)`}
	PCRE = Dialect{Word: `\b`, NotWord: `\B`, Backtracks: true}
)

// In writes the expression for an engine, so that it is found in exactly the same texts. Of one that does not
// backtrack, the error names what cannot be said so.
func (e *Expression) In(d Dialect) (string, error) {
	text, err := e.print(d)
	if err != nil || d != Go {
		return text, err
	}
	if _, err := syntax.Parse(text, syntax.Perl); err != nil {
		return "", beyondRE2(err)
	}
	return text, nil
}

// Compile gives the expression for Go's regexp. The error says what RE2 lacks.
func (e *Expression) Compile() (*regexp.Regexp, error) {
	text, err := e.print(Go)
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, beyondRE2(err)
	}
	return re, nil
}

func beyondRE2(err error) error { return fmt.Errorf("more than RE2 takes: %w", err) }

func (e *Expression) print(d Dialect) (string, error) {
	p := &printer{Dialect: d, plain: e.twice}
	if e.Flags != "" {
		p.b.WriteString("(?" + e.Flags + ")")
	}
	if p.node(e.Root, surroundings{left: true, right: true, rightAtEnd: true}); p.err != nil {
		return "", p.err
	}
	return p.b.String(), nil
}

// printer writes parts as RE2 has them. Where it writes other parts than the author did, the expression is found in the
// same texts, though what it takes of them may differ.
type printer struct {
	Dialect
	b     strings.Builder
	err   error
	plain bool // groups without names
}

// surroundings is where a part stands.
type surroundings struct {
	left       bool // all before may take nothing
	right      bool // all behind may take nothing
	rightAtEnd bool // the same, where the text ends
	more       bool // what is behind takes a character at least
}

// fail notes what an engine that does not backtrack lacks.
func (p *printer) fail(what string) {
	if p.err == nil {
		p.err = errors.New(what)
	}
}

func (p *printer) node(n Node, at surroundings) {
	switch n := n.(type) {
	case *Char:
		p.b.WriteString(p.literal(*n, false))
	case *Set:
		p.b.WriteString(p.set(n))
	case *Any:
		if n.Text == "." {
			p.b.WriteByte('.')
		} else {
			p.b.WriteString(`[^\n]`)
		}
	case *Assert:
		p.assert(n, at)
	case *Flags:
		if n.On+n.Off != "" {
			p.b.WriteString("(?" + switched(n.On, n.Off) + ")")
		}
	case *Group:
		p.group(n, at)
	case *Repeat:
		p.repeat(n, at)
	case *Concat:
		for i, around := range at.each(n.Parts) {
			p.node(n.Parts[i], around)
		}
	case *Alternate:
		for i, part := range n.Parts {
			if i > 0 {
				p.b.WriteByte('|')
			}
			p.node(part, at)
		}
	case *Look:
		p.look(n, at)
	case *Backref:
		p.backref(n)
	case *Conditional:
		p.conditional(n, at)
	default:
		panic("regex: unknown node")
	}
}

// each gives the places of several parts that stand, one after another, at a place.
func (at surroundings) each(parts []Node) []surroundings {
	out := make([]surroundings, len(parts))
	for i, left := 0, at.left; i < len(parts); i++ {
		out[i].left = left
		left = left && nullable(parts[i], false)
	}
	for i := len(parts) - 1; i >= 0; i-- {
		out[i].right, out[i].rightAtEnd, out[i].more = at.right, at.rightAtEnd, at.more
		at.right = at.right && nullable(parts[i], false)
		at.rightAtEnd = at.rightAtEnd && nullable(parts[i], true)
		at.more = at.more || Takes(parts[i])
	}
	return out
}

func (p *printer) assert(n *Assert, at surroundings) {
	switch n.Kind {
	case BeginText:
		if n.Text == "^" {
			p.b.WriteByte('^')
		} else {
			p.b.WriteString(`\A`)
		}
	case EndText, EndLine:
		p.b.WriteString(n.Text)
	case Word:
		p.b.WriteString(p.Word)
	case NotWord:
		p.b.WriteString(p.NotWord)
	case End:
		if p.Backtracks {
			p.b.WriteString(n.Text)
			return
		}
		if !at.rightAtEnd { // a newline is all that may be behind it
			p.fail(n.Text + " with more behind it")
		}
		p.b.WriteString(`\n?`)
		if n.Text == "$" {
			p.b.WriteByte('$')
		} else {
			p.b.WriteString(`\z`)
		}
	case BeginLine: // there is none behind the text's last newline
		switch {
		case at.more || p.Backtracks:
			p.b.WriteByte('^')
		case at.right:
			p.b.WriteString(`(?:\A|^(?s:.))`)
		default:
			p.fail("^ of lines that may be empty")
		}
	}
}

func (p *printer) group(n *Group, at surroundings) {
	open := "("
	switch {
	case n.Atomic && p.Backtracks:
		open = "(?>"
	case n.Atomic && !at.right && !rigid(n.Body):
		p.fail("an atomic group")
	case n.Reset && p.Backtracks:
		open = "(?|"
	case n.Number == 0:
		open = "(?" + switched(n.On, n.Off) + ":"
	case n.Name != "" && !p.plain:
		open = "(?P<" + n.Name + ">"
	}
	p.b.WriteString(open)
	p.node(n.Body, at)
	p.b.WriteByte(')')
}

func (p *printer) repeat(n *Repeat, at surroundings) {
	if n.Mode == Possessive && !p.Backtracks && !at.right && (n.Min != n.Max || !rigid(n.Body)) {
		p.fail("a possessive repetition")
	}
	if n.Min > 1 {
		at.left, at.right, at.rightAtEnd = at.left && nullable(n.Body, false), at.right && nullable(n.Body, false), at.rightAtEnd && nullable(n.Body, true)
	}
	inner := &printer{Dialect: p.Dialect, plain: p.plain}
	inner.node(n.Body, at)
	if inner.err != nil {
		p.fail(inner.err.Error())
	}
	body := inner.b.String()
	if _, bare := n.Body.(*Look); bare {
		body = "(?:" + body + ")"
	}
	p.b.WriteString(body + n.count())
	switch {
	case n.Mode == Lazy:
		p.b.WriteByte('?')
	case n.Mode == Possessive && p.Backtracks:
		p.b.WriteByte('+')
	}
}

// count writes how often the body is repeated.
func (n *Repeat) count() string {
	switch {
	case n.Min == 0 && n.Max < 0:
		return "*"
	case n.Min == 1 && n.Max < 0:
		return "+"
	case n.Min == 0 && n.Max == 1:
		return "?"
	case n.Max < 0:
		return fmt.Sprintf("{%d,}", n.Min)
	case n.Min == n.Max:
		return fmt.Sprintf("{%d}", n.Min)
	}
	return fmt.Sprintf("{%d,%d}", n.Min, n.Max)
}

func (p *printer) backref(n *Backref) {
	if !p.Backtracks {
		p.fail("a back-reference")
		return
	}
	last := len(n.Groups) - 1
	for _, g := range n.Groups[:last] {
		fmt.Fprintf(&p.b, `(?(%d)\g{%d}|`, g, g)
	}
	fmt.Fprintf(&p.b, `\g{%d}`, n.Groups[last])
	p.b.WriteString(strings.Repeat(")", last))
}

func (p *printer) conditional(n *Conditional, at surroundings) {
	if !p.Backtracks || len(n.Groups) > 1 {
		p.fail("a condition")
		return
	}
	if n.Look != nil {
		p.b.WriteString("(?")
		p.look(n.Look, at)
	} else {
		fmt.Fprintf(&p.b, "(?(%d)", n.Groups[0])
	}
	p.node(n.Yes, at)
	p.b.WriteByte('|')
	p.node(n.No, at)
	p.b.WriteByte(')')
}

// look writes a look-around at the edge of the expression as a part that takes what it finds.
func (p *printer) look(n *Look, at surroundings) {
	if p.Backtracks {
		i := slices.IndexFunc(looks, func(l lookText) bool { return l.behind == n.Behind && l.negative == n.Negative })
		p.b.WriteString(looks[i].text)
		p.node(n.Body, at)
		p.b.WriteByte(')')
		return
	}
	edge, name := at.right, "a look-ahead"
	if n.Behind {
		edge, name = at.left, "a look-behind"
	}
	if n.Negative {
		name = strings.Replace(name, "a ", "a negative ", 1)
	}
	if !edge {
		p.fail(name)
		return
	}
	if !n.Negative {
		p.node(&Group{Body: n.Body}, surroundings{left: n.Behind && at.left, right: !n.Behind && at.right})
		return
	}
	ranges, ok := Ranges(n.Body)
	if !ok {
		p.fail(name)
		return
	}
	others := negated(ranges)
	other := bracketed(others)
	if n.Fold && !slices.Equal(ordered(anyCase(others)), others) { // the other case of some is not one of them
		other = "(?-i:" + other + ")"
	}
	if n.Behind {
		p.b.WriteString(`(?:\A|` + other + ")")
	} else {
		p.b.WriteString("(?:" + other + `|\z)`)
	}
}
