package regex

import (
	"strconv"
	"strings"
)

// repeated reads a repetition, if one follows.
func (p *parser) repeated(n Node) Node {
	low, high, length := quantifier(p.rest())
	switch {
	case length == 0:
		return n
	case low > maxRepeat || high > maxRepeat:
		p.fail(p.at, "", "a repetition counts to %d at most", maxRepeat)
	case high >= 0 && low > high:
		p.fail(p.at, "swap them", "the numbers of a repetition are out of order")
	}
	p.at += length
	r := &Repeat{Body: n, Min: low, Max: high}
	switch {
	case p.take("+"):
		r.Mode = Possessive
	case p.take("?"):
		r.Mode = Lazy
	}
	if p.flags.ungreedy && r.Mode != Possessive {
		r.Mode = Lazy - r.Mode
	}
	if look, ok := n.(*Look); ok { // to PCRE more than once is once
		if r.Max = min(max(r.Max, -r.Max), 1); r.Min > 0 {
			return look
		}
	}
	p.skip()
	if _, _, length := quantifier(p.rest()); length > 0 {
		p.fail(p.at, "put what is repeated into parentheses", "a repetition stands behind a repetition")
	}
	return r
}

// quantifier reads how often something is repeated: from low to high times, -1 = without end. A length of 0 says that
// no repetition follows.
func quantifier(s string) (low, high, length int) {
	switch {
	case s == "":
		return 0, 0, 0
	case s[0] == '{':
		return counted(s)
	case s[0] == '*':
		return 0, -1, 1
	case s[0] == '+':
		return 1, -1, 1
	case s[0] == '?':
		return 0, 1, 1
	}
	return 0, 0, 0
}

// counted reads {n}, {n,} or {n,m}; what else begins with { is text. A length of 0 says that it is.
func counted(s string) (low, high, length int) {
	end := strings.IndexByte(s, '}')
	if end < 0 {
		return 0, 0, 0
	}
	from, to, two := strings.Cut(s[1:end], ",")
	if !digits(from) || two && to != "" && !digits(to) {
		return 0, 0, 0
	}
	low, high = number(from), number(to)
	switch {
	case !two:
		high = low
	case to == "":
		high = -1
	}
	return low, high, end + 1
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// number reads digits; of too many it gives a number that is over every bound.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil && s != "" {
		return 1 << 30
	}
	return n
}
