package parse

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// decode reads a node into a struct, with one finding for each part of a wrong type, at its line.
func (p *parser) decode(n *yaml.Node, to any, what string) {
	p.unreadKeys(n, reflect.TypeOf(to).Elem(), what)
	err := n.Decode(to)
	if err == nil {
		return
	}
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		p.errorf("wrong-type", p.span(n), "", "%s: %s", what, oneLine(err))
		return
	}
	for _, text := range typed.Errors {
		at := p.span(n)
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			text = strings.Replace(text, m[0], "", 1)
			if line, convErr := strconv.Atoi(m[1]); convErr == nil && line != n.Line {
				at = p.wholeLine(line)
			}
		}
		p.errorf("wrong-type", at, "", "%s: %s", what, text)
	}
}

// unreadKeys warns of keys that a struct, or a list of structs, has no place for.
func (p *parser) unreadKeys(n *yaml.Node, t reflect.Type, what string) {
	if t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			p.unreadKeys(c, t.Elem(), "an entry of "+what)
		}
	}
	if t.Kind() != reflect.Struct || n.Kind != yaml.MappingNode {
		return
	}
	var known []string
	for i := range t.NumField() {
		known = append(known, t.Field(i).Tag.Get("yaml"))
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if slices.Contains(known, k.Value) {
			continue
		}
		hint := "one of " + strings.Join(known, ", ")
		if near := diag.Closest(k.Value, known); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		p.warnf("unknown-key", p.span(k), hint, "%q is no key of %s and is not read", k.Value, what)
	}
}
