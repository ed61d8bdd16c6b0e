package source

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"decree/rules/diag"
)

// Text reads a text; null leaves what is there.
func (f *File) Text(to *string, n *yaml.Node, what string) {
	switch {
	case n.Kind != yaml.ScalarNode:
		f.Errorf("wrong-type", f.Span(n), "", "%s must be text", what)
	case !IsNull(n):
		*to = n.Value
	}
}

// Texts reads a list of texts; one text alone is a list of one, and null leaves what is there.
func (f *File) Texts(to *[]string, n *yaml.Node, what string) {
	switch {
	case n.Kind == yaml.ScalarNode && IsNull(n):
	case n.Kind == yaml.ScalarNode:
		*to = []string{n.Value}
	case n.Kind != yaml.SequenceNode:
		f.Errorf("wrong-type", f.Span(n), "", "%s must be a list", what)
	default:
		for _, c := range n.Content {
			var s string
			f.Prose(&s, c, "an entry of "+what)
			*to = append(*to, s)
		}
	}
}

// NoEmpty reports the empty values of a list, which would be a part of every text.
func (f *File) NoEmpty(n *yaml.Node, what string) {
	for _, c := range Items(n) {
		if c.Kind == yaml.ScalarNode && (c.Value == "" || IsNull(c)) {
			f.Errorf("empty-value", f.Span(c), "remove it", "%s holds an empty value, which is a part of every text", what)
		}
	}
}

// Word reads one of a few words, in capitals too. What is none of them is an error with the code given.
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
		f.Fixable("capital-letters", f.Span(n), plain, "%q has capital letters, and the specification's word has none", n.Value)
	default:
		f.OneOf(code, n, n.Value, allowed)
		return n.Value
	}
	return plain
}

// OneOf reports a word that is none of those allowed.
func (f *File) OneOf(code string, n *yaml.Node, got string, allowed []string) {
	if !slices.Contains(allowed, got) {
		f.Errorf(code, f.Span(n), diag.OneOf(got, allowed), "%q is not allowed here", got)
	}
}

// Bool reads true or false, in any of YAML's words; null leaves what is there.
func (f *File) Bool(to *bool, n *yaml.Node, what string) {
	value, ok := Truth(n.Value)
	switch {
	case IsNull(n):
		return
	case n.Kind != yaml.ScalarNode || !ok:
		f.Errorf("wrong-type", f.Span(n), "", "%s must be true or false", what)
	case n.ShortTag() != "!!bool":
		f.Fixable("truth-word", f.Span(n), strconv.FormatBool(value), "%s is true or false; YAML 1.2 does not know %q as one of them", what, n.Value)
	}
	*to = value
}

// Whole reads a whole number from least to most; of anything else it is least, with an error of the code given. A most of
// math.MaxInt is not named in the message.
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
		f.Errorf("invalid-number", f.Span(n), "write a number", "%q is no number", n.Value)
		return 0
	}
	return v
}

// truths are the words for true and false of YAML 1.1, which the reference implementation's reader knows.
var truths = map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}

// Truth reads true or false in any of YAML's words.
func Truth(text string) (value, ok bool) {
	value, ok = truths[strings.ToLower(strings.TrimSpace(text))]
	return value, ok
}
