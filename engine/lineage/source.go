// Package lineage knows the processes above an event's own. In: the links and fields of processes, as a log source has them, and each
// event that tells of one. Out, once the input has ended: a field of the parent, the grandparent or a process further up.
//
// A log source says where its events name processes (Source); an event becomes a Process; Processes keeps those that are needed until the end,
// within bounds; a Tree links them, and a View reads it as one event sees it. What must stay true: an ancestor that is not known
// has no field, so that no test holds of it; a process is linked by its whole key, on its own host, and never by a process id alone.
package lineage

import (
	"slices"

	"decree/engine/document"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Source says how the events of a log source name processes and what they tell of them.
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

// nativeField is a field that the event carries, always or with the tree to be asked where it lacks it.
type nativeField struct {
	slot     int
	optional bool
}

// NewSource compiles the links of a log source.
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

// Show has results tell of the parent and the grandparent what the event itself carries.
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

// Optional tells whether the tree is asked for an ancestor's field where an event lacks it.
func (s *Source) Optional(f ir.Field) bool {
	col, ok := s.model.Column(s.source, f.Name, f.Level)
	return ok && col.Optional && len(s.source.Keys[1]) > 0
}

// Keep has the tree keep some fields of the source's events, besides those that results show: of the process itself and of those above it
// as far as the event carries them.
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
