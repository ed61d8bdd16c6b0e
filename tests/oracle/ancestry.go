package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// ofProcess are the fields that every process has. With the prefix of an ancestor they are its fields.
var ofProcess = []string{"Image", "CommandLine", "ProcessId", "ProcessGuid", "User", "IntegrityLevel", "Product", "Company", "Description", "OriginalFileName"}

// of gives the texts of a field: of the event's process or, as ParentImage and in `ancestry`, of one above.
func (v view) of(name string) ([]string, bool) {
	level := v.level
	for prefix, above := range map[string]int{"Parent": 1, "Grandparent": 2, "GrandParent": 2} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && slices.Contains(ofProcess, rest) {
			name, level = rest, level+above
			break
		}
	}
	values, present, carried := v.own(name, level)
	if carried || level == 0 || v.log == nil {
		return values, present
	}
	return v.log.above(v, name, level)
}

// descends evaluates a name of `ancestry`: every part of it holds, each of the process at its level.
func (v view) descends(spec map[string]any) (bool, error) {
	for part, body := range spec {
		switch part {
		case "parent", "grandparent":
			level := map[string]int{"parent": 1, "grandparent": 2}[part]
			if holds, err := v.at(level).selection(body); err != nil || !holds {
				return false, err
			}
			continue
		case "ancestor":
		default:
			return false, fmt.Errorf("the oracle does not know %q in ancestry", part)
		}
		list, several := body.([]any)
		if !several {
			list = []any{body}
		}
		for _, one := range list {
			if holds, err := v.ancestor(one.(map[string]any)); err != nil || !holds {
				return false, err
			}
		}
	}
	return true, nil
}

// ancestor evaluates `{level: n, ...}` or `{within: n, ...}`.
func (v view) ancestor(spec map[string]any) (bool, error) {
	body := map[string]any{}
	for key, value := range spec {
		if key != "level" && key != "within" {
			body[key] = value
		}
	}
	if level, ok := spec["level"].(int); ok {
		return v.at(level).selection(body)
	}
	for level := 1; level <= spec["within"].(int); level++ {
		if holds, err := v.at(level).selection(body); err != nil || holds {
			return holds, err
		}
	}
	return false, nil
}

// at is the event as one of the processes above its own is asked of.
func (v view) at(level int) view {
	v.level = level
	return v
}

// above gives a field of a process above that of an event, which the event does not carry: as the creation of a process
// in between tells it, the highest first, or its own creation.
func (l *Log) above(v view, name string, level int) ([]string, bool) {
	for below := level - 1; below > 0; below-- {
		if p, known := l.up(v, below); known {
			if values, present, _ := p.own(name, level-below); present {
				return values, true
			}
		}
	}
	p, known := l.up(v, level)
	if !known {
		return nil, false
	}
	values, present, _ := p.own(name, 0)
	return values, present
}

// up finds the creation of the process so many levels above that of an event.
func (l *Log) up(v view, levels int) (p view, known bool) {
	for p = v; levels > 0; levels-- {
		if p, known = l.parent(p); !known {
			return p, false
		}
	}
	return p, true
}

// parent finds the creation of an event's parent: by its unique key or, where keys are used again, the latest that was
// not after the event. What is later in the log, at the same time, counts only if there is nothing before.
func (l *Log) parent(child view) (parent view, ok bool) {
	key, rule := child.key(1), child.rule
	if child.tree != nil {
		rule = child.tree
	}
	born, dated := l.time(child.place)
	var latest time.Time
	var below bool // the parent is later in the log
	for at := range l.Events {
		o, of := l.view(rule, at)
		if !of || key == "" || o.key(0) != key {
			continue
		}
		when, known := l.time(at)
		if !child.source.UniqueKeys && (at == child.place || !dated || !known || when.After(born)) {
			continue
		}
		later := !child.source.UniqueKeys && when.Equal(born) && at > child.place
		if !ok || !later && (below || !when.Before(latest)) {
			parent, latest, below, ok = o, when, later, true
		}
	}
	return parent, ok
}

// key names a process on its host, as its log does; "" if it does not.
func (v view) key(level int) string {
	key := v.source.Name
	for _, column := range append([]string{""}, v.source.Keys[level]...) {
		value := ""
		if column == "" {
			value, _, _ = v.at(0).first("host")
		} else if text, ok := v.ev.Lookup(column); ok && text != nil {
			value = strings.Map(alike, fmt.Sprint(text))
		}
		if value == "" && column != "" {
			return ""
		}
		key += "\x00" + value
	}
	return key
}
