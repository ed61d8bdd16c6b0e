// Package winevent says what a Windows event becomes: the names that rules use, from the elements of its XML. In: elements, which a
// reader makes of binary XML or of text. Out: fields under the names of Windows' own XML, as Sigma's rules use them, and
// their JSON for whoever needs a text.
//
// What must stay true: the rule of flattening is in this package alone, and what Fields.JSON writes reads as the fields themselves do.
package winevent

import "strings"

// Value is a text, or a number or truth value, which JSON writes without quotes.
type Value struct {
	Text string
	Bare bool
}

// Element is an XML element. What is between its tags is parts, in order.
type Element struct {
	Name       string
	Attributes []Attribute
	Parts      []Part
	Children   []*Element
}

// Attribute is one of an element.
type Attribute struct {
	Name  string
	Value Value
}

// Part is a value between an element's tags. It is an array if List is not nil: then the element is repeated for each of its values, or is there
// once without a value if there are none.
type Part struct {
	Value
	List []Value
}

// Joined is an array as one text, in a place that is not repeated for each of its values.
func (p Part) Joined() Value {
	if p.List == nil {
		return p.Value
	}
	texts := make([]string, len(p.List))
	for i, v := range p.List {
		texts[i] = v.Text
	}
	return Value{Text: strings.Join(texts, ",")}
}

// Content is what is between the element's tags: one value as it is, or texts put together. ok is false if there is nothing.
func (e *Element) Content() (content Part, ok bool) {
	switch len(e.Parts) {
	case 0:
		return Part{}, false
	case 1:
		return e.Parts[0], true
	}
	var b strings.Builder
	for _, p := range e.Parts {
		b.WriteString(p.Joined().Text)
	}
	return Part{Value: Value{Text: b.String()}}, true
}

// attribute gives the last attribute of that name.
func (e *Element) attribute(name string) (v Value, ok bool) {
	for _, a := range e.Attributes {
		if a.Name == name {
			v, ok = a.Value, true
		}
	}
	return v, ok
}

// Text is the content as one value; it is empty if there is nothing.
func (e *Element) Text() Value {
	content, _ := e.Content()
	return content.Joined()
}

// isBlank tells whether the content is a text of nothing but white space. An array is not.
func (p Part) isBlank() bool { return p.List == nil && strings.TrimSpace(p.Text) == "" }
