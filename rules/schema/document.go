package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// What one model may hold. The largest that is shipped has a tenth of it.
const (
	maxModelSize  = 16 << 20
	maxModelDepth = 32
	maxModelNodes = 500_000
)

// document is a model's YAML, whose places findings name. A path is how Go would reach a value: `sources[0].fields.Image.column`.
type document struct {
	file  string
	data  []byte
	lines []string
	width map[int]int           // a line's number -> its letters, once they are counted
	at    map[string]diag.Range // path -> its value
	names map[string]string     // a source's name -> its path
	nodes int
	found diag.Diagnostics
}

// newDocument reads a model's text into m, and reports all that is not a model's: unknown keys, values of another kind.
func newDocument(file string, data []byte, m *Model) *document {
	d := &document{file: file, data: data, lines: strings.Split(string(data), "\n"), width: map[int]int{}, at: map[string]diag.Range{}, names: map[string]string{}}
	whole := diag.Range{File: file}
	if len(data) > maxModelSize {
		d.found.Errorf("model-too-large", whole, "divide it into models that extend each other", "a model of more than %d MiB is not read", maxModelSize>>20)
		return d
	}
	if !utf8.Valid(data) {
		d.found.Errorf("yaml-syntax", whole, "save it as UTF-8", "this is not UTF-8")
		return d
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var top, more yaml.Node
	if err := dec.Decode(&top); err != nil {
		if errors.Is(err, io.EOF) {
			d.found.Errorf("yaml-syntax", whole, "a model begins with `name:`", "the file is empty")
		} else {
			d.syntax(err)
		}
		return d
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		d.found.Errorf("yaml-syntax", diag.Range{File: file, Start: diag.Position{Line: more.Line, Col: max(more.Column, 1)}}, "put each model into a file of its own", "a model is one document")
	}
	if d.walk(top.Content[0], reflect.TypeFor[Model](), "", 0) && !d.found.HasErrors() {
		if err := top.Decode(m); err != nil {
			d.syntax(err)
		}
	}
	for i, s := range m.Sources {
		if _, twice := d.names[s.Name]; !twice {
			d.names[s.Name] = fmt.Sprintf("sources[%d]", i)
		}
	}
	return d
}

// source is the path of a source. Of one that only the extended model has, it is where that is named.
func (d *document) source(name string, i int) string {
	path, own := d.names[name]
	switch {
	case !d.has("extends"):
		return fmt.Sprintf("sources[%d]", i)
	case own:
		return path
	}
	return "extends"
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntax turns the YAML library's errors into findings at their lines.
func (d *document) syntax(err error) {
	texts := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	for _, text := range texts {
		at := diag.Range{File: d.file}
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil {
				at = d.line(n)
			}
			text = strings.Replace(text, m[0], "", 1)
		}
		d.found.Errorf("yaml-syntax", at, "check indentation, quotes and colons near this line", "this is not YAML: %s", text)
	}
}

func (d *document) line(n int) diag.Range {
	n = min(max(n, 1), len(d.lines))
	if _, counted := d.width[n]; !counted {
		d.width[n] = utf8.RuneCountInString(strings.TrimRight(d.lines[n-1], "\r"))
	}
	return diag.Range{File: d.file, Start: diag.Position{Line: n, Col: 1}, End: diag.Position{Line: n, Col: 1 + d.width[n]}}
}

// span is where a node stands, to the end of its line where it has parts.
func (d *document) span(n *yaml.Node) diag.Range {
	r := d.line(n.Line)
	r.Start.Col = max(n.Column, 1)
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && !strings.Contains(n.Value, "\n") {
		quotes := 0
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			quotes = 2
		}
		r.End.Col = min(r.End.Col, r.Start.Col+utf8.RuneCountInString(n.Value)+quotes)
	}
	if r.End.Col <= r.Start.Col {
		r.End.Col = r.Start.Col + 1
	}
	return r
}

// place is where a path stands, or the nearest above it that does.
func (d *document) place(path string) diag.Range {
	for path != "" {
		if at, ok := d.at[path]; ok {
			return at
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return diag.Range{File: d.file}
}

// has tells whether the document itself says something of a path.
func (d *document) has(path string) bool {
	_, ok := d.at[path]
	return ok
}

// walk notes the places of a node's parts, and reports those that its type does not have. It is false where the document is too much to read.
func (d *document) walk(n *yaml.Node, t reflect.Type, path string, depth int) bool {
	d.nodes++
	if len(d.found) > maxFaults {
		return false
	}
	if d.nodes > maxModelNodes || depth > maxModelDepth {
		d.found.Errorf("model-too-large", d.span(n), "flatten the document; avoid aliases of aliases", "this model nests deeper than %d or unfolds to more than %d nodes", maxModelDepth, maxModelNodes)
		return false
	}
	at := d.span(n)
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if _, known := d.at[path]; !known && path != "" {
		d.at[path] = at
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return true
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.fields(n, t, path, depth)
	case reflect.Map:
		return d.entries(n, t, path, depth)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.wrong(at, path, "a list", n)
			return true
		}
		for i, item := range n.Content {
			if !d.walk(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i), depth+1) {
				return false
			}
		}
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			d.wrong(at, path, "true or false", n)
		}
	case reflect.Int:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" {
			d.wrong(at, path, "a number", n)
		}
	default:
		if n.Kind != yaml.ScalarNode {
			d.wrong(at, path, "a text", n)
		}
	}
	return true
}

func (d *document) wrong(at diag.Range, path, want string, n *yaml.Node) {
	kind := map[yaml.Kind]string{yaml.MappingNode: "a map", yaml.SequenceNode: "a list", yaml.ScalarNode: fmt.Sprintf("%q", n.Value)}[n.Kind]
	what := path[strings.LastIndexByte(path, '.')+1:]
	if what == "" {
		what = "a model"
	}
	d.found.Errorf("wrong-type", at, "write "+want, "%s must be %s, got: %s", what, want, kind)
}

// fields are a mapping with the keys of a struct.
func (d *document) fields(n *yaml.Node, t reflect.Type, path string, depth int) bool {
	if n.Kind != yaml.MappingNode {
		d.wrong(d.span(n), path, "a map", n)
		return true
	}
	types := map[string]reflect.Type{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
			types[name] = t.Field(i).Type
		}
	}
	return d.pairs(n, path, depth, t, func(k, v *yaml.Node) bool {
		of, known := types[k.Value]
		if !known {
			names := sortedNames(types)
			hint := "its keys are " + strings.Join(names, ", ")
			if near := diag.Closest(k.Value, names); near != "" {
				hint = "did you mean `" + near + "`?"
			}
			d.found.Errorf("unknown-key", d.span(k), hint, "unknown key %q", k.Value)
			return true
		}
		return d.walk(v, of, join(path, k.Value), depth+1)
	})
}

// entries are a mapping of names, or of levels.
func (d *document) entries(n *yaml.Node, t reflect.Type, path string, depth int) bool {
	if n.Kind != yaml.MappingNode {
		d.wrong(d.span(n), path, "a map", n)
		return true
	}
	return d.pairs(n, path, depth, t, func(k, v *yaml.Node) bool {
		if _, err := strconv.Atoi(k.Value); t.Key().Kind() == reflect.Int && err != nil {
			d.found.Errorf("wrong-type", d.span(k), "write the level: 0 is the event's own process, 1 its parent", "a level must be a number, got: %q", k.Value)
			return true
		}
		return d.walk(v, t.Elem(), join(path, k.Value), depth+1)
	})
}

// pairs goes through a mapping, and what merge keys bring into it.
func (d *document) pairs(n *yaml.Node, path string, depth int, t reflect.Type, each func(k, v *yaml.Node) bool) bool {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" {
			from := []*yaml.Node{v}
			if v.Kind == yaml.SequenceNode {
				from = v.Content
			}
			for _, one := range from {
				if !d.walk(one, t, path, depth+1) {
					return false
				}
			}
			continue
		}
		if seen[k.Value] {
			d.found.Errorf("duplicate-key", d.span(k), "remove one of them", "duplicate key %q", k.Value)
		}
		seen[k.Value] = true
		if !each(k, v) {
			return false
		}
	}
	return true
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *document) unread() error {
	found := sorted(d.found)
	if len(found) > maxFaults {
		found = found[:maxFaults]
		found.Errorf("bad-model", diag.Range{File: d.file}, "fix these first", "there are more faults")
	}
	return &Unread{d.file, found, d.data}
}

// maxFaults bounds how many faults of a model are told at once.
const maxFaults = 100

// Unread are the findings of a model's file, as an error that shows them all.
type Unread struct {
	File  string
	Found diag.Diagnostics
	data  []byte
}

// Error lists the findings, each with its place and the line there.
func (u *Unread) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "data model %s cannot be used\n", u.File)
	diag.WriteText(&b, u.Found, func(string) []byte { return u.data }, false)
	return strings.TrimRight(b.String(), "\n")
}

// sorted puts findings in the order of their places, each once.
func sorted(ds diag.Diagnostics) diag.Diagnostics {
	ds.Sort()
	return slices.CompactFunc(ds, func(a, b diag.Diagnostic) bool { return a.Range == b.Range && a.Message == b.Message })
}
