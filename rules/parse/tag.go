package parse

import "go.yaml.in/yaml/v3"

// coreTags are the tags of values that every reader of YAML knows.
var coreTags = map[string]bool{"!!str": true, "!!int": true, "!!float": true, "!!bool": true, "!!null": true}

// warnOfTag warns of a tag that is not read. Other tools may decode the value.
func (p *parser) warnOfTag(n *yaml.Node) {
	if tag := n.ShortTag(); n.Style&yaml.TaggedStyle != 0 && !coreTags[tag] {
		p.Warnf("yaml-tag", p.Span(n), "remove the tag, and write the value itself", "the tag %s is ignored: the value is the text %q", tag, n.Value)
	}
}
