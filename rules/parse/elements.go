package parse

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// arraysSince is the major version of Sigma from which on brackets after a field select elements of an array. Below,
// they are letters.
// https://github.com/SigmaHQ/sigma-specification/issues/213
const arraysSince = 3

// sigmaVersion reads the version of Sigma that a document is written for. Only its major number counts.
func (p *parser) sigmaVersion(_ *rules.Rule, e source.Entry) {
	major, _, _ := strings.Cut(e.Value.Value, ".")
	n, err := strconv.Atoi(major)
	switch {
	case e.Value.Kind != yaml.ScalarNode || err != nil || n < 1:
		p.Errorf("sigma-version", p.Span(e.Value), "write `sigma-version: 3`", "the version of Sigma must be a number")
	case n > arraysSince:
		p.Errorf("sigma-version", p.Span(e.Value), "write `sigma-version: 3`", "decree reads Sigma up to version %d", arraysSince)
	}
	p.arrays = n >= arraysSince
}

// selector finds the first selector in a field's name. The groups are what comes before it, what it selects, and what
// comes after.
var selector = regexp.MustCompile(`^((?:[^\[\]\\]|\\.)+)\[(any|all_or_empty|all|none|-?[0-9]{1,9})\](?:\.(.+))?$`)

var unescaped = strings.NewReplacer(`\[`, "[", `\]`, "]")

// withoutEscapes reads escaped brackets of a field's name as letters.
func withoutEscapes(field string) string { return unescaped.Replace(field) }

// elements reads a test of an array's elements. ok is false if the key selects none.
func (p *parser) elements(key, value *yaml.Node) (e rules.Elements, ok bool) {
	field, modifiers, modified := strings.Cut(key.Value, "|")
	var m []string
	if strings.Contains(field, "[") {
		m = selector.FindStringSubmatch(field)
	}
	if m == nil {
		if p.arrays {
			p.strayBrackets(key, field)
		}
		return e, false
	}
	if !p.arrays {
		p.bracketsAreLetters(p.Span(key), "add `sigma-version: 3`, or write `\\[` for the letter")
		return e, false
	}
	e = rules.Elements{Field: withoutEscapes(m[1]), Which: rules.Quantifier(m[2]), Range: p.Span(key)}
	if n, err := strconv.Atoi(m[2]); err == nil {
		e.Which, e.At = rules.ElementAt, n
	}
	rest := m[3]
	if rest == "" && !modified && !plainValues(value) {
		e.Body = p.block(value)
		return e, true
	}
	if rest == "" {
		rest = "."
	}
	if modified {
		rest += "|" + modifiers
	}
	inner := *key
	inner.Value = rest
	if below, nested := p.elements(&inner, value); nested {
		e.Body = rules.AllOf{Elements: []rules.Elements{below}}
		return e, true
	}
	item := p.item(&inner, value)
	item.Field = withoutEscapes(item.Field)
	e.Body = rules.AllOf{Items: []rules.Item{item}}
	return e, true
}

// fieldName reads the name of one field where a value is taken, compared or shown. Elements of an array can only be
// tested: brackets that select some are an error.
func (p *parser) fieldName(to *string, n *yaml.Node, what string) {
	p.Text(to, n, what)
	*to = p.withoutSelectors(*to, p.Span(n))
}

// fields reads the names of the fields that a result shows.
func (p *parser) fields(r *rules.Rule, e source.Entry) {
	p.Texts(&r.Fields, e.Value, e.Key.Value)
	items := source.Items(e.Value)
	for i, name := range r.Fields {
		r.Fields[i] = p.withoutSelectors(name, p.Span(items[i]))
	}
}

// withoutSelectors reports brackets of a field's name that select elements, and gives the name with escaped brackets as
// letters.
func (p *parser) withoutSelectors(name string, at diag.Range) string {
	switch {
	case !p.arrays && selector.MatchString(name):
		p.bracketsAreLetters(at, wholeField)
	case p.arrays && bracket.MatchString(name):
		p.Errorf("elements-place", at, wholeField, "brackets select elements of an array only in a search identifier, where these are tested: %q is not a single field", name)
	}
	return withoutEscapes(name)
}

// wholeField is what to do where no element can be named.
const wholeField = "name the whole field, or write `\\[` for the letter"

func (p *parser) bracketsAreLetters(at diag.Range, hint string) {
	p.Warnf("brackets-without-version", at, hint, "brackets select elements of an array from version %d of Sigma on: here they are letters", arraysSince)
}

// adjacent finds a selector right behind another.
var adjacent = regexp.MustCompile(`^((?:[^\[\]\\]|\\.)+\[(?:any|all_or_empty|all|none|-?[0-9]{1,9})\])(\[(?:any|all_or_empty|all|none|-?[0-9]{1,9})\].*)$`)

// selectors are words and numbers that select elements.
var selectors = regexp.MustCompile(`^(?:any|all_or_empty|all|none|-?[0-9]+)$`)

// bracket finds a bracket of a field's name that is not escaped. The group is what it selects.
var bracket = regexp.MustCompile(`^(?:[^\[\]\\]|\\.)*[\[\]]([^\[\]]*)`)

// strayBrackets reports brackets of a field's name that select nothing.
func (p *parser) strayBrackets(key *yaml.Node, field string) {
	m := bracket.FindStringSubmatch(field)
	if m == nil {
		return
	}
	hint := "write a field and one of [any], [all], [all_or_empty], [none] or a number such as [0], then the end or a dot; or write `\\[` for the letter"
	if twice := adjacent.FindStringSubmatch(field); twice != nil {
		hint = fmt.Sprintf("for elements of elements write `%s: {'.%s': ...}`", twice[1], twice[2])
	} else if !selectors.MatchString(m[1]) {
		hint = diag.DidYouMean(m[1], []string{"any", "all", "all_or_empty", "none"}, hint)
	}
	p.Errorf("unknown-selector", p.Span(key), hint, "%q has brackets that select no elements", field)
}

// plainValues tells whether a node is a value or a list of values.
func plainValues(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		return true
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				return false
			}
		}
		return true
	}
	return false
}

// block reads what an element must satisfy: fields, a list of maps, or selections with a condition of their own.
func (p *parser) block(n *yaml.Node) rules.Selection {
	if n.Kind != yaml.MappingNode {
		return p.selection(n)
	}
	var condition *yaml.Node
	b := rules.Block{Range: p.Span(n)}
	var searches []source.Entry
	for _, e := range p.Tests(n, "a selection") {
		if e.Key.Value == "condition" {
			condition = e.Value
		} else {
			searches = append(searches, e)
		}
	}
	if condition == nil {
		return p.selection(n)
	}
	for _, e := range searches {
		b.Searches = append(b.Searches, rules.Search{Name: e.Key.Value, Range: p.Span(e.Key), Body: p.selection(e.Value)})
	}
	if condition.Kind != yaml.ScalarNode || strings.TrimSpace(condition.Value) == "" {
		p.Errorf("condition-syntax", p.Span(condition), "write it as text, such as `selection and not filter`", "a condition must be text and not empty")
		return b
	}
	reader := newConditionParser(p, &rules.Rule{Searches: b.Searches})
	reader.define = "define it beside this condition"
	b.Condition = reader.read(condition)
	return b
}
