package regex

import "strings"

type lookText struct {
	text                     string
	behind, negative, atomic bool
}

// looks are the ways to write a look-around, and an atomic group.
var looks = []lookText{
	{text: "(?="}, {text: "(?!", negative: true}, {text: "(?<=", behind: true}, {text: "(?<!", behind: true, negative: true}, {text: "(?>", atomic: true},
	{text: "(*pla:"}, {text: "(*positive_lookahead:"}, {text: "(*nla:", negative: true}, {text: "(*negative_lookahead:", negative: true},
	{text: "(*plb:", behind: true}, {text: "(*positive_lookbehind:", behind: true}, {text: "(*nlb:", behind: true, negative: true},
	{text: "(*negative_lookbehind:", behind: true, negative: true}, {text: "(*atomic:", atomic: true},
}

// group reads what begins with a parenthesis; nil for flags that change nothing of a tree.
func (p *parser) group() (n Node, repeatable bool) {
	begin := p.at
	if look := p.look(); look != nil {
		return look, true
	}
	switch {
	case p.take("(*F)"), p.take("(*FAIL)"):
		return &Look{Negative: true, Body: &Concat{}}, false
	case strings.HasPrefix(p.rest(), "(*"):
		p.unsupported(begin, "write the expression without it", "verbs of backtracking and settings, as (*…), are not supported")
	case p.take("(?|"):
		return p.reset(begin), true
	case p.take("(?("):
		return p.conditional(begin), true
	case p.take("(?:"):
		return p.closed(begin, &Group{}), true
	case p.take("(?C"):
		end := strings.IndexByte(p.rest(), ')')
		if end < 0 || strings.Trim(p.rest()[:end], "0123456789") != "" {
			p.unsupported(begin, "", "call-outs, as (?C…), are not supported")
		}
		p.at += end + 1
		return nil, false
	case p.take("(?P="):
		name := p.until(begin, ")")
		return p.reference(begin, name, 0), true
	}
	for open, end := range map[string]string{"(?<": ">", "(?P<": ">", "(?'": "'"} {
		if p.take(open) {
			return p.capture(begin, p.name(begin, end)), true
		}
	}
	switch {
	case p.take("(?P>"), p.take("(?&"), p.take("(?R"), subroutine(p.rest()):
		p.unsupported(begin, "write the group's expression again", "calls of groups and recursion, as (?R) and (?1), are not supported")
	case p.take("(?"):
		return p.flagged(begin)
	case p.flags.plain:
		p.at++
		return p.closed(begin, &Group{}), true
	}
	p.at++
	return p.capture(begin, ""), true
}

// subroutine tells whether a group is called by its number.
func subroutine(s string) bool {
	s, ok := strings.CutPrefix(s, "(?")
	s = strings.TrimLeft(s, "+-")
	return ok && s != "" && '0' <= s[0] && s[0] <= '9'
}

func (p *parser) look() Node {
	for _, l := range looks {
		begin := p.at
		if !p.take(l.text) {
			continue
		}
		if l.atomic {
			return p.closed(begin, &Group{Atomic: true})
		}
		p.looking++
		look := &Look{Behind: l.behind, Negative: l.negative, Fold: p.flags.fold}
		look.Body = p.alternatives()
		p.close(begin)
		p.looking--
		if l.behind {
			p.behind = append(p.behind, pendingLook{begin, look})
		}
		return look
	}
	return nil
}

func (p *parser) close(begin int) {
	if !p.take(")") {
		p.fail(begin, "close it with `)`, or write `\\(` for the character", "a parenthesis is not closed")
	}
}

func (p *parser) closed(begin int, g *Group) *Group {
	g.Body = p.alternatives()
	p.close(begin)
	return g
}

func (p *parser) capture(begin int, name string) *Group {
	p.groups++
	g := &Group{Number: p.groups, Name: name}
	if name != "" {
		if p.names[name] != nil && !p.twice && !p.flags.twice {
			p.fail(begin, "give one of them another name", "two groups have the name %q", name)
		}
		p.names[name] = append(p.names[name], g.Number)
	}
	p.closed(begin, g)
	p.bodies[g.Number] = g.Body
	return g
}

// reset reads (?|...), whose alternatives number their groups alike.
func (p *parser) reset(begin int) Node {
	first, most := p.groups, p.groups
	before, twice := p.flags, p.twice
	p.twice = true
	var parts []Node
	for {
		p.groups = first
		parts = append(parts, p.sequence())
		most = max(most, p.groups)
		if !p.take("|") {
			break
		}
	}
	p.groups, p.flags, p.twice = most, before, twice
	p.close(begin)
	for n := first + 1; n <= most; n++ {
		p.bodies[n] = nil // of several bodies
	}
	return &Group{Reset: true, Body: &Alternate{parts}}
}

// name reads the name of a group.
func (p *parser) name(begin int, end string) string {
	name := p.until(begin, end)
	if name == "" || '0' <= name[0] && name[0] <= '9' || strings.ContainsFunc(name, func(r rune) bool { return r > 0x7f || r != '_' && !isAlnum(byte(r)) }) || len(name) > 32 {
		p.fail(begin, "write at most 32 letters, digits and underscores, and no digit first", "%q is not a name of a group", name)
	}
	return name
}

func (p *parser) until(begin int, end string) string {
	text, _, closed := strings.Cut(p.rest(), end)
	if !closed {
		p.fail(begin, "close it with `"+end+"`", "a name is not closed")
	}
	p.at += len(text) + len(end)
	return text
}

// namedReference reads \k and \g.
func (p *parser) namedReference() Node {
	begin := p.at
	kind := p.src[p.at+1]
	p.at += 2
	for open, end := range map[string]string{"{": "}", "<": ">", "'": "'"} {
		if !p.take(open) {
			continue
		}
		text := p.until(begin, end)
		if kind == 'g' && open != "{" {
			p.unsupported(begin, "write the group's expression again", `calls of groups, as \g<…>, are not supported`)
		}
		if kind == 'g' && digits(strings.TrimLeft(text, "+-")) {
			return p.reference(begin, "", p.relative(text))
		}
		return p.reference(begin, text, 0)
	}
	end := p.at
	for end < len(p.src) && (end == p.at && (p.src[end] == '-' || p.src[end] == '+') || '0' <= p.src[end] && p.src[end] <= '9') {
		end++
	}
	text := p.src[p.at:end]
	if kind != 'g' || !digits(strings.TrimLeft(text, "+-")) {
		p.fail(begin, `write \k{name}, or \g{1}`, `\%c names no group`, kind)
	}
	p.at = end
	return p.reference(begin, "", p.relative(text))
}

// relative gives the number of a group that is named by its distance.
func (p *parser) relative(text string) int {
	n := number(strings.TrimLeft(text, "+-"))
	switch text[0] {
	case '-':
		return p.groups - n + 1
	case '+':
		return p.groups + n
	}
	return n
}

func (p *parser) reference(begin int, name string, n int) Node {
	ref := &Backref{Fold: p.flags.fold}
	p.refs = append(p.refs, pendingRef{begin, name, n, &ref.Groups})
	p.reads = true
	return ref
}

// conditional reads (?(condition)yes|no).
func (p *parser) conditional(begin int) Node {
	c := &Conditional{}
	p.at-- // at the condition's own parenthesis
	if strings.HasPrefix(p.rest(), "(?") || strings.HasPrefix(p.rest(), "(*") {
		look, ok := p.look().(*Look)
		if !ok {
			p.fail(begin, "", "a condition is a group, or a look-around")
		}
		c.Look = look
	} else {
		p.at++
		text := p.until(begin, ")")
		p.reads = true
		switch inner := strings.Trim(text, "<>'"); {
		case digits(strings.TrimLeft(text, "+-")):
			p.refs = append(p.refs, pendingRef{begin, "", p.relative(text), &c.Groups})
		case inner == "R" || inner == "DEFINE" || strings.HasPrefix(inner, "R&") || strings.HasPrefix(inner, "VERSION") || len(inner) > 1 && inner[0] == 'R' && digits(inner[1:]):
			p.unsupported(begin, "write the expression without it", "conditions on recursion, definitions and versions, as (?(%s)…), are not supported", text)
		default:
			p.refs = append(p.refs, pendingRef{begin, inner, 0, &c.Groups})
		}
	}
	body := p.alternatives()
	p.close(begin)
	c.Yes, c.No = body, &Concat{}
	if alt, ok := body.(*Alternate); ok {
		if len(alt.Parts) > 2 {
			p.fail(begin, "put the alternatives into parentheses", "a condition has more than two alternatives")
		}
		c.Yes, c.No = alt.Parts[0], alt.Parts[1]
	}
	return &Group{Body: c}
}

// flagged reads (?i) and (?i:...).
func (p *parser) flagged(begin int) (Node, bool) {
	f, on := p.flags, true
	if p.take("^") {
		f.fold, f.lines, f.dot, f.spaced, f.spacedSets, f.plain = false, false, false, false, false, false
	}
	for p.at < len(p.src) {
		c := p.src[p.at]
		p.at++
		switch c {
		case 'i':
			f.fold = on
		case 'm':
			f.lines = on
		case 's':
			f.dot = on
		case 'x':
			f.spaced, f.spacedSets = on, on && p.take("x")
		case 'n':
			f.plain = on
		case 'U':
			f.ungreedy = on
		case 'J':
			f.twice = on
		case '-':
			on = false
		case ')', ':':
			was := p.flags
			set, unset := changed(was, f)
			p.flags = f
			if c == ')' {
				return &Flags{set, unset}, false
			}
			g := p.closed(begin, &Group{On: set, Off: unset})
			p.flags = was
			return g, true
		default:
			p.fail(begin, "PCRE's flags are i, m, s, x, n, U and J", "unknown flag %q", c)
		}
	}
	p.fail(begin, "close it with `)`", "a parenthesis is not closed")
	return nil, false
}

// changed gives the flags of case, lines and dots that are set and unset.
func changed(from, to flags) (on, off string) {
	for _, one := range []struct {
		name     string
		from, to bool
	}{{"i", from.fold, to.fold}, {"m", from.lines, to.lines}, {"s", from.dot, to.dot}} {
		switch {
		case one.to && !one.from:
			on += one.name
		case one.from && !one.to:
			off += one.name
		}
	}
	return on, off
}
