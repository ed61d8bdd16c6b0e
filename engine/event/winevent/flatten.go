package winevent

import "strings"

// Sink takes the fields of an event. A name may be given several times.
type Sink interface {
	Field(name string, content Part)
}

// Flattener gives the fields of events to a sink.
type Flattener struct {
	to    Sink
	names namer
}

// NewFlattener makes one for a sink.
func NewFlattener(to Sink) *Flattener { return &Flattener{to: to} }

// Event gives the fields of an event: of System each element by its name, its attributes as Element_Attribute; of
// EventData each Data by its Name; of UserData each leaf, with its attributes as Element_Attribute. What a log was
// rendered with (RenderingInfo) adds its Message.
func (f *Flattener) Event(event *Element) {
	for _, section := range event.Children {
		switch section.Name {
		case "System":
			f.system(section)
		case "EventData", "UserData", "ProcessingErrorData", "DebugData":
			f.attributes(section)
			f.leaves(section.Children)
		case "BinaryEventData":
			f.leaves([]*Element{section})
		case "RenderingInfo":
			for _, e := range section.Children {
				if content, ok := e.Content(); ok && e.Name == "Message" {
					f.to.Field(e.Name, content)
				}
			}
		}
	}
}

// system gives the elements of System. The time of an event is an attribute, and has the name of its element as well.
func (f *Flattener) system(section *Element) {
	for _, e := range section.Children {
		f.attributes(e)
		if at, ok := e.attribute("SystemTime"); ok && e.Name == "TimeCreated" {
			f.to.Field(e.Name, at)
			continue
		}
		if content, ok := e.Content(); ok && !(content.isText() && content.Text == "") {
			f.to.Field(e.Name, content)
		}
	}
}

// attributes gives an element's attributes, but for the names of namespaces.
func (f *Flattener) attributes(e *Element) (any bool) {
	for _, a := range e.Attributes {
		if a.Name != "xmlns" && !strings.HasPrefix(a.Name, "xmlns:") {
			f.to.Field(f.names.attribute(e.Name, a.Name), a.Value)
			any = true
		}
	}
	return any
}

// leaves gives each element that holds no other.
func (f *Flattener) leaves(elements []*Element) {
	for _, e := range elements {
		if len(e.Children) == 0 {
			f.leaf(e)
			continue
		}
		f.leaves(e.Children)
		if content, ok := e.Content(); ok && !content.isBlank() {
			f.to.Field(e.Name, content)
		}
	}
}

// leaf gives one Data by its Name or, in logs without names, as Data. In XML an empty value looks like none, so that
// both are an empty text.
func (f *Flattener) leaf(e *Element) {
	name, described := e.Name, false
	if name != "Data" {
		described = f.attributes(e)
	} else if given, ok := e.attribute("Name"); ok {
		name = given.Text
	}
	content, ok := e.Content()
	if ok || !described {
		f.to.Field(name, content)
	}
}

// namer makes the names of fields that are attributes of elements, and keeps them: a log has a few dozen.
type namer map[[2]string]string

// maxNames and maxName bound what is kept: names, and bytes of one.
const (
	maxNames = 512
	maxName  = 512
)

func (n *namer) attribute(element, attribute string) string {
	key := [2]string{element, attribute}
	name, ok := (*n)[key]
	if ok {
		return name
	}
	if *n == nil {
		*n = namer{}
	}
	name = element + "_" + attribute
	if len(*n) < maxNames && len(name) < maxName {
		element, attribute = name[:len(element)], name[len(element)+1:] // those given may be views of an event
		(*n)[[2]string{element, attribute}] = name
	}
	return name
}
