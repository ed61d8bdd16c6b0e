package winevent

import (
	"bytes"
	"slices"
	"unsafe"
)

// This file makes elements of Windows events whose XML a tool has converted to JSON. The tools write attributes of an
// element in different ways: below "#attributes" or beside it as NAME_attributes (evtx_dump), with the prefix @
// (xmltodict and python-evtx) or -, below $ (xml2js), or without a mark (Velociraptor). Some turn a list of <Data
// Name="x"> into fields of those names.

// Source is a place in JSON, at a value. Each value is read once, by Members, Items, Keep or String.
type Source interface {
	Kind() byte // of the value: the first byte of its text, so { of an object, and [ of a list
	Members(read func(key []byte) error) error
	Items(read func() error) error
	Only()                   // turns from a list to its item if it has only one, as xml2js writes elements
	Keep() (Ref, error)      // a value of any kind
	String() (string, error) // a value that is a text
	Asks(field []byte) bool  // whether the sink takes a field of that name; others need not be made
}

// Apart ends the key of an element's attributes that are beside it.
const Apart = "_attributes"

// sections are the parts of an event in the order in which they are flattened: of two fields of one name the later one
// counts.
var sections = [...]string{"System", "UserData", "EventData"}

// Converter makes elements of JSON. It uses their memory again for the next event.
type Converter struct {
	in       Source
	elements []*Element
	used     int
	joined   []byte
	keys     []key  // of the objects that are being read
	now      object // the innermost of them
	unnamed  *Element
	member   func(key []byte) error // reads a member of the innermost object
	item     func() error           // reads an item of a list of Data in it

	// IsAmbiguous is true if the outcome may depend on the order of the keys, or on one that is given twice. The source
	// then has to give each key once, and in order.
	IsAmbiguous bool
	isNamed     bool // System has what no other object has
	isOdd       bool // the event has what no Windows event has
}

type key struct {
	text    string
	several bool // its value may become several fields
}

// object is one that is being read.
type object struct {
	read    func(c *Converter, of *Element, key []byte) error // reads a member
	of      *Element                                          // that it is
	begin   int                                               // of its keys
	several int                                               // keys whose values may become several fields

	// of EventData, UserData and what is in them
	isInner  bool
	hasNamed bool       // it has a key Data
	fields   int        // keys that are not for attributes
	inner    []*Element // that have fields of their own
}

// NewConverter makes one for a source.
func NewConverter(in Source) *Converter {
	c := &Converter{in: in}
	c.member, c.item = c.readMember, c.readItem
	return c
}

const (
	maxElements = 1 << 12 // that are kept for other events
	maxCompared = 1 << 12 // times that keys of an object are compared with each other
)

// Event reads an object with the sections of a Windows event. ok is false if it is another object.
func (c *Converter) Event() (event *Element, ok bool, err error) {
	c.begin()
	event = c.element("Event")
	err = c.object(object{read: (*Converter).section, of: event})
	var found [len(sections)]bool
	for _, section := range event.Children {
		i := slices.Index(sections[:], section.Name)
		found[i] = found[i] || len(section.Parts) == 0
	}
	slices.SortStableFunc(event.Children, func(a, b *Element) int { // it seldom has to move any
		return slices.Index(sections[:], a.Name) - slices.Index(sections[:], b.Name)
	})
	ok = found[0] && c.isNamed || (found[1] || found[2]) && (found[0] || !c.isOdd)
	return event, ok, err
}

func (c *Converter) begin() {
	if c.used > maxElements {
		c.elements = nil
	}
	c.used, c.keys, c.isNamed, c.isOdd, c.IsAmbiguous = 0, c.keys[:0], false, false, false
}

// section reads one of the sections.
func (c *Converter) section(event *Element, key []byte) error {
	i := slices.Index(sections[:], string(key))
	if i < 0 {
		c.isOdd = c.isOdd || string(key) != "RenderingInfo" && !isAttribute(key)
		return c.ignore()
	}
	c.several()
	switch {
	case c.in.Kind() == '{' && i == 0:
		return c.object(object{read: (*Converter).ofSystem, of: c.child(event, sections[i])})
	case c.in.Kind() == '{':
		return c.data(c.child(event, sections[i]), false)
	case i == 0:
		return c.ignore()
	}
	value, err := c.value()
	if value.Text != "" {
		section := c.child(event, sections[i])
		section.Parts = append(section.Parts, value)
		section.Children = append(section.Children, &Element{Name: "Data", Parts: section.Parts})
	}
	return err
}

// ofSystem reads an element of System. All that an object of it has are attributes, and its text.
func (c *Converter) ofSystem(section *Element, key []byte) error {
	switch string(key) {
	case "EventID", "Channel", "Provider", "Provider" + Apart, "Computer":
		c.isNamed = true
	}
	name, apart := key, false
	if bytes.IndexByte(key, '_') >= 0 {
		c.IsAmbiguous = true // it may be the name of an attribute
		name, apart = bytes.CutSuffix(key, []byte(Apart))
	}
	if c.in.Kind() == '[' {
		c.in.Only()
	}
	switch {
	case apart:
		return c.attributes(c.child(section, view(name)))
	case c.in.Kind() == '{':
		c.several()
		return c.marked(c.child(section, view(name)))
	case isAttribute(key) || !c.in.Asks(key):
		return c.ignore()
	}
	return c.keep(c.child(section, view(name)))
}

// marked reads an object that is an element: its attributes and its text.
func (c *Converter) marked(e *Element) error {
	return c.object(object{read: (*Converter).ofMarked, of: e})
}

func (c *Converter) ofMarked(e *Element, key []byte) error {
	switch string(key) {
	case "#text", "_", "Value":
		if c.in.Kind() == 'n' {
			e.Parts = e.Parts[:0]
			return c.ignore()
		}
		if e.Name == "Data" {
			value, err := c.kept()
			e.Parts = append(e.Parts[:0], value)
			return err
		}
		return c.keep(e)
	case "#attributes", "$":
		c.several()
		return c.attributes(e)
	}
	return c.attribute(e, bytes.TrimLeft(key, "@-"))
}

// attributes reads an object of attributes.
func (c *Converter) attributes(e *Element) error {
	if c.in.Kind() != '{' {
		return c.ignore()
	}
	return c.object(object{read: (*Converter).attribute, of: e})
}

func (c *Converter) attribute(e *Element, name []byte) error {
	if !c.asksAttribute(e.Name, name) {
		return c.ignore()
	}
	value, err := c.value()
	e.Attributes = append(e.Attributes, Attribute{view(name), value})
	return err
}

// asksAttribute tells whether the sink takes an attribute, or whether it names a field.
func (c *Converter) asksAttribute(element string, name []byte) bool {
	if element == "Data" || string(name) == "SystemTime" {
		return true
	}
	c.joined = append(append(append(c.joined[:0], element...), '_'), name...)
	return c.in.Asks(c.joined)
}

// data reads EventData or UserData, or an object in it: values by their names, and objects, however deep. An object
// with a text is a value itself. Values follow the objects, so that they count if both have a name.
func (c *Converter) data(section *Element, inner bool) error {
	return c.object(object{read: (*Converter).ofData, of: section, isInner: inner})
}

func (c *Converter) ofData(section *Element, key []byte) error {
	switch {
	case c.now.isInner && (string(key) == "#text" || string(key) == "_"):
		return c.keep(section)
	case isAttribute(key):
		return c.ignore()
	}
	c.now.fields++
	isObject := c.in.Kind() == '{'
	switch {
	case string(key) == "Data":
		c.now.hasNamed = true
		c.several()
		return c.named(section)
	case !isObject && !c.in.Asks(key):
		return c.ignore()
	case !isObject:
		return c.keep(c.child(section, view(key)))
	}
	c.several()
	e := c.element(view(key))
	err := c.data(e, true)
	if len(e.Parts) > 0 {
		e.Children = e.Children[:0]
		section.Children = append(section.Children, e)
	} else if len(e.Children) > 0 {
		c.now.inner = append(c.now.inner, e)
	}
	return err
}

// named reads one or several <Data Name="x"> elements. Those without a name are one element with several values.
func (c *Converter) named(section *Element) error {
	outer := c.unnamed
	c.unnamed = c.element("Data")
	read := c.item
	var err error
	if c.in.Kind() == '[' {
		err = c.in.Items(read)
	} else {
		err = read()
	}
	if parts := c.unnamed.Parts; len(parts) > 0 {
		if len(parts) > 1 {
			list := make([]Value, len(parts))
			for i, p := range parts {
				list[i] = p.Value
			}
			c.unnamed.Parts = append(parts[:0], Part{List: list})
		}
		section.Children = append(section.Children, c.unnamed)
	}
	c.unnamed = outer
	return err
}

func (c *Converter) readItem() error {
	if c.in.Kind() != '{' {
		value, err := c.kept()
		c.unnamed.Parts = append(c.unnamed.Parts, value)
		return err
	}
	e := c.element("Data")
	if err := c.marked(e); err != nil {
		return err
	}
	if name, ok := e.attribute("Name"); !ok || name.JSON != 0 {
		c.unnamed.Parts = append(c.unnamed.Parts, e.Parts...)
		return nil
	}
	c.now.of.Children = append(c.now.of.Children, e)
	return nil
}

// object reads an object, and looks for keys that are given twice where that matters.
func (c *Converter) object(o object) error {
	outer := c.now
	o.begin = len(c.keys)
	c.now = o
	err := c.in.Members(c.member)
	o, c.now = c.now, outer
	keys := c.keys[o.begin:]
	c.keys = c.keys[:o.begin]
	if len(o.inner) > 0 {
		o.of.Children = append(o.inner, o.of.Children...)
	}
	c.IsAmbiguous = c.IsAmbiguous || len(o.inner) > 1 || o.hasNamed && o.fields > 1 || repeats(keys, o.several)
	return err
}

// repeats tells whether a key is given twice, one of those whose values may become several fields.
func repeats(keys []key, several int) bool {
	if several*len(keys) > maxCompared {
		return true // nobody knows
	}
	for i := 0; several > 0; i++ {
		if !keys[i].several {
			continue
		}
		several--
		text := keys[i].text
		for j := range keys {
			if len(keys[j].text) == len(text) && i != j && keys[j].text == text {
				return true
			}
		}
	}
	return false
}

func (c *Converter) readMember(name []byte) error {
	c.keys = append(c.keys, key{view(name), false})
	return c.now.read(c, c.now.of, name)
}

// several notes that the value of the key that is being read may become several fields.
func (c *Converter) several() {
	c.keys[len(c.keys)-1].several = true
	c.now.several++
}

// keep makes the next value that of an element. In JSON an empty text is a value, unlike in XML.
func (c *Converter) keep(e *Element) error {
	value, err := c.value()
	e.Parts = append(e.Parts[:0], value)
	return err
}

// value reads a value of any kind.
func (c *Converter) value() (Part, error) {
	if c.in.Kind() == '"' {
		text, err := c.in.String()
		return Part{Value: Value{Text: text, IsGiven: true}}, err
	}
	return c.kept()
}

// kept reads a value of any kind, which may be one of several of an element.
func (c *Converter) kept() (Part, error) {
	ref, err := c.in.Keep()
	return Part{Value: Value{JSON: ref}}, err
}

func (c *Converter) ignore() error {
	_, err := c.in.Keep()
	return err
}

// child gives an empty element in another one.
func (c *Converter) child(of *Element, name string) *Element {
	e := c.element(name)
	of.Children = append(of.Children, e)
	return e
}

func (c *Converter) element(name string) *Element {
	if c.used == len(c.elements) {
		c.elements = append(c.elements, &Element{})
	}
	e := c.elements[c.used]
	c.used++
	e.Name = name
	e.Attributes, e.Parts, e.Children = e.Attributes[:0], e.Parts[:0], e.Children[:0]
	return e
}

// isAttribute tells whether a key is for attributes of an element and not for a child.
func isAttribute(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	switch key[0] {
	case '@', '-':
		return true
	case '#', '$':
		return string(key) == "#attributes" || string(key) == "$"
	}
	return key[len(key)-1] == Apart[len(Apart)-1] && bytes.HasSuffix(key, []byte(Apart))
}

// view gives a key as a text, which is valid as long as the key is.
func view(key []byte) string { return unsafe.String(unsafe.SliceData(key), len(key)) }
