package conformance

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A reader of the search command's language, which is not eval's: OR binds tighter than the AND that is not written,
// case is ignored, an asterisk stands for any text, = compares texts and a block of addresses holds addresses. In:
// terms. Out: a predicate of events. Search Reference: "search",
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search

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
	if quoted && p.peek() != "=" {
		return splTerm(name)
	}
	p.must("=")
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

// The default breakers of segmenters.conf. Of two that begin at the same place, the longer counts.
// https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/segmenters.conf
var (
	splMajor = regexp.MustCompile("(?i)%2526|%2520|%21|%26|%3B|%7C|%20|%2B|%3D|%5D|%5B|%3A|%0A|%2C|%28|%29|--|[\\]\\[<>(){}|!;,'\"*\n\r \t&?+]")
	splMinor = regexp.MustCompile(`[/:=@.\-$#%\\_]`)
)

// splSegmented has the segments of raw texts.
var splSegmented sync.Map

// splSegments cuts a raw text as an index does: what stands between two major breakers, and of that, for each minor
// breaker and for the end, what stands before it since the last major and since the last minor breaker.
func splSegments(raw string) map[string]bool {
	if had, ok := splSegmented.Load(raw); ok {
		return had.(map[string]bool)
	}
	segments := map[string]bool{}
	for _, major := range splMajor.Split(strings.ToLower(raw), -1) {
		from := 0
		for _, at := range append(splMinor.FindAllStringIndex(major, -1), []int{len(major), len(major)}) {
			segments[major[:at[0]]], segments[major[from:at[0]]] = true, true
			from = at[1]
		}
	}
	splSegmented.Store(raw, segments)
	return segments
}

// splTerm finds a term that is not a field's: a segment of the raw text.
func splTerm(term string) func(splRow) bool {
	term = strings.ToLower(term)
	if splMajor.MatchString(term) || splMinor.MatchString(term) {
		panic("a term with a breaker: " + term)
	}
	return func(r splRow) bool {
		raw, ok := r["_raw"].(string)
		return ok && splSegments(raw)[term]
	}
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

// splMoment is a relative time modifier, in seconds since 1970: "now" or so many units before. Search Manual: "Specify
// time modifiers".
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
