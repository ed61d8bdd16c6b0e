package lineage

import (
	"strings"

	"decree/engine/document"
	"decree/rules/ir"
)

// View is the tree from the position of one event. The zero View knows no ancestors.
type View struct {
	Tree *Tree
	Self *Process // the event as a child in the tree; nil if it tells of no process
}

// Field reads an ancestor's field; from says where it was read.
func (v View) Field(f ir.Field) (text, from string, ok bool) {
	if v.Tree == nil || v.Self == nil {
		return "", "", false
	}
	return v.Tree.field(v.Self, f)
}

// Native reads a field that the current event carries itself; known is false if the tree is to be asked instead.
func (s *Source) Native(d *document.Document, f ir.Field) (texts []string, present, known bool) {
	n, ok := s.native[f]
	if !ok {
		return nil, false, false
	}
	v := d.Slot(n.slot)
	return v.Texts, v.Present, v.Present || f.Level == 0 || !n.optional
}

// Carries tells whether the current event has an ancestor's field itself.
func (s *Source) Carries(d *document.Document, f ir.Field) bool {
	n, ok := s.native[f]
	return ok && d.Slot(n.slot).Present
}

// Ancestor is what a result shows of a process above the event's own.
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

// Ancestors describes the processes above the current event's own, up to a level. Unknown ones are left out.
func (s *Source) Ancestors(d *document.Document, v View, deepest int) []Ancestor {
	var out []Ancestor
	for level := 1; level <= deepest; level++ {
		if a := s.ancestor(d, v, level); a.Image != "" || a.CommandLine != "" {
			out = append(out, a)
		}
	}
	return out
}

// ancestor describes an ancestor, from the event itself or else from the tree.
func (s *Source) ancestor(d *document.Document, view View, level int) Ancestor {
	a := Ancestor{Level: level}
	for _, part := range []struct {
		name string
		to   *string
	}{{"Image", &a.Image}, {"CommandLine", &a.CommandLine}} {
		f := ir.Field{Name: part.name, Level: level}
		if slot, ok := s.shown[f]; ok {
			if v, ok := d.First(slot); ok && v != "" {
				*part.to, a.From = strings.Clone(v), "the event itself"
				continue
			}
		}
		if v, from, ok := view.Field(f); ok {
			*part.to = v
			if a.From == "" {
				a.From = from
			}
		}
	}
	return a
}
