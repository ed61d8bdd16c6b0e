package source

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// Places gives the positions of the parts of a decoded value. A path is written as Go would reach a part:
// `sources[0].fields.Image.column`.
type Places struct {
	file *File
	at   map[string]*yaml.Node
}

// Has tells whether the file itself sets a path.
func (p *Places) Has(path string) bool { return p.at[path] != nil }

// Null tells whether the file sets a path to null, as in `key: ~` or `key:`.
func (p *Places) Null(path string) bool { return p.Has(path) && IsNull(p.at[path]) }

// Range is the position of a path, or of the nearest part above it that the file has.
func (p *Places) Range(path string) diag.Range {
	for path != "" && p.at[path] == nil {
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return p.file.Range(p.at[path])
}

// Decode reads a node into a value: structs whose fields have a yaml tag, maps, slices, pointers and scalars. Each part
// of the wrong type is an error at its position. A key without a field in the value is a finding of the given severity.
// what names the value in messages.
func (f *File) Decode(n *yaml.Node, to any, what string, unknownKey diag.Severity) *Places {
	d := &decoder{File: f, unknownKey: unknownKey, what: what, places: &Places{f, map[string]*yaml.Node{}}}
	before := f.errors
	d.walk(n, reflect.TypeOf(to).Elem(), "")
	if f.errors > before && unknownKey == diag.Error {
		return d.places // what must be whole is not read in part
	}
	if err := n.Decode(to); err != nil && f.errors == before {
		var parts *yaml.TypeError
		if !errors.As(err, &parts) {
			parts = &yaml.TypeError{Errors: []string{strings.TrimPrefix(err.Error(), "yaml: ")}}
		}
		f.Errorf("wrong-type", f.Span(n), "", "%s: %s", what, strings.Join(parts.Errors, "; "))
	}
	return d.places
}

// decoder checks a node against a type before the YAML library fills the value, because the library's errors have no
// columns.
type decoder struct {
	*File
	unknownKey diag.Severity
	what       string
	places     *Places
}

func (d *decoder) walk(n *yaml.Node, t reflect.Type, path string) {
	if path != "" && d.places.at[path] == nil {
		d.places.at[path] = n
	}
	if IsNull(n) {
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		d.walk(n, t.Elem(), path)
	case reflect.Struct:
		d.fields(n, t, path)
	case reflect.Map:
		d.pairs(n, t, path)
	case reflect.Slice:
		if n.Kind != yaml.ScalarNode || t != reflect.TypeFor[OneOrMore]() {
			d.list(n, t, path)
		}
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			d.wrong(n, path, "true or false", "")
		}
	case reflect.Int:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" {
			d.wrong(n, path, "a whole number", "")
		}
	default:
		if n.Kind != yaml.ScalarNode {
			d.wrong(n, path, "text", "")
		}
	}
}

// list reads a list with entries of one type.
func (d *decoder) list(n *yaml.Node, t reflect.Type, path string) {
	if n.Kind != yaml.SequenceNode {
		form := ""
		if t.Elem().Kind() == reflect.String {
			form = "[%s]"
		}
		d.wrong(n, path, "a list", form)
		return
	}
	for i, item := range n.Content {
		d.walk(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
	}
}

// name is the name of the value at a path in messages.
func (d *decoder) name(path string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	list, _, entry := strings.Cut(name, "[")
	if list == "" {
		list = d.what
	}
	if entry {
		return "an entry of " + list
	}
	return list
}

// word is a text that may stand within brackets without quotes.
var word = regexp.MustCompile(`^[\w.-]+$`)

// wrong reports a value of another type. form, if not empty, is how a single word is written as what is wanted.
func (d *decoder) wrong(n *yaml.Node, path, want, form string) {
	hint := "write " + want
	bare := yaml.Node{Kind: yaml.ScalarNode, Value: n.Value} // without quotes and tag, it may be null
	if form != "" && n.Kind == yaml.ScalarNode && word.MatchString(n.Value) && !IsNull(&bare) {
		hint += ", such as `" + fmt.Sprintf(form, n.Value) + "`"
	}
	got := map[yaml.Kind]string{yaml.MappingNode: "a mapping", yaml.SequenceNode: "a list", yaml.ScalarNode: fmt.Sprintf("%q", n.Value)}[n.Kind]
	d.Errorf("wrong-type", d.Span(n), hint, "%s must be %s, got: %s", d.name(path), want, got)
}

// fields reads a mapping with the keys of a struct.
func (d *decoder) fields(n *yaml.Node, t reflect.Type, path string) {
	types := make(map[string]reflect.Type, t.NumField())
	var names []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
			types[name] = t.Field(i).Type
			names = append(names, name)
		}
	}
	if n.Kind != yaml.MappingNode {
		form := ""
		if len(names) > 0 && types[names[0]].Kind() == reflect.String {
			form = "{" + names[0] + ": %s}"
		}
		d.wrong(n, path, "a mapping", form)
		return
	}
	for _, e := range d.Entries(n, d.name(path)) {
		of, known := types[e.Key.Value]
		switch {
		case known:
			d.walk(e.Value, of, Join(path, e.Key.Value))
		case d.unknownKey == diag.Error:
			d.UnknownKey(e.Key, d.name(path), names...)
		default:
			d.add(d.unknownKey, "unknown-key", d.Span(e.Key), diag.OneOf(e.Key.Value, names), "unknown key %q in %s is ignored", e.Key.Value, d.name(path))
		}
	}
}

// pairs reads a mapping of names or numbers.
func (d *decoder) pairs(n *yaml.Node, t reflect.Type, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrong(n, path, "a mapping", "")
		return
	}
	for _, e := range d.Entries(n, d.name(path)) {
		if _, err := strconv.Atoi(e.Key.Value); t.Key().Kind() == reflect.Int && err != nil {
			d.Errorf("wrong-type", d.Span(e.Key), "write a whole number", "a key of %s must be a number, got: %q", d.name(path), e.Key.Value)
			continue
		}
		d.walk(e.Value, t.Elem(), Join(path, e.Key.Value))
	}
}

// Join adds a key to a path.
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
