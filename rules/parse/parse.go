package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// parser reads one file. Its findings cover every document of it.
type parser struct {
	path   string // in the folder
	shown  string // in findings
	folder *source.Folder
	lines  []string
	found  diag.Diagnostics
	errors int  // found, or left out because there were too many
	unsaid int  // findings left out
	broken bool // a document is no YAML

	collection      collection      // of older documents
	filterCondition FilterCondition // how filters are read

	names  map[string]bool // of the document being read: what its one namespace holds
	values int             // of the document being read: values of all its lists
}

// File is what one rule file holds, in its order. Correlations are not linked yet.
type File struct {
	Rules        []*rules.Rule
	Correlations []*rules.Correlation
	Broken       []*rules.Rule // those with an error, as far as they could be read: for other findings about them alone
}

// Documents reads every document of a rule file. It returns the rules and correlations that could be
// read, and all findings; what has an error is not returned. List files are read through folder, which
// may be nil when a rule has none.
func Documents(file string, data []byte, folder *source.Folder) (File, diag.Diagnostics) {
	p := newParser(file, data, folder)
	if len(data) > source.MaxSize {
		p.errorf("file-too-large", p.at(1, 1), "split the file", "a rule file holds at most %d MiB", source.MaxSize>>20)
		return File{}, p.found
	}
	out := p.file(data)
	if !p.broken {
		return out, p.found
	}
	text, colons := p.quoteColons()
	if len(colons) == 0 {
		return out, p.found
	}
	again := newParser(file, []byte(text), folder)
	read := again.file([]byte(text))
	if again.broken {
		return out, p.found
	}
	again.found = append(again.found, colons...)
	again.found.Sort()
	return read, again.found
}

// RuleFiles lists the rule files of a folder: .yml and .yaml, sorted, without test files and without what stands under a
// folder named lists, filters or regression_data.
func RuleFiles(folder *source.Folder) ([]string, error) {
	files, err := folder.YAMLFiles(func(name string) bool { return name == "lists" || name == "filters" || name == "regression_data" })
	return slices.DeleteFunc(files, func(file string) bool {
		return strings.HasSuffix(strings.TrimSuffix(file, path.Ext(file)), ".test")
	}), err
}

// DocumentsIn reads a rule file of the folder, as Documents does.
func DocumentsIn(folder *source.Folder, file string) (File, diag.Diagnostics) {
	data, found := folder.Load(file)
	if found != nil {
		return File{}, found
	}
	return Documents(file, data, folder)
}

// RulesIn reads the detection rules of a file of the folder, as Rules does.
func RulesIn(folder *source.Folder, file string) ([]*rules.Rule, diag.Diagnostics) {
	data, found := folder.Load(file)
	if found != nil {
		return nil, found
	}
	return Rules(file, data, folder)
}

func newParser(file string, data []byte, folder *source.Folder) *parser {
	return &parser{path: file, shown: folder.Shown(file), folder: folder, lines: strings.Split(string(data), "\n")}
}

// file reads every document of a file.
func (p *parser) file(data []byte) File {
	var out File
	p.documents(data, func(doc *yaml.Node) {
		before := p.errors
		r, c := p.document(doc)
		switch {
		case p.errors > before && r != nil:
			out.Broken = append(out.Broken, r)
		case p.errors > before:
		case r != nil:
			out.Rules = append(out.Rules, r)
		case c != nil:
			out.Correlations = append(out.Correlations, c)
		}
	})
	return out
}

// Rules reads the detection rules of a file, for those who have no use for correlations: each is reported as skipped.
func Rules(file string, data []byte, folder *source.Folder) ([]*rules.Rule, diag.Diagnostics) {
	read, found := Documents(file, data, folder)
	for _, c := range read.Correlations {
		found = append(found, diag.Diagnostic{Severity: diag.Info, Code: "document-skipped", Range: c.Body.Key("correlation", -1),
			Message: "this is a correlation document, not a detection rule"})
	}
	found.Sort()
	return read.Rules, found
}

// documents reads every document of a file, up to one that is no YAML, and orders what was found.
func (p *parser) documents(data []byte, read func(*yaml.Node)) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.syntax(err)
			break
		}
		read(&doc)
	}
	p.found.Sort()
	if p.unsaid > 0 {
		p.found.Errorf("too-many-findings", p.at(1, 1), "fix these first", "%d more findings are left out", p.unsaid)
	}
}

// maxFindings bounds what is said about one file: a broken file of megabytes must not become
// gigabytes of findings.
const maxFindings = 1000

func (p *parser) errorf(code string, at diag.Range, hint, format string, args ...any) {
	p.errors++
	p.add(diag.Error, code, at, hint, format, args...)
}

func (p *parser) warnf(code string, at diag.Range, hint, format string, args ...any) {
	p.add(diag.Warning, code, at, hint, format, args...)
}

// fixable warns of what can be written otherwise without a change of meaning.
func (p *parser) fixable(code string, at diag.Range, fix, format string, args ...any) {
	before := len(p.found)
	p.warnf(code, at, "write `"+fix+"`", format, args...)
	if len(p.found) > before {
		p.found[before].Fix = fix
	}
}

func (p *parser) infof(code string, at diag.Range, hint, format string, args ...any) {
	p.add(diag.Info, code, at, hint, format, args...)
}

func (p *parser) add(severity diag.Severity, code string, at diag.Range, hint, format string, args ...any) {
	if len(p.found) >= maxFindings {
		p.unsaid++
		return
	}
	p.found = append(p.found, diag.Diagnostic{Severity: severity, Code: code, Range: p.inside(at), Message: fmt.Sprintf(format, args...), Hint: hint})
}

// entry is one key of a mapping with its value.
type entry struct {
	key, value *yaml.Node
}

// entries lists a mapping in file order, reporting what is no mapping and duplicate keys.
func (p *parser) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		p.errorf("wrong-type", p.span(n), "write it as `key: value` lines", "%s must be a mapping", what)
		return nil
	}
	var out []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			p.errorf("wrong-type", p.span(k), "", "a key of %s must be text", what)
			continue
		}
		if seen[k.Value] {
			p.errorf("duplicate-name", p.span(k), "rename or remove one of them", "%q stands twice in %s", k.Value, what)
			continue
		}
		seen[k.Value] = true
		out = append(out, entry{k, n.Content[i+1]})
	}
	return out
}

// document reads one YAML document: a rule, a correlation, or neither.
func (p *parser) document(doc *yaml.Node) (*rules.Rule, *rules.Correlation) {
	if len(doc.Content) == 0 || (doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null") {
		return nil, nil
	}
	top := doc.Content[0]
	if !p.resolve(top) {
		return nil, nil
	}
	p.names, p.values = map[string]bool{}, 0
	if top.Kind != yaml.MappingNode {
		p.entries(top, "a rule")
		return nil, nil
	}
	if top = p.collection.next(p, top); top == nil {
		return nil, nil
	}
	sections := map[string]entry{}
	for _, e := range p.entries(top, "a rule") {
		sections[e.key.Value] = e
	}
	if e, ok := sections["filter"]; ok {
		p.infof("document-skipped", p.span(e.key), "give its folder as --filters: what is wrong with it is then said", "this is a filter document, not a detection rule")
		return nil, nil
	}
	if _, ok := sections["correlation"]; ok {
		return nil, p.correlation(top, sections)
	}
	return p.rule(top, sections), nil
}

// rule reads a detection rule.
func (p *parser) rule(top *yaml.Node, sections map[string]entry) *rules.Rule {
	r := &rules.Rule{Range: p.span(top), Keys: p.keyRanges(top)}
	p.requireSections(r, sections)
	p.metadata(r, top)
	if e, ok := sections["logsource"]; ok {
		p.logSource(r, e.value)
	}
	if e, ok := sections["lists"]; ok {
		p.lists(r, e.value)
	}
	if e, ok := sections["ancestry"]; ok {
		p.ancestry(r, e.value)
	}
	if e, ok := sections["prevalence"]; ok {
		p.prevalence(r, e.value)
	}
	if e, ok := sections["detection"]; ok {
		p.detection(r, e)
	}
	p.checkAmong(r)
	p.checkUnused(r)
	return r
}

func (p *parser) requireSections(r *rules.Rule, sections map[string]entry) {
	for _, key := range []string{"title", "logsource", "detection"} {
		if _, ok := sections[key]; ok {
			continue
		}
		hint := "add `" + key + ":`"
		for _, other := range slices.Sorted(mapKeys(sections)) {
			if diag.Closest(other, []string{key}) != "" {
				hint = fmt.Sprintf("did you mean `%s:` where line %d has `%s:`?", key, sections[other].key.Line, other)
			}
		}
		p.errorf("missing-"+key, r.Range, hint, "a rule needs a %s", key)
	}
}

func mapKeys(m map[string]entry) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
