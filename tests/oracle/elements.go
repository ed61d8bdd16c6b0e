package oracle

import (
	"regexp"
	"strconv"
	"strings"
)

var bracket = regexp.MustCompile(`^([^\[|]*[^\[|\\])\[([a-z_]+|-?[0-9]+)\]\.?(.*)$`)

// entry evaluates a key of a map with its values: a test of an array's elements, or an item.
func (v view) entry(key string, values any) (bool, error) {
	m := bracket.FindStringSubmatch(key)
	if m == nil || !v.rule.arrays {
		return v.item(strings.NewReplacer(`\[`, "[", `\]`, "]").Replace(key), values)
	}
	var list []any
	if v.element != nil {
		list, _ = v.below(m[1]).([]any)
	} else {
		name := m[1]
		if c, ok := v.model.Column(v.source, name, 0); ok {
			name = c.Name
		}
		value, _ := v.ev.Lookup(name)
		list, _ = value.([]any)
	}
	if at, err := strconv.Atoi(m[2]); err == nil {
		if at < 0 {
			at += len(list)
		}
		if at < 0 || at >= len(list) {
			return false, nil
		}
		return v.satisfies(list[at], m[3], values)
	}
	count := 0
	for _, e := range list {
		holds, err := v.satisfies(e, m[3], values)
		if err != nil {
			return false, err
		}
		if holds {
			count++
		}
	}
	return map[string]bool{"any": count > 0, "none": count == 0, "all": count == len(list) && count > 0, "all_or_empty": count == len(list)}[m[2]], nil
}

// satisfies evaluates what follows a selector, on one element.
func (v view) satisfies(e any, rest string, values any) (bool, error) {
	v.element = &e
	if rest == "" {
		if fields, ok := values.(map[string]any); ok {
			if text, ok := fields["condition"].(string); ok {
				c := &condition{words: words(text), names: fields, view: v}
				return c.or()
			}
			return v.selection(values)
		}
		if list, ok := values.([]any); ok && len(list) > 0 {
			if _, maps := list[0].(map[string]any); maps {
				return v.selection(values)
			}
		}
	}
	if rest == "" || rest[0] == '|' {
		rest = "." + rest
	}
	return v.entry(rest, values)
}

// below gives the value of a field of the element.
func (v view) below(name string) any {
	value := *v.element
	for name != "." && name != "" {
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		if whole, ok := fields[name]; ok {
			return whole
		}
		first, rest, _ := strings.Cut(name, ".")
		value, name = fields[first], rest
	}
	return value
}
