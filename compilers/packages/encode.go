package packages

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// JSON writes a value with two spaces of indentation. Invisible characters of texts are escaped.
func JSON(v any) string {
	var b bytes.Buffer
	if err := diag.WriteJSON(&b, v); err != nil {
		panic(err) // a bytes.Buffer never fails, and packages have only texts, numbers, lists and maps
	}
	return b.String()
}

// JSONLine writes a value as JSON on one line, as files of one value a line have it. Invisible characters of texts are
// escaped.
func JSONLine(v any) string {
	text, err := diag.JSON(v)
	if err != nil {
		panic(err) // packages have only texts, numbers, lists and maps
	}
	return string(diag.VisibleJSON(text)) + "\n"
}

// YAML writes a value with two spaces of indentation. Texts of rules in it are of the type Text.
func YAML(v any) string {
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		panic(err) // packages have only texts, numbers, lists and maps
	}
	return b.String()
}

// Text is a text of a rule in a YAML file. Several lines are a block, unless they begin with a blank: from such a block
// the library does not read them back.
type Text string

// MarshalYAML chooses the style.
func (t Text) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: string(t)}
	switch {
	case !strings.Contains(n.Value, "\n"):
	case strings.TrimLeft(n.Value, " \t\r\n") != n.Value:
		n.Style = yaml.DoubleQuotedStyle
	default:
		n.Style = yaml.LiteralStyle
	}
	return n, nil
}
