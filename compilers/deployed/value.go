package deployed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decodeObject reads one JSON object. Numbers stay as they are written.
func decodeObject(data []byte) (map[string]any, error) {
	v, err := decode(data)
	if err != nil {
		return nil, err
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("it is not an object")
	}
	return object, nil
}

func decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is something behind it")
	}
	return v, nil
}

// text is a value as a text; "" if it is none.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// object is a value as an object; nil if it is none.
func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// list is a value as a list. One value is a list of it.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// texts are the texts of a list.
func texts(v any) []string {
	var out []string
	for _, one := range list(v) {
		if t := text(one); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// sorted is a list whose order means nothing, each entry once.
func sorted(all []string) []any {
	all = slices.Clone(all)
	slices.Sort(all)
	var out []any
	for _, one := range slices.Compact(all) {
		out = append(out, one)
	}
	return out
}

// sortLists puts lists whose order means nothing in order.
func sortLists(of map[string]any, names ...string) {
	for _, name := range names {
		if v, ok := of[name]; ok {
			of[name] = sorted(texts(v))
		}
	}
}

// withoutEmpty leaves out what is nothing: null, "", [] and {}. To products these are as if they were not there.
func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, one := range v {
			if one = withoutEmpty(one); one != nil && !strings.HasPrefix(key, "@odata.") {
				out[key] = one
			}
		}
		if len(out) > 0 {
			return out
		}
		return nil
	case []any:
		var out []any
		for _, one := range v {
			if one = withoutEmpty(one); one != nil {
				out = append(out, one)
			}
		}
		if len(out) > 0 {
			return out
		}
		return nil
	case string:
		if v == "" {
			return nil
		}
		return strings.ReplaceAll(v, "\r\n", "\n")
	}
	return v
}

// without leaves out properties.
func without(of map[string]any, names ...string) {
	for _, name := range names {
		delete(of, name)
	}
}

// unsaid takes properties that are set out of those of a rule, and keeps them as Unsaid.
func (r *Rule) unsaid(names ...string) {
	for _, name := range names {
		if v := withoutEmpty(r.Properties[name]); v != nil {
			r.Unsaid = append(r.Unsaid, Field{Name: name, Deployed: []string{text(v)}})
		}
	}
	without(r.Properties, names...)
}

// withoutDefaults leaves out properties that have the value that the product gives them by itself.
func withoutDefaults(of map[string]any, defaults map[string]string) {
	for name, value := range defaults {
		if v, ok := of[name]; ok && text(v) == value {
			delete(of, name)
		}
	}
}

// tidy is a query with line breaks in one form and without blanks at the ends of lines: products and editors add and
// remove these.
func tidy(query string) string {
	lines := strings.Split(strings.ReplaceAll(query, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

var (
	isoForm  = regexp.MustCompile(`^P(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$`)
	unitForm = regexp.MustCompile(`^(\d{1,8})([smhd])$`)
	spanForm = regexp.MustCompile(`^(?:(\d{1,4})\.)?(\d{1,2}):(\d{2}):(\d{2})$`)
)

// duration reads a duration as products write it: PT1H, P1DT2H, 1h, 1.00:00:00.
func duration(s string) (time.Duration, bool) {
	sum := func(parts []string, units ...time.Duration) time.Duration {
		var d time.Duration
		for i, part := range parts {
			if n, err := strconv.Atoi(part); err == nil {
				d += time.Duration(n) * units[i]
			}
		}
		return d
	}
	const day = 24 * time.Hour
	if m := isoForm.FindStringSubmatch(s); m != nil && len(s) > 1 {
		return sum(m[1:], day, time.Hour, time.Minute, time.Second), true
	}
	if m := unitForm.FindStringSubmatch(s); m != nil {
		return sum(m[1:2], map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day}[m[2]]), true
	}
	if m := spanForm.FindStringSubmatch(s); m != nil {
		return sum(m[1:], day, time.Hour, time.Minute, time.Second), true
	}
	return 0, false
}

// shortly writes a duration in its largest whole unit: 90m, 1h, 2d.
func shortly(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d > 0 && d%u.unit == 0 {
			return fmt.Sprintf("%d%s", d/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// sameDurations writes durations in one way. What is none stays.
func sameDurations(of map[string]any, names ...string) {
	for _, name := range names {
		if d, ok := duration(text(of[name])); ok {
			of[name] = shortly(d)
		}
	}
}

// take removes a property and gives its text.
func take(of map[string]any, name string) string {
	t := text(of[name])
	delete(of, name)
	return t
}

// keys are the names of properties in order.
func keys(of map[string]any) []string { return slices.Sorted(maps.Keys(of)) }
