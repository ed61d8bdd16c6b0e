package event

import (
	"maps"
	"slices"
	"strings"
)

// This file reads Windows events whose XML a tool has converted to JSON. The tools write attributes of an element in different
// ways: below "#attributes" or beside it as NAME_attributes (evtx_dump), with the prefix @ (xmltodict and python-evtx) or -,
// below $ (xml2js), or without a mark (Velociraptor). Some turn a list of <Data Name="x"> into fields of those names.

const apart = "_attributes"

// isRecord tells whether an object has the sections of a Windows event.
func isRecord(event map[string]any) bool {
	system, ok := event["System"].(map[string]any)
	if ok {
		for _, name := range []string{"EventID", "Channel", "Provider", "Provider" + apart, "Computer"} {
			if _, ok := system[name]; ok {
				return true
			}
		}
	}
	for _, name := range []string{"EventData", "UserData"} {
		if _, data := event[name].(map[string]any); data && (ok || onlySections(event)) {
			return true
		}
	}
	return false
}

func onlySections(event map[string]any) bool {
	for name := range event {
		if !slices.Contains([]string{"System", "EventData", "UserData", "RenderingInfo"}, name) && !isAttribute(name) {
			return false
		}
	}
	return true
}

// isAttribute tells whether a key is for attributes of an element and not for a child.
func isAttribute(name string) bool {
	return name == "#attributes" || name == "$" || strings.HasPrefix(name, "@") || strings.HasPrefix(name, "-") || strings.HasSuffix(name, apart)
}

// flattenXML reads the System and EventData (or UserData) of a record.
func flattenXML(event map[string]any) map[string]any {
	out := map[string]any{}
	system, _ := event["System"].(map[string]any)
	for name, v := range system {
		addElement(out, name, v)
	}
	if t, ok := out["TimeCreated_SystemTime"]; ok {
		out["TimeCreated"] = t
	}
	addSections(out, event)
	return out
}

func addSections(out, event map[string]any) {
	for _, name := range []string{"UserData", "EventData"} {
		if data, ok := event[name].(map[string]any); ok {
			addData(out, data)
		} else if data, ok := event[name].(string); ok && data != "" {
			out["Data"] = data
		}
	}
}

// addElement adds an element of System: its text under its name, its attributes as NAME_ATTRIBUTE.
func addElement(out map[string]any, name string, v any) {
	if list, ok := v.([]any); ok && len(list) == 1 { // xml2js
		v = list[0]
	}
	if of, ok := strings.CutSuffix(name, apart); ok {
		name = of
		v = map[string]any{"#attributes": v}
	}
	inner, ok := v.(map[string]any)
	if !ok {
		if !isAttribute(name) {
			out[name] = v
		}
		return
	}
	attributes, text := element(inner)
	for a, value := range attributes {
		out[name+"_"+a] = value
	}
	if text != nil {
		out[name] = text
	}
}

// element gives the attributes and the text of an element in any of these forms. text is nil if it has none.
func element(inner map[string]any) (attributes map[string]any, text any) {
	attributes = map[string]any{}
	for name, v := range inner {
		switch {
		case name == "#text" || name == "_" || name == "Value":
			text = v
		case name == "#attributes" || name == "$":
			if all, ok := v.(map[string]any); ok {
				maps.Copy(attributes, all)
			}
		default:
			attributes[strings.TrimLeft(name, "@-")] = v
		}
	}
	return attributes, text
}

// addData adds the values of EventData or UserData. Values of an inner object are added under their own names, unless an
// outer value has the name.
func addData(out, data map[string]any) {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(data)), isAttribute)
	for _, name := range names {
		if inner, ok := data[name].(map[string]any); ok && name != "Data" && !isText(inner) {
			addData(out, inner)
		}
	}
	for _, name := range names {
		inner, nested := data[name].(map[string]any)
		switch {
		case name == "Data":
			addNamed(out, data[name])
		case nested && isText(inner):
			_, out[name] = element(inner)
		case !nested:
			out[name] = data[name]
		}
	}
}

// isText tells whether an element has attributes and a text, and no children.
func isText(inner map[string]any) bool {
	_, plain := inner["#text"]
	_, short := inner["_"]
	return plain || short
}

// addNamed adds one or several <Data Name="x"> elements under their names. Elements without a name are added as Data.
func addNamed(out map[string]any, data any) {
	list, ok := data.([]any)
	if !ok {
		list = []any{data}
	}
	var unnamed []any
	for _, v := range list {
		inner, ok := v.(map[string]any)
		if !ok {
			unnamed = append(unnamed, v)
			continue
		}
		attributes, text := element(inner)
		name, named := attributes["Name"].(string)
		switch {
		case !named:
			if text != nil {
				unnamed = append(unnamed, text)
			}
		case text == nil:
			out[name] = "" // an empty element has no text
		default:
			out[name] = text
		}
	}
	switch {
	case len(unnamed) == 1:
		out["Data"] = unnamed[0]
	case len(unnamed) > 1:
		out["Data"] = unnamed
	}
}
