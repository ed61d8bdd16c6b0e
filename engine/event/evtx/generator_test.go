package evtx

import (
	"fmt"
	"slices"
	"strings"
)

// generator writes valid logs that hold every token wherever the format allows it, as its dice fall, and knows the
// fields of each event that it wrote. It shares no code with the parser.
type generator struct {
	dice   []byte
	common bool // only what other readers know too
	b      *builder
	// The template that several records use: where it is defined, and how many values it takes.
	shared, sharedValues int
}

// roll gives a number below n. When the dice are used up it is 0.
func (g *generator) roll(n int) int {
	if len(g.dice) == 0 {
		return 0
	}
	one := int(g.dice[0])
	g.dice = g.dice[1:]
	return one % n
}

func (g *generator) one(n int) bool { return g.roll(n) == n-1 } // one time of n

// scope is the template whose definition is being written; nil outside of one.
type scope struct{ values []variantData }

func (s *scope) add(v variantData) int {
	s.values = append(s.values, v)
	return len(s.values) - 1
}

// wanted are the fields of the event being written, in the order of its text: what a value holds is written later
// than what stands behind its place.
type wanted struct {
	name  string
	value any
	parts []*wanted
}

func (w *wanted) add(name string, v any) { w.parts = append(w.parts, &wanted{name: name, value: v}) }

// part is a place for fields that are written later.
func (w *wanted) part() *wanted {
	p := &wanted{}
	w.parts = append(w.parts, p)
	return p
}

// into sets the fields.
func (w *wanted) into(fields map[string]any) {
	switch before := fields[w.name].(type) {
	case nil:
		if w.name != "" {
			fields[w.name] = w.value
		}
	case []any:
		fields[w.name] = append(slices.Clone(before), w.value)
	default:
		fields[w.name] = []any{before, w.value}
	}
	for _, p := range w.parts {
		p.into(fields)
	}
}

// fragment writes what body writes outside of any element, as it is or as an instance of a template.
func (g *generator) fragment(body func(s *scope)) {
	if g.one(2) {
		g.b.header()
	}
	if g.one(3) {
		g.instruction()
	}
	if g.common || g.one(2) {
		s := &scope{}
		g.b.useHere(func() { body(s) }, func() []variantData { return s.values })
	} else {
		defined := g.b.defined
		g.b.defined = false
		body(nil)
		g.b.defined = defined
	}
	if g.one(3) {
		g.instruction()
	}
	if g.one(2) {
		g.b.bytes(tokenEnd)
	}
}

func (g *generator) instruction() {
	if g.common {
		return
	}
	g.b.bytes(tokenPITarget)
	g.b.name("target")
	g.b.bytes(tokenPIData)
	g.b.prefixed("<not>data</not>")
}

// element writes an element around what inside writes. It is empty if inside is nil.
func (g *generator) element(s *scope, name string, attributes func(), inside func()) {
	g.b.begin(name, noDependency, attributes != nil)
	if attributes != nil {
		at := len(g.b.chunk)
		g.b.u32(0)
		attributes()
		g.b.patch(at)
	}
	if inside == nil {
		g.b.end(tokenCloseEmpty)
		return
	}
	g.b.bytes(tokenCloseStart)
	inside()
	g.b.close()
}

// absent writes an element that is not there: it depends on a value that was not given.
func (g *generator) absent(s *scope) {
	if s == nil || g.common {
		return
	}
	g.b.begin("Data", s.add(variantData{kind: typeNull}), false)
	g.b.bytes(tokenCloseStart)
	g.b.text("not there")
	g.b.close()
}

// part writes a piece of text and gives it: a value as it is, or nil for none.
func (g *generator) part(s *scope, inAttribute bool) any {
	forms := 5
	if s == nil {
		forms = 3
	}
	more := byte(g.roll(2) * moreData)
	form := g.roll(forms)
	if g.common && form < 3 {
		form, more = 0, 0
	}
	switch form {
	case 1:
		c := []rune{'a', '<', 'é', '€', '\n'}[g.roll(5)]
		g.b.bytes(tokenCharRef | more)
		g.b.u16(int(c))
		return string(c)
	case 2:
		i := g.roll(6)
		g.b.bytes(tokenEntityRef | more)
		g.b.name([]string{"lt", "gt", "amp", "quot", "apos", "other"}[i])
		return []string{"<", ">", "&", `"`, "'", "&other;"}[i]
	case 3:
		v := samples[g.roll(len(samples))]
		g.b.bytes(tokenSubstitution + byte(g.roll(2)))
		g.b.u16(s.add(v.variantData))
		g.b.bytes(v.kind)
		return v.want
	case 4:
		g.b.bytes(tokenSubstitution)
		null := []variantData{{kind: typeNull}, {kind: typeUint32}}[g.roll(2)]
		if g.common {
			null.kind = typeNull
		}
		g.b.u16(s.add(null))
		g.b.bytes(typeUint32)
		return nil
	}
	text := []string{"text", "", `C:\Users\é`, " <&> ", "😀"}[g.roll(5)]
	if !inAttribute && !g.common && g.one(2) {
		g.b.bytes(tokenCData | more)
	} else {
		g.b.bytes(tokenValue|more, typeString)
	}
	g.b.prefixed(text)
	return text
}

// text writes one piece of text or several and gives the value that they are together.
func (g *generator) text(s *scope, inAttribute bool) any {
	n := 1
	if !g.common {
		n += g.roll(3)
	}
	var parts []any
	for range n {
		if !inAttribute && g.one(4) {
			g.instruction()
		}
		if v := g.part(s, inAttribute); v != nil {
			parts = append(parts, v)
		}
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return fmt.Sprint(strings.Join(texts(parts), ""))
}

func texts(parts []any) []string {
	out := make([]string, len(parts))
	for i, v := range parts {
		out[i] = fmt.Sprint(v)
	}
	return out
}

// content writes what an element of data holds and gives its values: several for an array, none for an optional value
// that was not given.
func (g *generator) content(s *scope) []any {
	if s != nil {
		switch g.roll(4) {
		case 1:
			a := arrays[g.roll(len(arrays))]
			g.b.substitution(s.add(a.variantData), a.kind)
			return a.want.([]any)
		case 2:
			g.b.bytes(tokenOptionalSubstitution)
			g.b.u16(s.add(variantData{kind: typeNull}))
			g.b.bytes(typeString)
			return nil
		}
	}
	if v := g.text(s, false); v != nil {
		return []any{v}
	}
	return []any{""}
}

// attribute writes one, and gives its value as text: "" if it is not there.
func (g *generator) attribute(s *scope, name string, more bool) any {
	token := byte(tokenAttribute)
	if more {
		token |= moreData
	}
	g.b.bytes(token)
	g.b.name(name)
	if v := g.text(s, true); v != nil {
		return v
	}
	return ""
}

// event writes a record of one event and gives its fields.
func (g *generator) event(id int) map[string]any {
	want := &wanted{}
	g.b.record(func() {
		if g.shared > 0 && g.one(3) {
			g.b.use(g.shared, g.sharedData(want, id)...)
			return
		}
		if g.shared == 0 && g.one(3) {
			g.sharedValues = 3 + g.roll(3)
			g.shared = g.b.useHere(g.sharedTemplate, func() []variantData { return g.sharedData(want, id) })
			return
		}
		g.fragment(func(s *scope) {
			g.element(s, "Event", func() {
				g.b.bytes(tokenAttribute)
				g.b.name("xmlns")
				g.b.text("http://schemas.microsoft.com/win/2004/08/events/event")
			}, func() {
				g.system(s, want, id)
				g.sections(s, want)
			})
		})
	})
	fields := map[string]any{}
	want.into(fields)
	return fields
}

func (g *generator) system(s *scope, want *wanted, id int) {
	g.element(s, "System", nil, func() {
		g.element(s, "Provider", func() {
			if v := g.attribute(s, "Name", true); v != "" {
				want.add("Provider_Name", v)
			}
			if v := g.attribute(s, "Guid", false); v != "" {
				want.add("Provider_Guid", v)
			}
		}, nil)
		g.absent(s)
		g.element(s, "EventID", nil, func() {
			if v := g.text(s, false); v != nil && v != "" {
				want.add("EventID", v)
			}
		})
		g.element(s, "Correlation", nil, nil)
		g.element(s, "EventRecordID", nil, func() { g.b.text(fmt.Sprint(id)) })
		want.add("EventRecordID", fmt.Sprint(id))
	})
}

// sections writes EventData or UserData at its place, or as a value that is binary XML itself.
func (g *generator) sections(s *scope, want *wanted) {
	write := g.eventData
	if g.one(2) {
		write = g.userData
	}
	if s == nil || g.one(2) {
		write(s, want)
		return
	}
	later := want.part()
	i := s.add(variantData{kind: typeBinXML, write: func() { g.fragment(func(inner *scope) { write(inner, later) }) }})
	g.b.bytes(tokenSubstitution + byte(g.roll(2)))
	g.b.u16(i)
	g.b.bytes(typeBinXML)
}

func (g *generator) eventData(s *scope, want *wanted) {
	g.element(s, "EventData", nil, func() {
		for range g.roll(5) {
			g.absent(s)
			name := []string{"Image", "CommandLine", "Data", "With Space", "Twice"}[g.roll(5)]
			var values []any
			var attributes func()
			if name != "Data" {
				attributes = func() {
					g.b.bytes(tokenAttribute)
					g.b.name("Name")
					g.b.text(name)
				}
			}
			g.element(s, "Data", attributes, func() { values = g.content(s) })
			for _, v := range values {
				want.add(name, v)
			}
		}
		if g.one(3) {
			g.element(s, "Binary", nil, func() { g.b.text("00FF") })
			want.add("Binary", "00FF")
		}
	})
}

func (g *generator) userData(s *scope, want *wanted) {
	g.element(s, "UserData", nil, func() { g.leaves(s, want, 3) })
}

// leaves writes elements below each other, to a depth. It tells whether any is there.
func (g *generator) leaves(s *scope, want *wanted, depth int) (there bool) {
	filled := func(name string, want *wanted, any bool) {
		if !any {
			want.add(name, "")
		}
	}
	for range 1 + g.roll(3) {
		name := fmt.Sprint([]string{"Param", "Inner", "Other"}[g.roll(3)], depth)
		switch form := g.roll(4); {
		case depth > 0 && form == 0:
			g.element(s, name, nil, func() { filled(name, want, g.leaves(s, want, depth-1)) })
			there = true
		case depth > 0 && form == 1 && s != nil && !g.common:
			g.element(s, name, nil, func() {
				later := want.part()
				i := s.add(variantData{kind: typeBinXML, write: func() {
					g.fragment(func(inner *scope) { filled(name, later, g.leaves(inner, later, depth-1)) })
				}})
				g.b.substitution(i, typeBinXML)
			})
			there = true
		case form == 2:
			described := false
			g.element(s, name, func() {
				if v := g.attribute(s, "ref", false); v != "" {
					want.add(name+"_ref", v)
					described = true
				}
			}, nil)
			filled(name, want, described)
			there = true
		default:
			var values []any
			g.element(s, name, nil, func() { values = g.content(s) })
			for _, v := range values {
				want.add(name, v)
				there = true
			}
		}
	}
	return there
}

// sharedTemplate is the definition of a template with a value for each Data.
func (g *generator) sharedTemplate() {
	s := &scope{}
	g.element(s, "Event", nil, func() {
		g.element(s, "System", nil, func() {
			g.element(s, "EventRecordID", nil, func() { g.b.substitution(0, typeUint64) })
		})
		g.element(s, "EventData", nil, func() {
			for i := 1; i < g.sharedValues; i++ {
				g.b.begin("Data", i, true)
				at := len(g.b.chunk)
				g.b.u32(0)
				g.b.bytes(tokenAttribute)
				g.b.name("Name")
				g.b.text(fmt.Sprint("Field", i))
				g.b.patch(at)
				g.b.bytes(tokenCloseStart)
				g.b.substitution(i, typeString)
				g.b.close()
			}
		})
	})
}

func (g *generator) sharedData(want *wanted, id int) []variantData {
	want.add("EventRecordID", uint64(id))
	out := []variantData{{kind: typeUint64, data: []byte{byte(id), byte(id >> 8), 0, 0, 0, 0, 0, 0}}}
	for i := 1; i < g.sharedValues; i++ {
		if g.one(4) {
			out = append(out, variantData{kind: typeNull})
			continue
		}
		v := samples[g.roll(len(samples))]
		out = append(out, v.variantData)
		want.add(fmt.Sprint("Field", i), v.want)
	}
	return out
}
