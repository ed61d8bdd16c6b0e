package event

import (
	"maps"
	"slices"
)

// Wrappers are the objects of the outermost level whose fields flatten lifts.
var Wrappers = []string{"Event", "winlog", "_source"}

// flatten gives an event Sigma's field names where its tool nests them: the {"Event": ...}
// form of EVTX converters, winlogbeat's winlog.event_data, and Elastic's search hits. What was
// nested stays reachable by its path.
func flatten(fields map[string]any) map[string]any {
	if source, ok := fields["_source"].(map[string]any); ok {
		hit := maps.Clone(source)
		if id, ok := fields["_id"]; ok {
			hit["_id"] = id
		}
		return flatten(hit)
	}
	if inner, ok := fields["Event"].(map[string]any); ok {
		return flattenXML(inner)
	}
	if winlog, ok := fields["winlog"].(map[string]any); ok {
		return flattenWinlog(fields, winlog)
	}
	return fields
}

// flattenXML reads the System and EventData (or UserData) of a converted EVTX record.
func flattenXML(event map[string]any) map[string]any {
	out := map[string]any{}
	if system, ok := event["System"].(map[string]any); ok {
		for name, v := range system {
			if inner, ok := v.(map[string]any); ok {
				attributes, ok := inner["#attributes"].(map[string]any)
				if !ok {
					attributes = inner
				}
				for a, value := range attributes {
					if a != "#text" {
						out[name+"_"+a] = value
					}
				}
				if text, ok := inner["#text"]; ok {
					out[name] = text
				}
				continue
			}
			out[name] = v
		}
		if t, ok := out["TimeCreated_SystemTime"]; ok {
			out["TimeCreated"] = t
		}
	}
	for _, part := range []string{"UserData", "EventData"} {
		if data, ok := event[part].(map[string]any); ok {
			addData(out, data)
		}
	}
	return out
}

// addData adds the values of EventData or UserData. Those of an inner object come under their own names,
// but not over a value that stands further out.
func addData(out, data map[string]any) {
	names := slices.Sorted(maps.Keys(data))
	for _, name := range names {
		if inner, ok := data[name].(map[string]any); ok && name != "#attributes" {
			if _, ok := inner["#text"]; !ok {
				addData(out, inner)
			}
		}
	}
	for _, name := range names {
		inner, nested := data[name].(map[string]any)
		text, whole := inner["#text"]
		switch {
		case name == "#attributes":
		case whole:
			out[name] = text
		case !nested:
			out[name] = data[name]
		}
	}
}

func flattenWinlog(fields, winlog map[string]any) map[string]any {
	out := maps.Clone(fields)
	add := func(name string, v any, ok bool) {
		if _, taken := out[name]; ok && !taken {
			out[name] = v
		}
	}
	for from, to := range map[string]string{"event_id": "EventID", "channel": "Channel", "computer_name": "Computer", "provider_name": "Provider_Name", "record_id": "EventRecordID"} {
		v, ok := winlog[from]
		add(to, v, ok)
	}
	for _, part := range []string{"event_data", "user_data"} {
		if data, ok := winlog[part].(map[string]any); ok {
			for name, v := range data {
				add(name, v, true)
			}
		}
	}
	return out
}
