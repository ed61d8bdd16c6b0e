package conformance

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A reader of the search command's language, which is not eval's: OR binds tighter than the AND that is not written, case is
// ignored, an asterisk stands for any text, = compares texts and a block of addresses holds addresses. In: terms. Out: a
// predicate of events. Search Reference: "search", https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search

// splWorld is what a search finds around it: the time that it runs at, and lookups.
type splWorld struct {
	now     float64
	lookups map[string][]splRow
}

var splSearchToken = regexp.MustCompile(`^(?:"(?:\\.|[^"\\])*"|!=|<=|>=|[=<>(),]|[^\s"=<>!(),]+)`)

type splSearchParser struct {
	world  *splWorld
	tokens []string
	at     int
}

// splSearch reads the terms of a search.
func splSearch(text string, world *splWorld) func(splRow) bool {
	p := &splSearchParser{world: world}
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		t := splSearchToken.FindString(rest)
		if t == "" {
			panic("no token of a search: " + rest)
		}
		p.tokens = append(p.tokens, t)
		rest = rest[len(t):]
	}
	all := p.all()
	if p.at < len(p.tokens) {
		panic("left over in the search: " + strings.Join(p.tokens[p.at:], " "))
	}
	return all
}

func (p *splSearchParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *splSearchParser) take(word string) bool {
	if p.peek() == word {
		p.at++
		return true
	}
	return false
}

func (p *splSearchParser) must(word string) {
	if !p.take(word) {
		panic(fmt.Sprintf("%s expected in the search at %v", word, p.tokens[p.at:]))
	}
}

// all reads terms: parentheses, then NOT, then OR, then AND ("Boolean expressions").
func (p *splSearchParser) all() func(splRow) bool {
	var terms []func(splRow) bool
	for p.peek() != "" && p.peek() != ")" {
		either := []func(splRow) bool{p.term()}
		for p.take("OR") {
			either = append(either, p.term())
		}
		terms = append(terms, func(r splRow) bool {
			return slices.ContainsFunc(either, func(t func(splRow) bool) bool { return t(r) })
		})
	}
	return func(r splRow) bool {
		return !slices.ContainsFunc(terms, func(t func(splRow) bool) bool { return !t(r) })
	}
}

func (p *splSearchParser) term() func(splRow) bool {
	if p.take("NOT") {
		t := p.term()
		return func(r splRow) bool { return !t(r) }
	}
	if p.take("(") {
		t := p.all()
		p.must(")")
		return t
	}
	name, quoted := p.word()
	if p.take("IN") {
		p.must("(")
		var values []func(splRow) bool
		for !p.take(")") {
			v, _ := p.word()
			values = append(values, splFieldIs(name, v))
			p.take(",")
		}
		return func(r splRow) bool {
			return slices.ContainsFunc(values, func(is func(splRow) bool) bool { return is(r) })
		}
	}
	p.must("=") // a term alone is looked for in _raw, which no search of ours does: the words of a name would be found
	value, _ := p.word()
	if !quoted && (name == "earliest" || name == "latest") {
		bound := splMoment(value, p.world.now)
		return func(r splRow) bool {
			return (name == "earliest" && splNumber(r["_time"]) >= bound) || (name == "latest" && splNumber(r["_time"]) < bound)
		}
	}
	return splFieldIs(name, value)
}

// word is a name or a value; words with a meaning of their own stand in quotes ("The implied search command").
func (p *splSearchParser) word() (text string, quoted bool) {
	t := p.peek()
	p.at++
	switch {
	case t == "", strings.ContainsAny(t[:1], "=<>!(),"), t == "OR", t == "AND", t == "NOT", t == "IN":
		panic(fmt.Sprintf("a word expected in the search, not %q: %v", t, p.tokens))
	case t[0] == '"':
		return splString(t), true
	}
	return t, false
}

// splFieldIs compares every value of a field; a field that is not there is like nothing.
func splFieldIs(name, value string) func(splRow) bool {
	if block, err := netip.ParsePrefix(value); err == nil { // "CIDR matching"
		return func(r splRow) bool {
			return slices.ContainsFunc(splValues(r[name]), func(v string) bool { return splWithin(block, v) })
		}
	}
	parts := strings.Split(strings.ToLower(value), "*")
	return func(r splRow) bool {
		return slices.ContainsFunc(splValues(r[name]), func(v string) bool { return splLike(parts, strings.ToLower(v)) })
	}
}

// splLike tells whether a text consists of parts with any text between them.
func splLike(parts []string, v string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return v == first
	}
	if len(v) < len(first)+len(last) || !strings.HasPrefix(v, first) || !strings.HasSuffix(v, last) {
		return false
	}
	v = v[len(first) : len(v)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(v, part)
		if at < 0 {
			return false
		}
		v = v[at+len(part):]
	}
	return true
}

func splWithin(block netip.Prefix, v string) bool {
	a, err := netip.ParseAddr(v)
	if err == nil && a.Is4In6() && block.Addr().Is4() {
		panic("no page says what block an IPv4 address in IPv6's form is in: " + v)
	}
	return err == nil && block.Contains(a)
}

var splModifier = regexp.MustCompile(`^-(\d+)([hms])$`)

// splMoment is a relative time modifier, in seconds since 1970: "now" or so many units before. Search Manual: "Specify time modifiers".
func splMoment(modifier string, now float64) float64 {
	if modifier == "now" {
		return now + 1 // what happens in the second of the search counts
	}
	m := splModifier.FindStringSubmatch(modifier)
	if m == nil {
		panic("time modifier " + modifier)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		panic(err)
	}
	return now - float64(n)*map[string]float64{"h": 3600, "m": 60, "s": 1}[m[2]]
}
