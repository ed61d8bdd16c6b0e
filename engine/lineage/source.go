// Package lineage finds the processes above an event's own. In: the columns in which a log source names processes, and
// each event that describes one. Out, once the input has ended: fields of the parent, the grandparent or a process
// further up.
//
// A Source says where the events of a log source name processes. An event becomes a Process. Processes keeps them until
// the end of the input, within bounds. A Tree links them, and a View reads the tree from the position of one event.
// What must stay true: an unknown ancestor has no fields, so no test holds of it. A process is linked by its whole key,
// on its own host, and never by a process id alone.
package lineage

import (
	"slices"

	"decree/engine/document"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Source says in which columns the events of a log source name and describe processes.
type Source struct {
	model  *schema.Model
	source *schema.Source
	layout *document.Layout

	host   int        // slot, or -1
	keys   [3][][]int // level -> the ways to name that process, in order of preference -> slots
	kept   []keptField
	native map[ir.Field]nativeField // fields of ancestors that the event carries itself
	shown  map[ir.Field]int         // slots of what results show of ancestors that the event carries
}

// keptField is a field that the tree keeps, and its slot.
type keptField struct {
	field ir.Field
	slot  int
}

// nativeField is a field of an ancestor that the event itself carries. If it is optional and missing, the tree is
// asked.
type nativeField struct {
	slot     int
	optional bool
}

// NewSource finds the columns of a log source.
func NewSource(m *schema.Model, s *schema.Source, l *document.Layout) *Source {
	out := &Source{model: m, source: s, layout: l, host: -1, native: map[ir.Field]nativeField{}, shown: map[ir.Field]int{}}
	if host, ok := s.Entities["host"]; ok {
		out.host = l.Slot(host)
	}
	for level := range out.keys {
		for _, keys := range []map[int][]string{s.Keys, s.FallbackKeys} {
			var slots []int
			for _, c := range keys[level] {
				slots = append(slots, l.Slot(schema.Column{Name: c}))
			}
			if slots != nil {
				out.keys[level] = append(out.keys[level], slots)
			}
		}
	}
	return out
}

// shownFields are kept for results, whatever rules ask.
var shownFields = []string{"CommandLine", "Image"}

// Show lets results show what the event itself carries of the parent and the grandparent.
func (s *Source) Show() {
	for _, name := range slices.Backward(shownFields) {
		for level := 1; level <= 2; level++ {
			if c, ok := s.model.Column(s.source, name, level); ok {
				s.shown[ir.Field{Name: name, Level: level}] = s.layout.Slot(c)
			}
		}
	}
}

// AddNative notes the slot of a field of an ancestor that the event itself carries.
func (s *Source) AddNative(f ir.Field, slot int) {
	s.native[f] = nativeField{slot, f.Level > 0 && s.Optional(f)}
}

// Optional tells whether the tree is asked for an ancestor's field if an event lacks it.
func (s *Source) Optional(f ir.Field) bool {
	col, ok := s.model.Column(s.source, f.Name, f.Level)
	return ok && col.Optional && len(s.source.Keys[1]) > 0
}

// Keep lets the tree keep these fields, and those that results show, of the source's events: of the process itself and
// of those above it, as far as the event carries them.
func (s *Source) Keep(fields map[string]bool) {
	names := slices.Clone(shownFields)
	for name := range fields {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for level := range 3 {
			if c, ok := s.model.Column(s.source, name, level); ok && c.Holds == "" {
				s.kept = append(s.kept, keptField{ir.Field{Name: name, Level: level}, s.layout.Slot(c)})
			}
		}
	}
}
