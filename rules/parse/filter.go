package parse

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// FilterFiles lists the YAML files of a folder of filters, sorted. It skips test files, and warns of linked folders.
func FilterFiles(folder *source.Folder) (files []string, linked diag.Diagnostics, err error) {
	files, linked, err = folder.YAMLFiles(".", nil)
	return slices.DeleteFunc(files, IsTestFile), linked, err
}

// Filters reads every filter document of a file in the folder. A filter with an error is not returned. A document that
// is not a filter is an error.
func Filters(folder *source.Folder, file string, how FilterCondition) ([]*rules.Filter, diag.Diagnostics) {
	data, found := folder.Load(file)
	if found != nil {
		return nil, found
	}
	return readFilters(newParser(file, data, folder), how)
}

// FilterText reads every filter document of a text, as Filters does. The filters may name no files.
func FilterText(file string, data []byte, how FilterCondition) ([]*rules.Filter, diag.Diagnostics) {
	return readFilters(newParser(file, data, nil), how)
}

func readFilters(p *parser, how FilterCondition) ([]*rules.Filter, diag.Diagnostics) {
	p.filterCondition = how
	var out []*rules.Filter
	p.Documents(func(top *yaml.Node) {
		if source.IsNull(top) {
			return
		}
		if !isRule(top) {
			p.notARule(top, "a filter")
			return
		}
		if f := p.wholeFilter(top); f != nil {
			out = append(out, f)
		}
	})
	return out, p.Found()
}

// Filter reads a filter that is part of another file, such as a test. It gives nil if the filter has an error.
func Filter(in *source.File, n *yaml.Node, how FilterCondition) *rules.Filter {
	p := &parser{File: in, filterCondition: how}
	return p.wholeFilter(n)
}

// wholeFilter reads a filter document. It gives nil if the filter has an error.
func (p *parser) wholeFilter(top *yaml.Node) *rules.Filter {
	before := p.Errors()
	f := p.filter(top)
	if p.Errors() > before {
		return nil
	}
	return f
}

// filter reads one filter document.
func (p *parser) filter(top *yaml.Node) *rules.Filter {
	p.names, p.values, p.arrays = map[string]bool{}, 0, false
	if top.Kind != yaml.MappingNode {
		p.Entries(top, "a filter")
		return nil
	}
	if p.notAFilter(top) {
		return nil
	}
	out := &rules.Filter{Body: &rules.Rule{Range: p.Span(top)}}
	given := p.sections(out.Body, rules.FilterRules, top)
	if e, ok := section(given, "filter"); ok {
		p.filterRules(out, e)
		p.detection(out.Body, source.Entry{Key: e.Key, Value: source.Without(e.Value, "rules")})
		p.require(out, p.filterCondition)
	}
	p.checkUnused(out.Body)
	return out
}

// filterRules reads which rules a filter applies to: `any`, or a list of ids and names. Without `rules` it applies to
// all.
func (p *parser) filterRules(f *rules.Filter, section source.Entry) {
	if section.Value.Kind != yaml.MappingNode {
		return // detection says so
	}
	at := source.Value(section.Value, "rules")
	switch {
	case at == nil:
		p.forAll(f, p.Span(section.Key))
		return
	case at.ShortTag() == "!!null" || at.Kind == yaml.SequenceNode && len(at.Content) == 0:
		p.forAll(f, p.Span(at))
		return
	}
	nodes := source.Items(at)
	for _, n := range nodes {
		switch {
		case n.Kind != yaml.ScalarNode || n.Value == "":
			p.Errorf("wrong-type", p.Span(n), "", "write the id or the name of a rule")
		case strings.EqualFold(n.Value, "any") && len(nodes) == 1:
			f.Any = true
		default:
			f.Rules = append(f.Rules, rules.RuleReference{Text: n.Value, Range: p.Span(n)})
		}
	}
}
