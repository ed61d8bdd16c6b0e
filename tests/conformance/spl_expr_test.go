package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A small reader of eval's language, strict where Splunk is lenient: a null or a number in place of a truth, and an
// order of texts that look like numbers, are failures, since no page says what they come to. In: an expression that a
// compiled correlation holds. Out: a function of a row. Search Reference: "Evaluation functions", "eval", "where".

// splRow is an event or a result: a field is a string, a float64 or, with several values, a []string.
type splRow map[string]any

type splExpr func(splRow) any

var splToken = regexp.MustCompile(`^(?:"(?:\\.|[^"\\])*"|'[^']*'|\d+(?:\.\d+)?|[A-Za-z_][A-Za-z0-9_]*|!=|<=|>=|[-=<>+*/.,()])`)

// splTokens cuts an expression or the arguments of a command.
func splTokens(text string) []string {
	var out []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		t := splToken.FindString(text)
		if t == "" {
			panic("no token: " + text)
		}
		out = append(out, t)
		text = text[len(t):]
	}
	return out
}

type splParser struct {
	tokens []string
	at     int
	world  *splWorld
	read   []string // the names of the fields read so far
}

func (p *splParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *splParser) next() string {
	t := p.peek()
	p.at++
	return t
}

func (p *splParser) take(words ...string) bool {
	if slices.Contains(words, p.peek()) && p.peek() != "" {
		p.at++
		return true
	}
	return false
}

func (p *splParser) must(word string) {
	if !p.take(word) {
		panic(fmt.Sprintf("%s expected at %v", word, p.tokens[p.at:]))
	}
}

// or reads an expression: OR, AND, NOT, comparisons, concatenation with sums, products.
func (p *splParser) or() splExpr {
	left := p.and()
	for p.take("OR") {
		a, b := left, p.and()
		left = func(r splRow) any { return splEither(true, a(r), func() any { return b(r) }) }
	}
	return left
}

func (p *splParser) and() splExpr {
	left := p.not()
	for p.take("AND") {
		a, b := left, p.not()
		left = func(r splRow) any { return splEither(false, a(r), func() any { return b(r) }) }
	}
	return left
}

func (p *splParser) not() splExpr {
	if p.take("NOT") {
		x := p.not()
		return func(r splRow) any { return !truth(x(r)) }
	}
	left := p.sum()
	if op := p.peek(); p.take("=", "!=", "<", "<=", ">", ">=") {
		a, b := left, p.sum()
		return func(r splRow) any { return splCompare(op, a(r), b(r)) }
	}
	return left
}

func (p *splParser) sum() splExpr {
	left := p.product()
	for op := p.peek(); p.take("+", "-", "."); op = p.peek() {
		a, b, op := left, p.product(), op
		left = func(r splRow) any {
			x, y := a(r), b(r)
			switch {
			case x == nil || y == nil:
				return nil
			case op == ".":
				return splText(x) + splText(y)
			case op == "-":
				return splNumber(x) - splNumber(y)
			}
			return splNumber(x) + splNumber(y)
		}
	}
	return left
}

func (p *splParser) product() splExpr {
	left := p.atom()
	for op := p.peek(); p.take("*", "/"); op = p.peek() {
		a, b, op := left, p.atom(), op
		left = func(r splRow) any {
			if op == "*" {
				return splNumber(a(r)) * splNumber(b(r))
			}
			return splNumber(a(r)) / splNumber(b(r))
		}
	}
	return left
}

func (p *splParser) atom() splExpr {
	t := p.next()
	switch {
	case t == "(":
		x := p.or()
		p.must(")")
		return x
	case t == "-": // a negative number
		n := mustNumber(p.next())
		return func(splRow) any { return -n }
	case t[0] == '"':
		s := splString(t)
		return func(splRow) any { return s }
	case t[0] >= '0' && t[0] <= '9':
		n := mustNumber(t)
		return func(splRow) any { return n }
	case p.take("("):
		var args []splExpr
		before := len(p.read)
		for !p.take(")") {
			args = append(args, p.or())
			p.take(",")
		}
		return p.call(t, args, p.read[before:])
	}
	name := strings.Trim(t, "'")
	p.read = append(p.read, name)
	return func(r splRow) any { return r[name] }
}

// splEither is OR where one side that is so decides, and AND where one side that is not does; a null decides nothing.
func splEither(decides bool, a any, b func() any) any {
	if a != nil && truth(a) == decides {
		return decides
	}
	switch other := b(); {
	case other != nil && truth(other) == decides:
		return decides
	case a == nil || other == nil:
		return nil
	}
	return !decides
}

// splString reads a quoted string, in which a backslash stands before a backslash or a quote, and nowhere else: `\t`
// would be a tab in eval. Search Manual: "Types of expressions".
func splString(t string) string {
	if strings.Contains(strings.NewReplacer(`\\`, "", `\"`, "").Replace(t[1:len(t)-1]), `\`) {
		panic("a backslash alone: " + t)
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(t[1 : len(t)-1])
}

func mustNumber(t string) float64 {
	n, err := strconv.ParseFloat(t, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func truth(v any) bool {
	b, ok := v.(bool)
	if !ok {
		panic(fmt.Sprintf("no truth: %v", v))
	}
	return b
}

func splNumber(v any) float64 {
	n, ok := v.(float64)
	if !ok {
		panic(fmt.Sprintf("no number: %v", v))
	}
	return n
}

func splText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	panic(fmt.Sprintf("no text: %v", v))
}

// splCompare gives null where a side is null.
func splCompare(op string, a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	x, number := a.(float64)
	if y, alsoNumber := b.(float64); number && alsoNumber {
		return map[string]bool{"=": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op]
	}
	s, t := a.(string), b.(string)
	_, notNumber := strconv.ParseFloat(s, 64)
	_, norOther := strconv.ParseFloat(t, 64)
	if (notNumber == nil && norOther == nil) || (op != "=" && op != "!=") {
		panic(fmt.Sprintf("%q %s %q: as texts or as numbers?", s, op, t))
	}
	return (s == t) == (op == "=")
}

// splValues are a field's values, one or several.
func splValues(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []string:
		return v
	}
	return []string{splText(v)}
}

func splField(values []string) any {
	switch len(values) {
	case 0:
		return nil
	case 1:
		return values[0]
	}
	return values
}
