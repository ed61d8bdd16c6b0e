package parse

import (
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// FilterFiles lists the YAML files of a folder of filters, sorted.
func FilterFiles(folder *source.Folder) ([]string, error) { return folder.YAMLFiles(nil) }

// Filters reads every filter document of a file of the folder. A filter with an error is not returned; a document that is
// no filter is an error.
func Filters(folder *source.Folder, file string, how FilterCondition) ([]*rules.Filter, diag.Diagnostics) {
	data, found := folder.Load(file)
	if found != nil {
		return nil, found
	}
	p := newParser(file, data, folder)
	p.filterCondition = how
	var out []*rules.Filter
	p.documents(data, func(doc *yaml.Node) {
		before := p.errors
		if filter := p.filter(doc); filter != nil && p.errors == before {
			out = append(out, filter)
		}
	})
	return out, p.found
}

// filter reads one filter document.
func (p *parser) filter(doc *yaml.Node) *rules.Filter {
	if len(doc.Content) == 0 {
		return nil
	}
	top := doc.Content[0]
	if !p.resolve(top) {
		return nil
	}
	p.names, p.values = map[string]bool{}, 0
	if top.Kind != yaml.MappingNode {
		p.entries(top, "a filter")
		return nil
	}
	out := &rules.Filter{Body: &rules.Rule{Range: p.span(top)}}
	sections := map[string]entry{}
	for _, e := range p.entries(top, "a filter") {
		sections[e.key.Value] = e
	}
	for _, key := range []string{"title", "logsource", "filter"} {
		if _, ok := sections[key]; !ok {
			p.errorf("missing-"+key, out.Body.Range, "add `"+key+":`", "a filter needs a %s", key)
		}
	}
	if e, ok := sections["prevalence"]; ok {
		p.errorf("filter-prevalence", p.span(e.key), "filter by fields, lists or ancestry", "a filter cannot ask how rare a value is")
	}
	p.metadata(out.Body, withoutKey(top, "filter"))
	if e, ok := sections["logsource"]; ok {
		p.logSource(out.Body, e.value)
	}
	if e, ok := sections["lists"]; ok {
		p.lists(out.Body, e.value)
	}
	if e, ok := sections["ancestry"]; ok {
		p.ancestry(out.Body, e.value)
	}
	if e, ok := sections["filter"]; ok {
		p.filterRules(out, e)
		p.detection(out.Body, entry{e.key, withoutKey(e.value, "rules")})
		p.require(out, p.filterCondition)
	}
	p.checkUnused(out.Body)
	return out
}

// filterRules reads which rules a filter is for: `any`, or a list of ids and names. Without any it is for all.
func (p *parser) filterRules(f *rules.Filter, section entry) {
	if section.value.Kind != yaml.MappingNode {
		return // detection says so
	}
	var at *yaml.Node
	for i := 0; i+1 < len(section.value.Content); i += 2 {
		if section.value.Content[i].Value == "rules" {
			at = section.value.Content[i+1]
		}
	}
	switch {
	case at == nil:
		p.forAll(f, p.span(section.key))
		return
	case at.ShortTag() == "!!null" || at.Kind == yaml.SequenceNode && len(at.Content) == 0:
		p.forAll(f, p.span(at))
		return
	}
	nodes := listNodes(at)
	for _, n := range nodes {
		switch {
		case n.Kind != yaml.ScalarNode || n.Value == "":
			p.errorf("wrong-type", p.span(n), "", "a rule is named by its id or its name")
		case strings.EqualFold(n.Value, "any") && len(nodes) == 1:
			f.Any = true
		default:
			f.Rules = append(f.Rules, rules.RuleReference{Text: n.Value, Range: p.span(n)})
		}
	}
}

// withoutKey is a mapping without one of its keys, which stays as it was.
func withoutKey(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return n
	}
	out := *n
	out.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			out.Content = append(out.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &out
}
