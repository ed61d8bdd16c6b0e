package schema

import (
	"regexp"
	"strings"
)

// Entities are what XML writes for characters that it cannot have in an element's text, or that would be lost there: &amp; last, so
// that one after the other gives the text back. https://www.w3.org/TR/xml/#syntax https://www.w3.org/TR/xml/#sec-line-ends
var Entities = [][2]string{{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", `"`}, {"&apos;", "'"}, {"&#x9;", "\t"}, {"&#xA;", "\n"}, {"&#xD;", "\r"}, {"&amp;", "&"}}

var plain = func() *strings.Replacer {
	var pairs []string
	for _, e := range Entities {
		pairs = append(pairs, e[0], e[1])
	}
	return strings.NewReplacer(pairs...)
}()

// Plain is what a text found by Within stands for.
func (c Column) Plain(text string) string {
	if c.Type != XML {
		return text
	}
	return plain.Replace(text)
}

// dataPattern finds the text of the element that Windows writes a value of an event into.
func dataPattern(name string) string {
	return `<Data Name="` + regexp.QuoteMeta(name) + `">([^<]*)</Data>`
}
