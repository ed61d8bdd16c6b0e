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
		all := union{first: out[other]}
		for _, name := range names {
			all.add(fields[name])
		}
		out[other] = all.value()
	}
	return out
}

// maxCompared limits how many values are compared with each other.
const maxCompared = 64

// union is the values of fields of one name. Duplicates are removed if there are few values.
type union struct {
	first any   // nil: of none so far
	list  []any // all, once there is a second one
}

func (u *union) add(v any) {
	if u.first == nil {
		u.first = v
		return
	}
	list := u.list
	if list == nil {
		list = slices.Clone(values(u.first))
	}
	before := len(list)
	for _, v := range values(v) {
		if len(list) > maxCompared || !slices.ContainsFunc(list, func(before any) bool { return reflect.DeepEqual(before, v) }) {
			list = append(list, v)
		}
	}
	if len(list) > before {
		u.list = list
	}
}

func (u *union) value() any {
	if u.list == nil {
		return u.first
	}
	return u.list
}

func values(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}
