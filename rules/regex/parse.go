package regex

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Bounds of PCRE2: what a repetition may count to, and how deep parentheses nest.
const (
	maxRepeat = 65_535
	maxDepth  = 250
)

// maxSize bounds the parts of an expression, repetitions written out.
const maxSize = 250_000

// flags is how what follows is read.
type flags struct{ fold, lines, dot, spaced, spacedSets, ungreedy, plain, twice bool }

type parser struct {
	src   string
	at    int
	flags flags
	depth int
	block []Char // that the next characters are taken from

	looking int // look-arounds that are open
	groups  int
	names   map[string][]int
	twice   bool // names may be used twice
	reads   bool
	bodies  map[int]Node  // of groups that are closed
	refs    []pendingRef  // to groups, which may stand further on
	behind  []pendingLook // look-behinds, whose lengths need the groups

	lengths map[int]int // of groups, in characters; -1 where that is not fixed
}

type pendingRef struct {
	at     int
	name   string
	number int
	into   *[]int
}

type pendingLook struct {
	at   int
	look *Look
}

// Parse takes an expression apart. flags is a subset of "ims", as Sigma's modifiers give them.
func Parse(expr, flags string) (e *Expression, err error) {
	p := &parser{src: expr, names: map[string][]int{}, bodies: map[int]Node{}, lengths: map[int]int{}}
	p.flags.fold, p.flags.lines, p.flags.dot = strings.Contains(flags, "i"), strings.Contains(flags, "m"), strings.Contains(flags, "s")
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case *Error:
			e, err = nil, failed
		default:
			panic(failed)
		}
	}()
	p.settings()
	root := p.alternatives()
	if p.at < len(p.src) {
		p.fail(p.at, "write `\\)` for the character", "a closing parenthesis has no opening one")
	}
	p.resolveReferences()
	p.measureBehind()
	if size(root) > maxSize {
		p.fail(0, "split the expression", "the expression is too large: with its repetitions written out it has more than %d parts", maxSize)
	}
	e = &Expression{Root: root, Flags: flags, Groups: p.groups, Reads: p.reads}
	for _, groups := range p.names {
		e.twice = e.twice || len(groups) > 1
	}
	return e, nil
}

func (p *parser) fail(at int, hint, format string, args ...any) {
	panic(&Error{Message: fmt.Sprintf(format, args...), Hint: hint, Offset: at})
}

func (p *parser) unsupported(at int, hint, format string, args ...any) {
	panic(&Error{Message: fmt.Sprintf(format, args...), Hint: hint, Offset: at, Unsupported: true})
}

func (p *parser) rest() string { return p.src[p.at:] }

func (p *parser) take(prefix string) bool {
	if strings.HasPrefix(p.rest(), prefix) {
		p.at += len(prefix)
		return true
	}
	return false
}

// settings takes what may stand before the expression.
func (p *parser) settings() {
	for strings.HasPrefix(p.rest(), "(*") {
		name, _, closed := strings.Cut(p.src[p.at+2:], ")")
		switch {
		case closed && (name == "UTF" || name == "UTF8" || name == "NO_START_OPT" || name == "NO_AUTO_POSSESS" || name == "NO_JIT" || name == "LF"):
			p.at += len("(*") + len(name) + len(")")
		default:
			return
		}
	}
}

// alternatives reads up to the group's end. Flags that change within it hold for the alternatives behind too.
func (p *parser) alternatives() Node {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.at, "", "parentheses are nested more than %d deep", maxDepth)
	}
	before := p.flags
	parts := []Node{p.sequence()}
	for p.take("|") {
		parts = append(parts, p.sequence())
	}
	p.flags = before
	p.depth--
	if len(parts) == 1 {
		return parts[0]
	}
	return &Alternate{parts}
}

func (p *parser) sequence() Node {
	var parts []Node
	for p.at < len(p.src) {
		p.skip()
		if p.at == len(p.src) || p.src[p.at] == '|' || p.src[p.at] == ')' {
			break
		}
		n, repeatable := p.part()
		if n == nil {
			continue
		}
		p.skip()
		if repeatable {
			n = p.repeated(n)
		}
		parts = append(parts, n)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &Concat{parts}
}

// skip passes over comments, and over what (?x) makes them.
func (p *parser) skip() {
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case p.flags.spaced && strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			p.at++
		case p.flags.spaced && c == '#':
			if end := strings.IndexByte(p.rest(), '\n'); end >= 0 {
				p.at += end + 1
			} else {
				p.at = len(p.src)
			}
		case strings.HasPrefix(p.rest(), "(?#"):
			end := strings.IndexByte(p.rest(), ')')
			if end < 0 {
				p.fail(p.at, "close it with `)`", "a comment is not closed")
			}
			p.at += end + 1
		case strings.HasPrefix(p.rest(), `\E`):
			p.at += len(`\E`)
		case strings.HasPrefix(p.rest(), `\Q\E`):
			p.at += len(`\Q\E`)
		default:
			return
		}
	}
}

// part reads what one repetition would apply to; nil for what is none, as flags.
func (p *parser) part() (n Node, repeatable bool) {
	switch c := p.src[p.at]; c {
	case '\\':
		if p.take(`\Q`) {
			return p.quoted(), false
		}
		return p.escape()
	case '[':
		if word, ok := p.wordEdge(); ok {
			return word, false
		}
		return p.set(), true
	case '(':
		return p.group()
	case '.':
		p.at++
		return &Any{".", p.flags.dot}, true
	case '^':
		p.at++
		if p.flags.lines {
			return &Assert{BeginLine, "^"}, false
		}
		return &Assert{BeginText, "^"}, false
	case '$':
		p.at++
		if p.flags.lines {
			return &Assert{EndLine, "$"}, false
		}
		return &Assert{End, "$"}, false
	case '*', '+', '?':
		hint := "write `\\" + string(c) + "` for the character"
		if c == '*' {
			hint += ", and `.*` for any text"
		}
		p.fail(p.at, hint, "%q stands behind nothing that can be repeated", c)
	case '{':
		if _, _, length := counted(p.rest()); length > 0 {
			p.fail(p.at, "write `\\{` for the character", "a number of times stands behind nothing that can be repeated")
		}
	}
	r, size := utf8.DecodeRuneInString(p.rest())
	p.at += size
	return p.char(p.src[p.at-size:p.at], r), true
}

// char gives a character of its own. Most of an expression is characters: they are made in blocks.
func (p *parser) char(text string, r rune) *Char {
	if len(p.block) == cap(p.block) {
		p.block = make([]Char, 0, min(1+len(p.src)-p.at, 64))
	}
	p.block = append(p.block, Char{Text: text, Rune: r, Fold: p.flags.fold})
	return &p.block[len(p.block)-1]
}

// quoted reads what stands between \Q and \E. A repetition behind it applies to the last character.
func (p *parser) quoted() Node {
	text, _, closed := strings.Cut(p.rest(), `\E`)
	p.at += len(text)
	var parts []Node
	for i, r := range text {
		parts = append(parts, p.char(regexp.QuoteMeta(text[i:i+utf8.RuneLen(r)]), r))
	}
	if parts == nil {
		return nil
	}
	if closed {
		p.at += len(`\E`)
	}
	last := len(parts) - 1
	p.skip()
	parts[last] = p.repeated(parts[last])
	return &Concat{parts}
}

// resolveReferences finds the groups that references name.
func (p *parser) resolveReferences() {
	for _, ref := range p.refs {
		if ref.name != "" {
			if *ref.into = p.names[ref.name]; *ref.into == nil {
				p.fail(ref.at, "name a group of the expression", "there is no group %q", ref.name)
			}
			continue
		}
		if ref.number < 1 || ref.number > p.groups {
			p.fail(ref.at, "write `\\x{…}` if a character was meant", "there is no group %d", ref.number)
		}
		*ref.into = []int{ref.number}
	}
}

// measureBehind finds how long look-behinds are, or each of their alternatives.
func (p *parser) measureBehind() {
	for _, b := range p.behind {
		alternatives := []Node{b.look.Body}
		if alt, ok := b.look.Body.(*Alternate); ok {
			alternatives = alt.Parts
		}
		for _, one := range alternatives {
			n, ok := p.length(one)
			if !ok || n > maxRepeat {
				p.fail(b.at, "write a look-behind of a fixed length, such as (?<=a|bc)", "a look-behind must have a fixed length, or alternatives that each have one: PCRE runs no other")
			}
			b.look.Lengths = append(b.look.Lengths, n)
		}
	}
}
