package parse

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
	"decree/rules/source"
)

// collection reads rule collections of Sigma's older format. The parts of `action: global` apply to each rule after it.
// `action: repeat` is the previous rule with other parts. `action: reset` ends the effect of global.
// https://github.com/SigmaHQ/sigma/wiki/Specification#rule-collections
type collection struct {
	global, previous *yaml.Node

	nodes int // of the rules that were merged
}

// maxMerged bounds the nodes of the merged rules of a file: each may repeat all that stands before it.
const maxMerged = 1_000_000

var actions = []string{"global", "repeat", "reset"}

// next gives the whole rule that a document of a collection stands for, or nil if it stands for none.
func (c *collection) next(p *parser, top *yaml.Node) *yaml.Node {
	own, action := top, source.Value(top, "action")
	if action == nil {
		if c.global != nil && source.Value(top, "correlation") == nil && source.Value(top, "filter") == nil {
			if top = c.merged(p, own, c.global, own); top != nil {
				p.reportReplaced(own, c.global)
			}
		}
		c.previous = top
		return top
	}
	rest := source.Without(top, "action")
	if slices.Contains(actions, action.Value) {
		p.Warnf("action-collection", p.Span(action), "write each rule in full, in a document of its own", "`action: %s` belongs to an older format that Sigma dropped", action.Value)
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
		p.Errorf("action-collection", p.Span(action), "move the rule into the next document", "a document with `action: reset` must have no other keys")
		return nil
	case "repeat":
		if c.nodes > maxMerged {
			return nil
		}
		if c.previous == nil {
			p.Errorf("action-collection", p.Span(action), "move it after the rule that it repeats", "`action: repeat` has no rule before it")
			return nil
		}
		c.previous = c.merged(p, c.previous, rest, rest)
		return c.previous
	}
	if action.Value == "correlation" {
		p.Errorf("action-collection", p.Span(action), belowCorrelation, "`action: correlation` belongs to a draft of the format")
		return nil
	}
	p.Errorf("action-collection", p.Span(action), diag.OneOf(action.Value, actions), "unknown action %q", action.Value)
	return nil
}

// belowCorrelation is the hint for a correlation whose keys are not in a section.
const belowCorrelation = "put `type`, `rules`, `group-by`, `timespan` and `condition` below `correlation:`, and remove `action`"

// merged merges the parts of a rule; nil once the rules of the file have become too large, which is reported once, at
// the first rule that is not read.
func (c *collection) merged(p *parser, under, upper, at *yaml.Node) *yaml.Node {
	if c.nodes > maxMerged {
		return nil
	}
	out := overlaid(under, upper)
	if c.nodes += nodesOf(out); c.nodes > maxMerged {
		p.Errorf("yaml-too-large", p.Span(at), "write each rule in full, in files of their own",
			"this rule and those after it are not read: with what `action:` adds to each rule, the file expands to more than %d nodes", maxMerged)
		return nil
	}
	return out
}

func nodesOf(n *yaml.Node) int {
	count := 1
	for _, below := range n.Content {
		count += nodesOf(below)
	}
	return count
}

// overlaid merges two mappings: where both have a mapping for a key, these are merged too; otherwise the upper value
// wins.
func overlaid(under, upper *yaml.Node) *yaml.Node {
	if under.Kind != yaml.MappingNode || upper.Kind != yaml.MappingNode {
		return upper
	}
	out := *under
	out.Content = slices.Clone(under.Content)
	at := make(map[string]int, len(out.Content)/2) // of a key's value
	for i := len(out.Content) - 2; i >= 0; i -= 2 {
		at[out.Content[i].Value] = i + 1 // of a key that is there twice the first counts
	}
	for i := 0; i+1 < len(upper.Content); i += 2 {
		key, value := upper.Content[i], upper.Content[i+1]
		if n, ok := at[key.Value]; ok {
			out.Content[n] = overlaid(out.Content[n], value)
			continue
		}
		out.Content = append(out.Content, key, value)
		at[key.Value] = len(out.Content) - 1
	}
	return &out
}

// reportReplaced warns of each value of a rule that loses against another of `action: global`.
func (p *parser) reportReplaced(rule, global *yaml.Node) {
	of := make(map[string]*yaml.Node, len(global.Content)/2)
	for i := 0; i+1 < len(global.Content); i += 2 {
		of[global.Content[i].Value] = global.Content[i+1]
	}
	for i := 0; i+1 < len(rule.Content); i += 2 {
		key, own := rule.Content[i], rule.Content[i+1]
		replacing := of[key.Value]
		switch {
		case replacing == nil || equal(own, replacing):
		case own.Kind == yaml.MappingNode && replacing.Kind == yaml.MappingNode:
			p.reportReplaced(own, replacing)
		default:
			p.Warnf("replaced-by-global", p.Span(key), "remove it from `action: global`, or here", "the rule's %q is not used: `action: global` has another", key.Value)
		}
	}
}

func equal(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, equal)
}
