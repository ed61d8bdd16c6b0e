package parse

import (
	"slices"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
	"decree/rules/source"
)

// collection follows the documents of a file that is a collection of Sigma's older format: what `action: global` says
// holds for each rule behind it, `action: repeat` is the rule before it with other parts, and `action: reset` ends what
// global began. https://github.com/SigmaHQ/sigma/wiki/Specification#rule-collections
type collection struct {
	global, previous *yaml.Node
}

var actions = []string{"global", "repeat", "reset"}

// next gives the document that a document of a collection stands for; nil where it stands for none.
func (c *collection) next(p *parser, top *yaml.Node) *yaml.Node {
	action := source.Value(top, "action")
	if action == nil {
		if c.global != nil && source.Value(top, "correlation") == nil && source.Value(top, "filter") == nil {
			top = overlaid(top, c.global)
		}
		c.previous = top
		return top
	}
	rest := source.Without(top, "action")
	if slices.Contains(actions, action.Value) {
		p.Warnf("action-collection", p.Span(action), "write whole rules, one a document", "`action: %s` belongs to Sigma's older format, which the specification has dropped", action.Value)
	}
	switch action.Value {
	case "global":
		c.global, c.previous = rest, rest
		return nil
	case "reset":
		c.global = nil
		if len(rest.Content) == 0 {
			return nil
		}
		p.Errorf("action-collection", p.Span(action), "put the rule into a document of its own", "`action: reset` stands alone in its document")
		return nil
	case "repeat":
		if c.previous == nil {
			p.Errorf("action-collection", p.Span(action), "put it behind the rule that it repeats", "`action: repeat` has no rule before it")
			return nil
		}
		c.previous = overlaid(c.previous, rest)
		return c.previous
	}
	hint := "one of global, repeat, reset"
	if near := diag.Closest(action.Value, actions); near != "" {
		hint = "did you mean `" + near + "`?"
	}
	p.Errorf("action-collection", p.Span(action), hint, "unknown action %q", action.Value)
	return nil
}

// overlaid is a mapping with the parts of another laid over it: mappings in both are joined, of anything else the upper one counts.
func overlaid(under, upper *yaml.Node) *yaml.Node {
	if under.Kind != yaml.MappingNode || upper.Kind != yaml.MappingNode {
		return upper
	}
	out := *under
	out.Content = slices.Clone(under.Content)
	for i := 0; i+1 < len(upper.Content); i += 2 {
		key, value := upper.Content[i], upper.Content[i+1]
		at := slices.IndexFunc(evens(out.Content), func(k *yaml.Node) bool { return k.Value == key.Value })
		if at < 0 {
			out.Content = append(out.Content, key, value)
			continue
		}
		out.Content[2*at+1] = overlaid(out.Content[2*at+1], value)
	}
	return &out
}

// evens are the keys of a mapping's content.
func evens(content []*yaml.Node) []*yaml.Node {
	var keys []*yaml.Node
	for i := 0; i+1 < len(content); i += 2 {
		keys = append(keys, content[i])
	}
	return keys
}
