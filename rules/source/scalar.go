package source

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"decree/rules/diag"
)

// Text reads a text. Null leaves the old value.
func (f *File) Text(to *string, n *yaml.Node, what string) {
	switch {
	case n.Kind != yaml.ScalarNode:
		f.Errorf("wrong-type", f.Span(n), "write one text; put it in quotes if it begins with [ or {", "%s must be text", what)
	case !IsNull(n):
		*to = n.Value
	}
}

// Texts reads a list of texts. A single text counts as a list of one, and null leaves the old value.
func (f *File) Texts(to *[]string, n *yaml.Node, what string) {
	switch {
	case n.Kind == yaml.ScalarNode && IsNull(n):
	case n.Kind == yaml.ScalarNode:
		*to = []string{n.Value}
	case n.Kind != yaml.SequenceNode:
		f.Errorf("wrong-type", f.Span(n), "write it as [a, b], or as lines that begin with `- `", "%s must be a list", what)
	default:
		for _, c := range n.Content {
			var s string
			f.Prose(&s, c, "an entry of "+what)
			*to = append(*to, s)
		}
	}
}

// OneOrMore is a list of texts. In a file a single text counts as a list of one.
type OneOrMore []string

// UnmarshalYAML reads a text or a list of texts.
func (l *OneOrMore) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*l = OneOrMore{n.Value}
		return nil
	}
	return n.Decode((*[]string)(l))
}

// NoEmpty reports the empty values of a list: every text contains them.
func (f *File) NoEmpty(n *yaml.Node, what string) {
	for _, c := range Items(n) {
		if c.Kind == yaml.ScalarNode && (c.Value == "" || IsNull(c)) {
			f.Errorf("empty-value", f.Span(c), "remove it", "%s has an empty value, which every text contains", what)
		}
	}
}

// Word reads one of the allowed words, in any case. Any other word is an error with the given code.
func (f *File) Word(code string, n *yaml.Node, allowed []string) string {
	if IsNull(n) {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		f.Errorf("wrong-type", f.Span(n), "one of "+strings.Join(allowed, ", "), "%s must be one word", strings.ReplaceAll(strings.TrimPrefix(code, "invalid-"), "-", " "))
		return ""
	}
	plain := strings.ToLower(strings.TrimSpace(n.Value))
	switch {
	case slices.Contains(allowed, n.Value):
	case slices.Contains(allowed, plain):
		f.Fixable("capital-letters", f.Span(n), plain, "%q is written in lower case in the specification", n.Value)
	default:
		f.OneOf(code, n, n.Value, allowed)
		return n.Value
	}
	return plain
}

// OneOf reports a word that is not allowed.
func (f *File) OneOf(code string, n *yaml.Node, got string, allowed []string) {
	if !slices.Contains(allowed, got) {
		f.Errorf(code, f.Span(n), diag.OneOf(got, allowed), "%q is not allowed here", got)
	}
}

// Bool reads true or false in any of YAML's spellings. Null leaves the old value.
func (f *File) Bool(to *bool, n *yaml.Node, what string) {
	value, ok := Truth(n.Value)
	switch {
	case IsNull(n):
		return
	case n.Kind != yaml.ScalarNode || !ok:
		f.Errorf("wrong-type", f.Span(n), "", "%s must be true or false", what)
	case n.ShortTag() != "!!bool":
		f.Fixable("truth-word", f.Span(n), strconv.FormatBool(value), "%s must be true or false; in YAML 1.2, %q is a text", what, n.Value)
	}
	*to = value
}

// Whole reads a whole number from least to most. Anything else is an error with the given code, and reads as least. If
// most is math.MaxInt, the message does not mention it.
func (f *File) Whole(code string, n *yaml.Node, what, hint string, least, most int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind == yaml.ScalarNode && err == nil && v >= least && v <= most {
		return v
	}
	bounds := fmt.Sprintf(" from %d to %d", least, most)
	if most == math.MaxInt {
		bounds = fmt.Sprintf(", %d or more", least)
	}
	f.Errorf(code, f.Span(n), hint, "%s must be a whole number%s, got: %q", what, bounds, n.Value)
	return least
}

// Number reads a finite number.
func (f *File) Number(n *yaml.Node) float64 {
	v, err := strconv.ParseFloat(n.Value, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		f.Errorf("invalid-number", f.Span(n), "write a number", "%q is not a number", n.Value)
		return 0
	}
	return v
}

// truths are the words for true and false in YAML 1.1, which the reference implementation reads.
var truths = map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}

// Truth reads true or false in any of YAML's spellings.
func Truth(text string) (value, ok bool) {
	value, ok = truths[strings.ToLower(strings.TrimSpace(text))]
	return value, ok
}
