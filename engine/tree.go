package engine

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"decree/engine/fold"
	"decree/rules/ir"
)

// tree knows the creation event of every process, by host and process key. Where keys are not
// unique (a bare pid), the latest creation at or before the child's counts.
type tree struct {
	born map[string][]*process // in order of creation
}

// process is what the tree keeps of a creation event: who it is, who made it, and the fields
// of both that rules ask for or results show.
type process struct {
	order  int
	at     time.Time
	keys   [3]string // of the process, its parent and its grandparent; "" is unknown
	unique [3]bool   // keys that are never used again
	born   bool      // it is the event of its creation: where a source has events of any category, one that names its parent
	fields []processField
}

type processField struct {
	field *ir.Field // the source's, shared
	value string
}

// field gives a field of the process or of one above it, as its creation event has it.
func (p *process) field(f ir.Field) (string, bool) {
	for _, known := range p.fields {
		if *known.field == f {
			return known.value, true
		}
	}
	return "", false
}

// processSize is about what a process takes beside its texts.
const processSize = 200

// size is about how many bytes a process takes.
func (p *process) size() int {
	size := processSize
	for _, k := range p.keys {
		size += 16 + len(k)
	}
	for _, f := range p.fields {
		size += 32 + len(f.value)
	}
	return size
}

// known is a field that the tree keeps, and its slot.
type known struct {
	field ir.Field
	slot  int
}

// shownFields are kept for results whatever rules ask.
var shownFields = []string{"CommandLine", "Image"}

// know lists what the tree keeps of a source's events: the fields of the process itself and of
// those above it as far as the event carries them.
func (e *Engine) know(s *source) {
	names := slices.Clone(shownFields)
	for name := range e.treeFields {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for level := range 3 {
			if c, ok := e.opt.Model.Column(s.Source, name, level); ok && c.Holds == "" {
				s.known = append(s.known, known{ir.Field{Name: name, Level: level}, e.layout.Slot(c)})
			}
		}
	}
}

// process makes the tree's entry for the current event; nil if it is no process creation.
func (m *matcher) process(order int) *process {
	for _, si := range m.of {
		s := m.e.sources[si]
		if len(s.keys[0]) == 0 || s.known == nil {
			continue
		}
		p := &process{order: order, fields: make([]processField, 0, len(s.known))}
		p.at, _ = m.time()
		for level := range p.keys {
			p.keys[level], p.unique[level] = m.key(s, level)
		}
		for i := range s.known {
			k := &s.known[i]
			if v, ok := m.doc.First(k.slot); ok {
				p.fields = append(p.fields, processField{&k.field, strings.Clone(v)})
			}
		}
		p.born = p.keys[0] != "" && (s.Category != "*" || p.keys[1] != "")
		return p
	}
	return nil
}

// key names the process at a level on its host, in the first way that the event has whole; "" when there is none. unique says that
// no other process is ever named so.
func (m *matcher) key(s *source, level int) (key string, unique bool) {
	if s.host < 0 {
		return "", false
	}
	host, _ := m.doc.First(s.host)
	for way, slots := range s.keys[level] {
		if values, whole := m.values(slots); whole {
			return fold.Text(host) + "\x00" + strconv.Itoa(way) + "\x00" + fold.Text(strings.Join(values, "\x00")), s.UniqueKeys && !(way > 0 && s.ReusedFallbackKeys)
		}
	}
	return "", false
}

// values reads each slot's first value; whole is false when one has none.
func (m *matcher) values(slots []int) (values []string, whole bool) {
	for _, slot := range slots {
		v, ok := m.doc.First(slot)
		if !ok || v == "" {
			return nil, false
		}
		values = append(values, v)
	}
	return values, true
}

// newTree orders creation events by time; those without one keep the order of the input.
func newTree(all []*process) *tree {
	sort.SliceStable(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	t := &tree{born: map[string][]*process{}}
	for _, p := range all {
		if p.born {
			t.born[p.keys[0]] = append(t.born[p.keys[0]], p)
		}
	}
	return t
}

// ancestor finds the creation event of the process n levels above another's. A product that
// names the grandparent too lets a missing parent be skipped.
func (t *tree) ancestor(p *process, n int) (*process, bool) {
	for n > 0 {
		parent, found := t.find(1, p)
		switch {
		case found:
			p, n = parent, n-1
		case n >= 2 && p.keys[2] != "":
			if p, found = t.find(2, p); !found {
				return nil, false
			}
			n -= 2
		default:
			return nil, false
		}
	}
	return p, true
}

// find gives the creation of the process that a child names at a level.
func (t *tree) find(level int, child *process) (*process, bool) {
	key := child.keys[level]
	born := t.born[key]
	if key == "" || len(born) == 0 {
		return nil, false
	}
	if child.unique[level] {
		return born[len(born)-1], true
	}
	for _, p := range slices.Backward(born) {
		if p.order != child.order && !child.at.IsZero() && !p.at.IsZero() && !p.at.After(child.at) {
			return p, true
		}
	}
	return nil, false
}

// attribute reads an ancestor's field from the creation event of the process below it, whose own
// parent fields describe it, else from its own creation event; from says which.
func (t *tree) attribute(self *process, f ir.Field) (v, from string, ok bool) {
	for below := f.Level - 1; below >= 1; below-- {
		if p, known := t.ancestor(self, below); known {
			if v, ok := p.field(ir.Field{Name: f.Name, Level: f.Level - below}); ok {
				return v, fmt.Sprintf("creation of ancestor %d", below), true
			}
		}
	}
	if p, known := t.ancestor(self, f.Level); known {
		if v, ok := p.field(ir.Field{Name: f.Name}); ok {
			return v, "its own creation", true
		}
	}
	return "", "", false
}
