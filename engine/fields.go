package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"decree/engine/event"
	"decree/rules/schema"
)

// columnValue reads a column of an event. An absent or null column is not found.
func columnValue(c schema.Column, ev *event.Event) (any, bool) {
	v, ok := ev.Lookup(c.Name)
	for i := 0; (!ok || v == nil) && i < len(c.Also); i++ {
		v, ok = ev.Lookup(c.Also[i])
	}
	if !ok || v == nil {
		return nil, false
	}
	if c.Type != schema.HashSet {
		return v, true
	}
	for part := range strings.SplitSeq(text(v), ",") {
		if key, hash, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(key), c.Key) {
			return strings.TrimSpace(hash), true
		}
	}
	return nil, false
}

// text writes a scalar as the text that tests compare.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return fmt.Sprint(v)
}

// inScope tells whether an event is of a source.
func inScope(s *schema.Source, ev *event.Event) bool {
	for _, t := range s.Scope {
		v, ok := ev.Lookup(t.Column)
		if !ok || v == nil {
			if t.Optional {
				continue
			}
			return false
		}
		if !anyElement(v, func(e any) bool {
			for _, want := range t.Values {
				if strings.EqualFold(text(e), want) {
					return true
				}
			}
			return false
		}) {
			return false
		}
	}
	return true
}

// anyElement asks f of a value, or of each element of a list.
func anyElement(v any, f func(any) bool) bool {
	if list, ok := v.([]any); ok {
		for _, e := range list {
			if e != nil && anyElement(e, f) {
				return true
			}
		}
		return false
	}
	return f(v)
}

func eventID(m *schema.Model, ev *event.Event) string {
	for _, column := range m.ID {
		if v, ok := ev.Lookup(column); ok && v != nil {
			return text(v)
		}
	}
	return ""
}

var timeLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "1/2/2006 3:04:05 PM"}

func (e *Engine) timeOf(ev *event.Event) (time.Time, bool) {
	for _, column := range e.opt.Model.Time {
		if v, ok := ev.Lookup(column); ok {
			if t, ok := parseTime(v); ok {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// parseTime reads a timestamp; without a zone it is UTC.
func parseTime(v any) (time.Time, bool) {
	if n, ok := v.(json.Number); ok {
		if f, err := n.Float64(); err == nil {
			return time.UnixMilli(int64(f * 1000)).UTC(), true
		}
		return time.Time{}, false
	}
	s, ok := v.(string)
	if !ok {
		return time.Time{}, false
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
