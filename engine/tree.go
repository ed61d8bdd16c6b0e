package engine

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/schema"
)

// tree knows the creation event of every process, by host and process key. Where keys are not
// unique (a bare pid), the latest creation at or before the child's counts.
type tree struct {
	engine  *Engine
	born    map[string][]*node // in order of creation
	evicted int
}

type node struct {
	rec    *record
	source *schema.Source
}

// newTree reads all creation events, oldest first; over the limit the oldest are dropped.
func newTree(e *Engine) *tree {
	t := &tree{engine: e, born: map[string][]*node{}}
	var all []*record
	sources := map[*record]*schema.Source{}
	for _, rec := range e.events {
		for i := range e.opt.Model.Sources {
			s := &e.opt.Model.Sources[i]
			if len(s.Keys[0]) > 0 && inScope(s, rec.ev) {
				sources[rec] = s
				all = append(all, rec)
				break
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	if over := len(all) - e.opt.MaxProcesses; over > 0 {
		t.evicted, all = over, all[over:]
	}
	for _, rec := range all {
		if key, ok := processKey(sources[rec], rec.ev, 0); ok {
			t.born[key] = append(t.born[key], &node{rec, sources[rec]})
		}
	}
	return t
}

// processKey names the process at a level on its host; ok is false when a part is missing.
func processKey(s *schema.Source, ev *event.Event, level int) (string, bool) {
	columns := s.Keys[level]
	if len(columns) == 0 {
		return "", false
	}
	host, ok := columnValue(s.Entities["host"], ev)
	parts := []string{""}
	if ok {
		parts[0] = strings.ToLower(text(host))
	}
	for _, c := range columns {
		v, ok := ev.Lookup(c)
		if !ok || v == nil || text(v) == "" {
			return "", false
		}
		parts = append(parts, strings.ToLower(text(v)))
	}
	return strings.Join(parts, "\x00"), true
}

// ancestor finds the creation event of the process n levels above a record's own.
func (t *tree) ancestor(rec *record, s *schema.Source, n int) (*node, bool) {
	at := &node{rec, s}
	for left := n; left > 0; {
		step := 1
		key, ok := processKey(at.source, at.rec.ev, 1)
		// A product that names the grandparent's key too lets a missing parent be skipped.
		if parent, found := t.find(key, ok, at); found {
			at = parent
		} else if key, ok := processKey(at.source, at.rec.ev, 2); ok && left >= 2 {
			if at, found = t.find(key, true, at); !found {
				return nil, false
			}
			step = 2
		} else {
			return nil, false
		}
		left -= step
	}
	return at, true
}

func (t *tree) find(key string, ok bool, child *node) (*node, bool) {
	if !ok {
		return nil, false
	}
	born := t.born[key]
	if len(born) == 0 {
		return nil, false
	}
	if child.source.UniqueKeys {
		return born[len(born)-1], true
	}
	for _, n := range slices.Backward(born) {
		if n.rec != child.rec && (child.rec.at.IsZero() || !n.rec.at.After(child.rec.at)) {
			return n, true
		}
	}
	return nil, false
}

// attribute reads an ancestor's field from the creation event of the level below, whose own
// parent fields describe it, else from its own creation event.
func (t *tree) attribute(rec *record, s *schema.Source, f ir.Field) (any, bool) {
	v, _, ok := t.attributeFrom(rec, s, f)
	return v, ok
}

func (t *tree) attributeFrom(rec *record, s *schema.Source, f ir.Field) (v any, from string, ok bool) {
	m := t.engine.opt.Model
	for below := f.Level - 1; below >= 1; below-- {
		n, known := t.ancestor(rec, s, below)
		if !known {
			continue
		}
		if c, mapped := m.Column(n.source, f.Name, f.Level-below); mapped && c.Holds == "" {
			if v, ok := columnValue(c, n.rec.ev); ok {
				return v, fmt.Sprintf("creation of ancestor %d", below), true
			}
		}
	}
	if n, known := t.ancestor(rec, s, f.Level); known {
		if c, mapped := m.Column(n.source, f.Name, 0); mapped {
			if v, ok := columnValue(c, n.rec.ev); ok {
				return v, "its own creation", true
			}
		}
	}
	return nil, "", false
}

// Ancestor is what a result says of a process above the event's own.
type Ancestor struct {
	Level       int    `json:"level"`
	Image       string `json:"image,omitempty"`
	CommandLine string `json:"command_line,omitempty"`
	From        string `json:"from"` // where it was read
}

// Describe writes the ancestor on one line.
func (a Ancestor) Describe() string {
	if a.CommandLine == "" {
		return a.Image
	}
	return a.Image + "  " + a.CommandLine
}

func (t *tree) describe(rec *record, s *schema.Source, level int) (Ancestor, bool) {
	a := Ancestor{Level: level}
	for field, to := range map[string]*string{"Image": &a.Image, "CommandLine": &a.CommandLine} {
		f := ir.Field{Name: field, Level: level}
		if c, ok := t.engine.opt.Model.Column(s, field, level); ok {
			if v, ok := columnValue(c, rec.ev); ok {
				*to = text(v)
				a.From = "the event itself"
				continue
			}
		}
		if v, from, ok := t.attributeFrom(rec, s, f); ok {
			*to = text(v)
			if a.From == "" {
				a.From = from
			}
		}
	}
	return a, a.Image != "" || a.CommandLine != ""
}
