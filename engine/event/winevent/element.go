// Package winevent says what a Windows event becomes: the names that rules use, from the elements of its XML. In:
// elements, which a reader makes of binary XML or of text, and a Converter of the JSON that tools make of XML. Out:
// fields under the names of Windows' own XML, as Sigma's rules use them, given to a Sink. A Collector is a sink for
// readers, the engine's document one for rules.
//
// What must stay true: which names an event's elements and attributes get is in flatten.go alone, how tools write them
// in JSON in converted.go alone, and what Fields.JSON writes reads as the fields themselves do.
package winevent

import "strings"

// Value is a text, or a number or truth value, which JSON writes without quotes, or any value of JSON.
type Value struct {
	Text    string
	Bare    bool
	IsGiven bool   // the text is of JSON, where an empty one is a value
	Place   uint16 // which of the values of a record of binary XML it is, from 1; 0 for a text of the template
	JSON    Ref    // if it is not 0, the value is that of JSON
}

// Element is an XML element. What is between its tags is parts, in order.
type Element struct {
	Name       string
	Attributes []Attribute
	Parts      []Part
	Children   []*Element
}

// Ref is a value of JSON, of any kind, as its source numbers it from 1.
type Ref int32

// Attribute is one of an element.
type Attribute struct {
	Name  string
	Value Part
}

// Part is a value between an element's tags. It is an array if List is not nil: then the element is repeated for each
// of its values, or is there once without a value if there are none.
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

// Content is what is between the element's tags: one value as it is, or texts put together. ok is false if there is
// nothing.
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
func (e *Element) attribute(name string) (v Part, ok bool) {
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

// isBlank tells whether the content is a text of nothing but white space. Others than texts are not.
func (p Part) isBlank() bool { return p.isText() && strings.TrimSpace(p.Text) == "" }

func (p Part) isText() bool { return p.List == nil && p.JSON == 0 && !p.IsGiven }
