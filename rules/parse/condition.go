package parse

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
)

// token is one word or parenthesis of a condition; offset counts bytes.
type token struct {
	text   string
	offset int
}

func tokenize(text string) []token {
	var out []token
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, token{text[start:end], start})
			start = -1
		}
	}
	for i, c := range text {
		switch {
		case c == '(' || c == ')' || c == '|':
			flush(i)
			out = append(out, token{string(c), i})
		case unicode.IsSpace(c):
			flush(i)
		case start < 0:
			start = i
		}
	}
	flush(len(text))
	return out
}

// conditionParser reads the conditions of one rule by recursive descent: not binds tighter than
// and, and tighter than or.
type conditionParser struct {
	*parser
	names      []string // the names that a condition may use, by section and in file order
	known      map[string]bool
	timeframe  string // of the aggregations that rules once had, or the word for one
	aggregated bool   // a condition has such an aggregation
	lists      map[string]bool
	define     string // hint for an unknown name: how to define it
	words      int    // words of all conditions so far
	node       *yaml.Node
	tokens     []token
	next       int
	failed     bool
}

// maxDepth limits how deep conditions, and lists made from lists, may nest.
const maxDepth = 64

// maxWords limits the words of all conditions of a rule together.
const maxWords = 2000

func newConditionParser(p *parser, r *rules.Rule) *conditionParser {
	c := &conditionParser{parser: p, names: r.Names(), known: map[string]bool{}, lists: map[string]bool{}, define: "define it under detection, ancestry, prevalence, joins or first_seen"}
	for _, name := range c.names {
		c.known[name] = true
	}
	for _, l := range r.Lists {
		c.lists[l.Name] = true
	}
	return c
}

// read parses one condition. It reports an error and gives nil if it cannot.
func (c *conditionParser) read(n *yaml.Node) rules.Expr {
	c.node, c.tokens, c.next, c.failed = n, tokenize(n.Value), 0, false
	if c.words += len(c.tokens); c.words > maxWords {
		c.Errorf("condition-too-large", c.Span(n), "split the rule", "the conditions of a rule may have at most %d words", maxWords)
		return nil
	}
	expr := c.or(0)
	if !c.failed && c.next < len(c.tokens) {
		t := c.tokens[c.next]
		hint := "join terms with `and` or `or`"
		if t.text == ")" {
			hint = "remove it, or add the opening parenthesis"
		} else if t.text == "|" {
			hint, c.aggregated = instead(n.Value[t.offset:], c.timeframe), true
		}
		c.fail(t, hint, "unexpected %q", t.text)
	}
	if c.failed {
		return nil
	}
	return expr
}

func (c *conditionParser) fail(t token, hint, format string, args ...any) rules.Expr {
	if !c.failed {
		c.Errorf("condition-syntax", c.rangeOf(t), hint, format, args...)
	}
	c.failed = true
	return rules.NameExpr{}
}

func (c *conditionParser) rangeOf(t token) diag.Range { return c.Within(c.node, t.offset, len(t.text)) }

func (c *conditionParser) peek(word string) bool {
	return c.next < len(c.tokens) && strings.EqualFold(c.tokens[c.next].text, word)
}

func (c *conditionParser) or(depth int) rules.Expr {
	terms := []rules.Expr{c.and(depth)}
	for !c.failed && c.peek("or") {
		c.next++
		terms = append(terms, c.and(depth))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return rules.OrExpr{Range: c.Span(c.node), Terms: terms}
}

func (c *conditionParser) and(depth int) rules.Expr {
	terms := []rules.Expr{c.not(depth)}
	for !c.failed && c.peek("and") {
		c.next++
		terms = append(terms, c.not(depth))
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return rules.AndExpr{Range: c.Span(c.node), Terms: terms}
}

func (c *conditionParser) not(depth int) rules.Expr {
	if depth > maxDepth {
		return c.fail(c.tokens[min(c.next, len(c.tokens)-1)], "split the condition", "the condition is nested deeper than %d levels", maxDepth)
	}
	if c.peek("not") {
		at := c.rangeOf(c.tokens[c.next])
		c.next++
		return rules.NotExpr{Range: at, Term: c.not(depth + 1)}
	}
	return c.primary(depth)
}

func (c *conditionParser) primary(depth int) rules.Expr {
	if c.next >= len(c.tokens) {
		end := token{"", len(strings.TrimRight(c.node.Value, " \n"))}
		return c.fail(end, "add a name, or remove the last word", "the condition ends where a name is expected")
	}
	t := c.tokens[c.next]
	c.next++
	switch word := strings.ToLower(t.text); {
	case word == "(":
		inner := c.or(depth + 1)
		if c.failed {
			return inner
		}
		if !c.peek(")") {
			return c.fail(t, "add `)`", "this parenthesis is not closed")
		}
		c.next++
		return inner
	case word == ")" || word == "and" || word == "or":
		return c.fail(t, "put a name before it", "unexpected %q", t.text)
	case c.peek("of"):
		return c.of(t)
	}
	if !c.known[t.text] {
		if strings.ContainsAny(t.text, "*?") {
			return c.fail(t, "write `1 of "+t.text+"` or `all of "+t.text+"`", "a name with a wildcard needs a quantifier")
		}
		c.undefined(t)
	}
	return rules.NameExpr{Range: c.rangeOf(t), Name: t.text}
}

func (c *conditionParser) undefined(t token) {
	hint := c.define
	if c.lists[t.text] {
		hint = "use the list in a value: `Field|expand: '%" + t.text + "%'`"
	}
	c.Errorf("undefined-name", c.rangeOf(t), diag.DidYouMean(t.text, c.names, hint), "the condition names %q, which the rule does not define", t.text)
}

// unmatched reports a pattern, or a name, after `of` that no name matches.
func (c *conditionParser) unmatched(t token) {
	if t.text == "(" || t.text[0] == '[' || strings.Contains(t.text, ",") {
		hint := "begin the names alike and write `1 of selection_*`, or join them with `or` or `and`"
		if t.text == "(" && c.next+1 < len(c.tokens) && c.tokens[c.next+1].text == ")" {
			hint = "remove the parentheses"
		}
		c.fail(t, hint, "`of` is followed by one pattern, not by a list of names")
		return
	}
	if !strings.ContainsAny(t.text, "*?[") {
		c.undefined(t)
		return
	}
	c.Errorf("undefined-name", c.rangeOf(t), diag.DidYouMean(t.text, c.names, c.define), "no name matches the pattern %q", t.text)
}

func quantifierHint(word string) string {
	switch word {
	case "0", "no", "none":
		return "write `not 1 of`"
	case "one", "some":
		return "write `1 of`"
	case "each", "every":
		return "write `all of`"
	}
	return "write 1, all, any or a number"
}

// of reads `1 of x*`, `all of them`, `2 of x*`, `any of them`.
func (c *conditionParser) of(quantifier token) rules.Expr {
	e := rules.OfExpr{Range: c.rangeOf(quantifier)}
	switch word := strings.ToLower(quantifier.text); word {
	case "all":
		e.All = true
	case "any":
		e.Count = 1
	default:
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 {
			return c.fail(quantifier, quantifierHint(word), "unknown quantifier %q", quantifier.text)
		}
		e.Count = n
	}
	c.next++ // the word `of`
	if c.next >= len(c.tokens) {
		return c.fail(quantifier, "add a name pattern or `them`", "a name pattern is missing after `of`")
	}
	t := c.tokens[c.next]
	c.next++
	e.Pattern, e.Names = t.text, c.namesLike(t.text)
	if len(e.Names) == 0 {
		c.unmatched(t)
	} else if e.Count > len(e.Names) {
		c.fail(quantifier, "lower the number", "the quantifier needs %d names, but %q matches only %d", e.Count, t.text, len(e.Names))
	}
	return e
}

// namesLike gives the names that a pattern matches. `them` are all but those that begin with an underscore.
func (c *conditionParser) namesLike(pattern string) (names []string) {
	them := strings.EqualFold(pattern, "them")
	for _, name := range c.names {
		matched, err := path.Match(pattern, name)
		switch {
		case them && strings.HasPrefix(name, "_"):
		case them, err == nil && matched, name == pattern:
			names = append(names, name)
		}
	}
	return names
}
