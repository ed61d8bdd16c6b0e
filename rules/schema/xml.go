package schema

import (
	"regexp"
	"strings"
)

// Entities are XML's escapes for characters that an element's text cannot contain or would lose. &amp; is last, so that
// replacing one after the other restores the text. https://www.w3.org/TR/xml/#syntax
// https://www.w3.org/TR/xml/#sec-line-ends
var Entities = [][2]string{{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&apos;", "'"}, {"&#x9;", "\t"}, {"&#xA;", "\n"}, {"&#xD;", "\r"}, {"&amp;", "&"}}

var plain = func() *strings.Replacer {
	var pairs []string
	for _, e := range Entities {
		pairs = append(pairs, e[0], e[1])
	}
	return strings.NewReplacer(pairs...)
}()

// Plain decodes a text found by Within.
func (c Column) Plain(text string) string {
	if c.Type != XML {
		return text
	}
	return plain.Replace(text)
}

// dataPattern finds the text of the element in which Windows stores a value of an event.
func dataPattern(name string) string {
	return `<Data Name="` + regexp.QuoteMeta(name) + `">([^<]*)</Data>`
}
