package parse

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// detection reads the search identifiers and the condition.
func (p *parser) detection(r *rules.Rule, section source.Entry) {
	if section.Value.Kind != yaml.MappingNode {
		p.Entries(section.Value, "detection")
		return
	}
	var condition *yaml.Node
	var unused *yaml.Node
	timeframe := "TIMEFRAME"
	for _, e := range p.Entries(section.Value, "detection") {
		switch e.Key.Value {
		case "condition":
			condition = e.Value
		case "timeframe": // belongs to deprecated aggregations; only hints about these read it
			if source.IsDuration(e.Value.Value) {
				timeframe = e.Value.Value
			}
			unused = e.Key
		default:
			if body := p.selection(e.Value); p.claim(e.Key) {
				r.Searches = append(r.Searches, rules.Search{Name: e.Key.Value, Range: p.Span(e.Key), Body: body})
			}
		}
	}
	if condition == nil {
		hint := "add `condition:` under detection"
		if p.outside > 0 {
			hint = fmt.Sprintf("indent `condition:` of line %d: it belongs under detection", p.outside)
		}
		p.Errorf("missing-condition", p.Span(section.Key), hint, "the detection has no condition")
		return
	}
	nodes := source.Items(condition)
	if len(nodes) == 0 {
		p.Errorf("missing-condition", p.Span(condition), "write at least one", "the list of conditions is empty")
	}
	reader := newConditionParser(p, r)
	reader.timeframe = timeframe
	for _, n := range nodes {
		p.condition(r, reader, n)
	}
	if unused != nil && !reader.aggregated { // else the condition's error says what to write instead of both
		p.Warnf("unused-timeframe", p.Span(unused), "use a correlation rule", "`timeframe` has no effect in a detection rule")
	}
}

// condition reads one condition of a detection.
func (p *parser) condition(r *rules.Rule, reader *conditionParser, n *yaml.Node) {
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		p.Errorf("condition-syntax", p.Span(n), "write it as text, such as `selection and not filter`", "a condition must be text and not empty")
		return
	}
	if expr := reader.read(n); expr != nil {
		r.Conditions = append(r.Conditions, rules.Condition{Text: n.Value, Range: p.Span(n), Expr: expr})
	}
}

// maxNames limits the names of one rule, because every quantifier of a condition searches all of them.
const maxNames = 1000

// claim adds a name to the namespace of the rule. It is false if the rule has too many.
func (p *parser) claim(key *yaml.Node) bool {
	if p.names[key.Value] {
		p.Errorf("duplicate-name", p.Span(key), "rename one of them: lists, ancestry, prevalence and search identifiers share one namespace",
			"the name %q is already used in this rule", key.Value)
	} else if len(p.names) == maxNames {
		p.Errorf("too-many-names", p.Span(key), "split the rule", "a rule may define at most %d names", maxNames)
		return false
	}
	p.names[key.Value] = true
	return true
}

// selection reads a map, a list of maps, or keywords.
func (p *parser) selection(n *yaml.Node) rules.Selection {
	switch n.Kind {
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			p.Errorf("empty-selection", p.Span(n), "add a field", "this selection has no fields, so every event would match")
		}
		all := rules.AllOf{}
		words := 0
		for _, e := range p.Tests(n, "a selection") {
			if elements, ok := p.elements(e.Key, e.Value); ok {
				all.Elements = append(all.Elements, elements)
				continue
			}
			item := p.item(e.Key, e.Value)
			item.Field = withoutEscapes(item.Field)
			if item.Field == "" {
				words++
			}
			all.Items = append(all.Items, item)
		}
		switch {
		case words == 1 && len(all.Items) == 1:
			return rules.Keywords{Item: all.Items[0]}
		case words > 0:
			p.Warnf("mixed-keywords", p.Span(n), "give the keywords a search identifier of their own",
				"the selection mixes fields and keywords, which the specification does not define; decree requires all of them")
		}
		return all
	case yaml.SequenceNode:
		return p.alternatives(n)
	case yaml.ScalarNode:
		if n.ShortTag() == "!!null" {
			p.Errorf("empty-selection", p.Span(n), "write fields or keywords below it, indented further than its name", "this selection is empty")
			return rules.AllOf{}
		}
		return rules.Keywords{Item: rules.Item{Values: []rules.Value{p.value(n)}, Range: p.Span(n)}}
	}
	p.Errorf("wrong-type", p.Span(n), "write fields, a list of maps, or keywords", "this is not a selection")
	return rules.AllOf{}
}

func (p *parser) alternatives(n *yaml.Node) rules.Selection {
	if len(n.Content) == 0 {
		p.Errorf("empty-selection", p.Span(n), "add a map of fields or a keyword", "this selection is an empty list")
	}
	any := rules.AnyOf{}
	words := rules.Keywords{Item: rules.Item{Range: p.Span(n)}}
	for _, c := range n.Content {
		if c.Kind == yaml.ScalarNode {
			words.Item.Values = append(words.Item.Values, p.value(c))
			continue
		}
		if c.Kind == yaml.SequenceNode {
			p.Warnf("nested-list", p.Span(c), "write its entries in the list around it",
				"the selection has a list within a list, which the specification does not define; decree requires one entry of either")
		}
		any.Selections = append(any.Selections, p.selection(c))
	}
	if len(words.Item.Values) > 0 {
		if len(any.Selections) == 0 {
			return words
		}
		any.Selections = append(any.Selections, words)
	}
	return any
}

// item reads `Field|modifier|...: values`.
func (p *parser) item(key, value *yaml.Node) rules.Item {
	parts := p.keyParts(key)
	it := p.test(key, parts[1:], value)
	it.Field = p.field(key, parts[0])
	return it
}

// elsewhere says what to write for modifiers that only other tools have.
var elsewhere = map[string]string{
	"equalsfield":   "write `fieldref`",
	"endswithfield": "write `fieldref|endswith`",
	"equals":        "leave it out: without a modifier the value is the whole field",
	"eq":            "leave it out: without a modifier the value is the whole field",
	"not":           "write `neq`",
	"ne":            "write `neq`",
	"regex":         "write `re`",
	"regexp":        "write `re`",
	"in":            "leave it out: a list of values means any of them",
	"any":           "leave it out: a list of values means any of them",
	"like":          "leave it out: `*` and `?` in a value are wildcards",
	"wildcard":      "leave it out: `*` and `?` in a value are wildcards",
	"beginswith":    "write `startswith`",
	"":              "remove the `|`",
	"cidrv4":        "write `cidr`",
	"cidrv6":        "write `cidr`",
}

// test reads the modifiers of a key, and the values.
func (p *parser) test(key *yaml.Node, modifiers []keyPart, value *yaml.Node) rules.Item {
	it := rules.Item{Range: p.Span(key)}
	for _, m := range modifiers {
		at := p.Within(key, m.offset, m.length)
		name := p.modifier(m.text, at)
		if !rules.IsModifier(name) {
			hint, ok := elsewhere[name]
			if !ok {
				hint = diag.OneOf(name, rules.ModifierNames())
			}
			p.Errorf("unknown-modifier", at, hint, "unknown modifier %q", name)
			continue
		}
		it.Modifiers = append(it.Modifiers, rules.Modifier{Name: name, Range: at})
	}
	it.Values = p.valuesOf(value)
	if slices.ContainsFunc(it.Modifiers, func(m rules.Modifier) bool { return m.Name == "fieldref" }) {
		for i, v := range it.Values {
			it.Values[i].Text = p.withoutSelectors(v.Text, v.Range)
		}
	}
	return it
}

// valuesOf reads the value of a field, or a list of values.
func (p *parser) valuesOf(n *yaml.Node) (out []rules.Value) {
	switch n.Kind {
	case yaml.ScalarNode:
		return []rules.Value{p.value(n)}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				hint := "write plain values in the list of a field"
				if c.Kind == yaml.MappingNode {
					hint += ", and quotes around a text with a colon"
				}
				p.Errorf("wrong-type", p.Span(c), hint, "a value cannot be a map or a list")
				continue
			}
			out = append(out, p.value(c))
		}
	default:
		p.Errorf("wrong-type", p.Span(n), "write a value or a list of values; fields of an array's elements are below `field[any]:`, with `sigma-version: 3`", "a field's value cannot be a map")
	}
	return out
}

func (p *parser) value(n *yaml.Node) rules.Value {
	p.warnOfTag(n)
	v := rules.Value{Kind: rules.StringValue, Text: n.Value, Range: p.Span(n)}
	switch n.ShortTag() {
	case "!!null":
		v.Kind, v.Text = rules.NullValue, ""
	case "!!int", "!!float":
		if number, ok := parseNumber(n.Value); ok {
			v.Kind, v.Number = rules.NumberValue, number
		}
	case "!!bool":
		v.Kind, v.Bool = rules.BoolValue, strings.EqualFold(n.Value, "true")
	}
	return v
}

// parseNumber reads a number in any of YAML's spellings: 17, 017 and 1_7 are seventeen; 0x17, 0o17 and 0b1 use other
// bases. Infinity and NaN stay texts.
func parseNumber(text string) (float64, bool) {
	text = strings.ReplaceAll(text, "_", "")
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f, !math.IsInf(f, 0) && !math.IsNaN(f)
	}
	i, ok := new(big.Int).SetString(text, 0)
	if !ok {
		return 0, false
	}
	f, _ := new(big.Float).SetInt(i).Float64()
	return f, true
}
