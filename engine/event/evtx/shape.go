package evtx

import (
	"slices"

	"decree/engine/event/winevent"
)

// Shape is what records of one template have in common: the names of their fields, and what each is made of. It does
// not change.
type Shape struct {
	// a value with a place is the record's own, and has no text here; others are texts of the template
	fields []winevent.Field
	weight int // of the record that the shape was made of
}

// Len is how many fields there are.
func (s *Shape) Len() int { return len(s.fields) }

// Name gives the name of a field. No two fields have the same.
func (s *Shape) Name(field int) string { return s.fields[field].Name }

// shaping makes a shape, while a record is read in full. Its methods may be called on nil, and do nothing then.
type shaping struct {
	inner     []inner
	uses      []int      // of each value
	templates []*defined // that the record has instances of
	refused   bool       // the fields depend on what the values are
}

// maxUses bounds how often a template may use one of the values, so that a record's texts have no more bytes than some
// chunks.
const maxUses = 8

// template begins to note what its definition at a place of the chunk has.
func (s *shaping) template(offset int) *defined {
	if s == nil {
		return nil
	}
	t := &defined{offset: offset}
	s.templates = append(s.templates, t)
	return t
}

// defined is the definition of a template: its place in the chunk, and the places in it that have offsets of names. Its
// methods may be called on nil, and do nothing then.
type defined struct {
	offset int
	names  []int
	isOdd  bool // some element may begin otherwise in another chunk
}

// name notes the place of a name's offset.
func (t *defined) name(at int) {
	if t != nil {
		t.names = append(t.names, at)
	}
}

// element notes whether an element begins as those of templates do.
func (t *defined) element(usual bool) {
	if t != nil && !usual {
		t.isOdd = true
	}
}

// shaping begins to make the shape of the record that was walked.
func (w *walk) shaping() *shaping {
	return &shaping{inner: slices.Clone(w.inner), uses: make([]int, len(w.values))}
}

func (s *shaping) refuse() {
	if s != nil {
		s.refused = true
	}
}

// firstOf gives the number of the first value of the instance in a value.
func (s *shaping) firstOf(v variant) int {
	if s == nil {
		return 0
	}
	at := slices.IndexFunc(s.inner, func(i inner) bool { return i.start == v.start })
	if at < 0 {
		s.refuse()
		return 0
	}
	return s.inner[at].first
}

// value marks what the record's value of that number became.
func (s *shaping) value(found *winevent.Part, number int) {
	switch {
	case s == nil:
		return
	case number >= len(s.uses) || found.List != nil:
		s.refuse()
		return
	}
	found.Place = uint16(number + 1)
	if s.uses[number]++; s.uses[number] > maxUses {
		s.refuse()
	}
}

// element looks at an element that was read. A value among other content is put together with it.
func (s *shaping) element(e *element) {
	if s != nil && len(e.Parts)+len(e.Children) > 1 && hasValue(e) {
		s.refuse()
	}
}

// attribute looks at an attribute that was read. A value may give a field its name.
func (s *shaping) attribute(of, attribute *element) {
	if s != nil && (len(attribute.Parts) > 1 || of.Name == "Data" && attribute.Name == "Name") && hasValue(attribute) {
		s.refuse()
	}
}

func hasValue(e *element) bool {
	return slices.ContainsFunc(e.Parts, func(p winevent.Part) bool { return p.Place > 0 })
}

// shape gives the shape of a record with these fields, or nil.
func (s *shaping) shape(fields winevent.Fields, weight int) *Shape {
	if s.refused {
		return nil
	}
	out := &Shape{fields: make([]winevent.Field, len(fields)), weight: weight}
	for i, f := range fields {
		values := slices.Clone(f.Values)
		for j := range values {
			values[j] = kept(values[j])
		}
		out.fields[i] = winevent.Field{Name: f.Name, Values: values}
	}
	return out
}
