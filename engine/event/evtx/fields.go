package evtx

import (
	"fmt"
	"strings"
)

// fields gives an event's values under Sigma's names: of System each element by its name, its
// attributes as Element_Attribute; of EventData each Data by its Name; of UserData each leaf.
func fields(event *element) map[string]any {
	out := map[string]any{}
	for _, section := range event.children {
		switch section.name {
		case "System":
			system(out, section)
		case "EventData":
			for _, d := range section.children {
				data(out, d)
			}
		case "UserData", "ProcessingErrorData", "DebugData":
			leaves(out, section.children)
		}
	}
	return out
}

func system(out map[string]any, section *element) {
	for _, e := range section.children {
		for _, a := range e.attrs {
			out[e.name+"_"+a.name] = a.value
		}
		if v := e.value(); v != nil {
			out[e.name] = v
		}
	}
	if t, ok := out["TimeCreated_SystemTime"]; ok {
		out["TimeCreated"] = t
	}
	if k, ok := out["Keywords"].(string); ok { // eight bytes always, as Windows writes them
		out["Keywords"] = fmt.Sprintf("0x%016s", strings.TrimPrefix(k, "0x"))
	}
}

// data reads one Data or, in logs without names, adds to a list of them.
func data(out map[string]any, d *element) {
	v := d.value()
	for _, a := range d.attrs {
		if a.name == "Name" {
			if v != nil {
				put(out, fmt.Sprint(a.value), v)
			}
			return
		}
	}
	if v != nil {
		put(out, d.name, v)
	}
}

// put sets a field; one that stands several times becomes a list.
func put(out map[string]any, name string, v any) {
	switch before := out[name].(type) {
	case nil:
		out[name] = v
	case []any:
		out[name] = append(before, v)
	default:
		out[name] = []any{before, v}
	}
}

func leaves(out map[string]any, elements []*element) {
	for _, e := range elements {
		if len(e.children) > 0 {
			leaves(out, e.children)
			continue
		}
		data(out, e)
	}
}

// value is what stands in an element: nothing, one value as it is, or texts put together.
func (e *element) value() any {
	switch len(e.values) {
	case 0:
		return nil
	case 1:
		return e.values[0]
	}
	var b strings.Builder
	for _, v := range e.values {
		fmt.Fprint(&b, v)
	}
	return b.String()
}
