package conformance

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A small reader of eval's language, strict where Splunk is lenient: a null or a number in place of a truth, and an order of
// texts that look like numbers, are failures, since no page says what they come to. In: an expression that a compiled
// correlation holds. Out: a function of a row. Search Reference: "Evaluation functions", "eval", "where".

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
		left = func(r splRow) any { return truth(a(r)) || truth(b(r)) }
	}
	return left
}

func (p *splParser) and() splExpr {
	left := p.not()
	for p.take("AND") {
		a, b := left, p.not()
		left = func(r splRow) any { return truth(a(r)) && truth(b(r)) }
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
		for !p.take(")") {
			args = append(args, p.or())
			p.take(",")
		}
		return splCallOf(t, args)
	}
	name := strings.Trim(t, "'")
	return func(r splRow) any { return r[name] }
}

// splString reads a quoted string, in which a backslash stands before a backslash or a quote.
func splString(t string) string {
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
	if _, err := strconv.ParseFloat(s, 64); err == nil || (op != "=" && op != "!=") {
		panic(fmt.Sprintf("%q %s %q: as texts or as numbers?", s, op, t))
	}
	return (s == t) == (op == "=")
}

// values are a field's, one or several.
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

func splCallOf(name string, args []splExpr) splExpr {
	if len(args) == 0 && name == "null" {
		return func(splRow) any { return nil }
	}
	switch name {
	case "if":
		return func(r splRow) any {
			if truth(args[0](r)) {
				return args[1](r)
			}
			return args[2](r)
		}
	case "case":
		return func(r splRow) any {
			for i := 0; i < len(args); i += 2 {
				if truth(args[i](r)) {
					return args[i+1](r)
				}
			}
			return nil
		}
	case "mvfilter": // of the tests on one field: the field is the one with a value here
		return func(r splRow) any {
			var kept []string
			for field, v := range r {
				used := false
				each := splValues(v)
				for i := range each {
					probe := splProbe(r, field, each[i])
					if truthOrFalse(args[0](probe)) && !truthOrFalse(args[0](splProbe(r, field, "\x00"))) {
						kept, used = append(kept, each[i]), true
					}
				}
				if used {
					break
				}
			}
			return splField(kept)
		}
	}
	return func(r splRow) any {
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a(r)
		}
		return splFunction(name, values, r)
	}
}

// splProbe is a row whose field has one value.
func splProbe(r splRow, field, value string) splRow {
	probe := splRow{}
	for k, v := range r {
		probe[k] = v
	}
	probe[field] = value
	return probe
}

func truthOrFalse(v any) bool { return v != nil && truth(v) }

func splFunction(name string, a []any, r splRow) any {
	switch name {
	case "isnull":
		return a[0] == nil
	case "isnotnull":
		return a[0] != nil
	case "coalesce":
		for _, v := range a {
			if v != nil {
				return v
			}
		}
		return nil
	case "mvappend":
		var all []string
		for _, v := range a {
			all = append(all, splValues(v)...)
		}
		return splField(all)
	case "searchmatch":
		return splSearch(a[0].(string))(r)
	}
	if a[0] == nil {
		return nil
	}
	switch name {
	case "lower":
		return strings.ToLower(splText(a[0]))
	case "len":
		return float64(len([]rune(splText(a[0]))))
	case "tonumber":
		n, err := strconv.ParseFloat(splText(a[0]), 64)
		if err != nil {
			return nil
		}
		return n
	case "round":
		scale := math.Pow(10, splNumber(a[1]))
		return math.Round(splNumber(a[0])*scale) / scale
	case "ceiling":
		return math.Ceil(splNumber(a[0]))
	case "floor":
		return math.Floor(splNumber(a[0]))
	case "split":
		return splField(strings.Split(splText(a[0]), a[1].(string)))
	case "mvdedup":
		var once []string
		for _, v := range splValues(a[0]) {
			if !slices.Contains(once, v) {
				once = append(once, v)
			}
		}
		return splField(once)
	case "mvindex":
		if _, number := a[0].(float64); number {
			return a[0]
		}
		return splValues(a[0])[int(splNumber(a[1]))]
	case "mvfind":
		at := slices.IndexFunc(splValues(a[0]), regexp.MustCompile(a[1].(string)).MatchString)
		if at < 0 {
			return nil
		}
		return float64(at)
	}
	panic("function " + name)
}
