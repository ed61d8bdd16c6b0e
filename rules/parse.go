package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// parser reads one file. Its findings cover every document of it.
type parser struct {
	file   string // in the folder
	shown  string // in findings
	folder *Folder
	found  diag.Diagnostics
}

// Parse reads every document of a rule file. It returns the rules that could be read, and all
// findings; a rule with an error is not returned. List files are read through folder, which
// may be nil when a rule has none.
func Parse(file string, data []byte, folder *Folder) ([]*Rule, diag.Diagnostics) {
	p := &parser{file: file, shown: folder.shown(file), folder: folder}
	if len(data) > maxFile {
		p.found.Errorf("file-too-large", p.at(1, 1), "split the file", "a rule file holds at most %d MiB", maxFile>>20)
		return nil, p.found
	}
	var out []*Rule
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.syntax(err, data)
			break
		}
		before := len(p.found)
		if r := p.document(&doc); r != nil && !p.found[before:].HasErrors() {
			out = append(out, r)
		}
	}
	p.found.Sort()
	return out, p.found
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntax turns the YAML library's error into a finding at its line.
func (p *parser) syntax(err error, data []byte) {
	line, text := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		if n, convErr := strconv.Atoi(m[1]); convErr == nil {
			line = n
		}
		text = strings.Replace(text, m[0], "", 1)
	}
	lines := bytes.Split(data, []byte("\n"))
	at := p.at(line, 1)
	if line <= len(lines) {
		at.End.Col = 1 + max(1, utf8.RuneCount(bytes.TrimRight(lines[line-1], " \r")))
	}
	p.found.Errorf("yaml-syntax", at, "check indentation, quotes and colons near this line", "this is not YAML: %s", text)
}

func (p *parser) at(line, col int) diag.Range {
	return diag.Range{File: p.shown, Start: diag.Position{Line: line, Col: col}, End: diag.Position{Line: line, Col: col + 1}}
}

// span is the range of a node: its text on its first line.
func (p *parser) span(n *yaml.Node) diag.Range {
	r := p.at(n.Line, n.Column)
	if n.Kind == yaml.ScalarNode {
		width := utf8.RuneCountInString(n.Value)
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			width += 2
		}
		if i := strings.IndexByte(n.Value, '\n'); i >= 0 || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			width = 1
		}
		r.End.Col = r.Start.Col + max(1, width)
	}
	return r
}

// within is a part of a scalar, from its byte offset: exact for plain and quoted scalars
// without escapes, the scalar's start otherwise.
func (p *parser) within(n *yaml.Node, offset, length int) diag.Range {
	r := p.span(n)
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || strings.Contains(n.Value, "\n") || offset > len(n.Value) {
		return r
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		r.Start.Col++
	}
	r.Start.Col += utf8.RuneCountInString(n.Value[:offset])
	r.End.Col = r.Start.Col + max(1, utf8.RuneCountInString(n.Value[offset:min(len(n.Value), offset+length)]))
	return r
}

const (
	maxDepth = 64
	maxNodes = 200_000
)

// resolve replaces aliases by what they name, refusing what grows or nests without bound.
func (p *parser) resolve(n *yaml.Node) bool {
	count := 0
	var walk func(n *yaml.Node, depth int) bool
	walk = func(n *yaml.Node, depth int) bool {
		count++
		if depth > maxDepth || count > maxNodes {
			p.found.Errorf("yaml-too-large", p.span(n), "flatten the document; avoid aliases of aliases",
				"this document nests deeper than %d or unfolds to more than %d nodes", maxDepth, maxNodes)
			return false
		}
		for i, c := range n.Content {
			if c.Kind == yaml.AliasNode {
				c = c.Alias
				n.Content[i] = c
			}
			if !walk(c, depth+1) {
				return false
			}
		}
		return true
	}
	return walk(n, 0)
}

// entry is one key of a mapping with its value.
type entry struct {
	key, value *yaml.Node
}

// entries lists a mapping in file order, reporting what is no mapping and duplicate keys.
func (p *parser) entries(n *yaml.Node, what string) []entry {
	if n.Kind != yaml.MappingNode {
		p.found.Errorf("wrong-type", p.span(n), "write it as `key: value` lines", "%s must be a mapping", what)
		return nil
	}
	var out []entry
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			p.found.Errorf("wrong-type", p.span(k), "", "a key of %s must be text", what)
			continue
		}
		if seen[k.Value] {
			p.found.Errorf("duplicate-name", p.span(k), "rename or remove one of them", "%q stands twice in %s", k.Value, what)
			continue
		}
		seen[k.Value] = true
		out = append(out, entry{k, n.Content[i+1]})
	}
	return out
}

// document reads one YAML document; nil when it is not a detection rule.
func (p *parser) document(doc *yaml.Node) *Rule {
	if len(doc.Content) == 0 || (doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null") {
		return nil
	}
	top := doc.Content[0]
	if !p.resolve(top) {
		return nil
	}
	r := &Rule{Range: p.span(top)}
	sections := map[string]entry{}
	for _, e := range p.entries(top, "a rule") {
		sections[e.key.Value] = e
	}
	for _, kind := range []string{"correlation", "filter"} {
		if e, ok := sections[kind]; ok {
			p.found = append(p.found, diag.Diagnostic{Severity: diag.Info, Code: "document-skipped", Range: p.span(e.key),
				Message: "this is a " + kind + " document, not a detection rule"})
			return nil
		}
	}
	p.require(r, sections)
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
	return r
}

func (p *parser) require(r *Rule, sections map[string]entry) {
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
		p.found.Errorf("missing-"+key, r.Range, hint, "a rule needs a %s", key)
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
