package evtx

import (
	"fmt"
	"strings"
)

// fields gives an event's values under Sigma's names: of System each element by its name, its
// attributes as Element_Attribute; of EventData each Data by its Name; of UserData each leaf, with its attributes
// as Element_Attribute. What a log was rendered with (RenderingInfo) adds its Message.
func fields(event *element) map[string]any {
	out := map[string]any{}
	for _, section := range event.children {
		switch section.name {
		case "System":
			system(out, section)
		case "EventData", "UserData", "ProcessingErrorData", "DebugData":
			attributes(out, section)
			leaves(out, section.children)
		case "BinaryEventData":
			leaves(out, []*element{section})
		case "RenderingInfo":
			for _, e := range section.children {
				if v := e.value(); e.name == "Message" && v != nil {
					put(out, e.name, v)
				}
			}
		}
	}
	return out
}

func system(out map[string]any, section *element) {
	for _, e := range section.children {
		attributes(out, e)
		if v := e.value(); v != nil && v != "" {
			put(out, e.name, v)
		}
	}
	if t, ok := out["TimeCreated_SystemTime"]; ok {
		out["TimeCreated"] = t
	}
}

// attributes adds an element's attributes, but for the names of namespaces.
func attributes(out map[string]any, e *element) (any bool) {
	for _, a := range e.attrs {
		if a.name != "xmlns" && !strings.HasPrefix(a.name, "xmlns:") {
			put(out, e.name+"_"+a.name, a.value)
			any = true
		}
	}
	return any
}

// leaves adds each element that holds no other.
func leaves(out map[string]any, elements []*element) {
	for _, e := range elements {
		if len(e.children) == 0 {
			data(out, e)
			continue
		}
		leaves(out, e.children)
		if v := e.value(); v != nil && strings.TrimSpace(fmt.Sprint(v)) != "" {
			put(out, e.name, v)
		}
	}
}

// data reads one Data or, in logs without names, adds to a list of them. In XML an empty value looks
// like none, so that both are an empty text.
func data(out map[string]any, e *element) {
	name, described := e.name, false
	if e.name != "Data" {
		described = attributes(out, e)
	}
	for _, a := range e.attrs {
		if a.name == "Name" && e.name == "Data" {
			name = fmt.Sprint(a.value)
		}
	}
	v := e.value()
	if v == nil {
		if described {
			return
		}
		v = ""
	}
	put(out, name, v)
}

// put sets a field; one that stands several times becomes a list. An element is repeated for each value of an array, and stands
// once without a value for an empty one.
func put(out map[string]any, name string, v any) {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			list = []any{""}
		}
		for _, one := range list {
			put(out, name, one)
		}
		return
	}
	switch before := out[name].(type) {
	case nil:
		out[name] = v
	case []any:
		out[name] = append(before, v)
	default:
		out[name] = []any{before, v}
	}
}
