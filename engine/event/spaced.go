package event

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Unspaced gives further names of a field whose name has spaces, as in Defender's events. Sigma's rules write "Source
// Name" as SourceName, and "Feature Name" as Feature_Name.
func Unspaced(name string) []string {
	if !strings.Contains(name, " ") {
		return nil
	}
	return []string{strings.ReplaceAll(name, " ", ""), strings.ReplaceAll(name, " ", "_")}
}

// Joined gives the name without the underscores that winlogbeat writes for spaces in event data. It is "" if there are
// none.
func Joined(name string) string {
	if joined := strings.ReplaceAll(name, "_", ""); joined != name {
		return joined
	}
	return ""
}

// unspaced adds fields whose names have spaces under their other names. If a field of that name exists already, as
// NXLog's SourceName, it gets both values.
func unspaced(fields map[string]any) map[string]any {
	added := map[string][]string{}
	for name := range fields {
		for _, other := range Unspaced(name) {
			added[other] = append(added[other], name)
		}
	}
	winlog, _ := fields["winlog"].(map[string]any)
	data, _ := winlog["event_data"].(map[string]any)
	for name := range data {
		if other := Joined(name); other != "" {
			added[other] = append(added[other], name)
		}
	}
	if len(added) == 0 {
		return fields
	}
	out := maps.Clone(fields)
	for other, names := range added {
		slices.Sort(names)
		for _, name := range names {
			out[other] = both(out[other], fields[name])
		}
	}
	return out
}

// maxCompared limits how many values are compared with each other.
const maxCompared = 64

// both joins the values of two fields. It removes duplicates if there are few values.
func both(a, b any) any {
	if a == nil {
		return b
	}
	out := slices.Clone(values(a))
	for _, v := range values(b) {
		if len(out) > maxCompared || !slices.ContainsFunc(out, func(before any) bool { return reflect.DeepEqual(before, v) }) {
			out = append(out, v)
		}
	}
	if len(out) == 1 {
		return a
	}
	return out
}

func values(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}
