package evtx

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// element is an XML element. Its text is the values that stand in it, in order.
type element struct {
	name     string
	attrs    []attribute
	values   []any
	children []*element
	missing  bool // an optional substitution in it has no value
}

type attribute struct {
	name  string
	value any
}

// value is what stands in an element: nothing, one value as it is, or texts put together.
func (e *element) value() any {
	switch len(e.values) {
	case 0:
		return nil
	case 1:
		return e.values[0]
	}
	var b strings.Builder
	for _, v := range e.values {
		if list, ok := v.([]any); ok {
			v = joined(list)
		}
		fmt.Fprint(&b, v)
	}
	return b.String()
}

// joined is an array in a place that is not repeated for each of its values.
func joined(list []any) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ",")
}

// open reads an element after its token. One that depends on a value that was not given is not there,
// nor is one that holds no more than an optional substitution without a value.
func (p *parser) open(into *element, hasAttributes bool, depth int) error {
	if depth >= maxDepth {
		return errBig
	}
	e, absent := &element{}, false
	if p.dependent() {
		id, err := p.u16()
		if err != nil {
			return err
		}
		absent = id < len(p.values) && p.values[id].isNull()
	}
	if _, err := p.take(4); err != nil { // size
		return err
	}
	var err error
	if e.name, err = p.name(); err != nil {
		return err
	}
	if hasAttributes {
		if _, err := p.take(4); err != nil { // their size
			return err
		}
	}
	if err := p.inside(e, depth+1); err != nil {
		return err
	}
	if !absent && (!e.missing || len(e.children) > 0) {
		into.children = append(into.children, e)
	}
	return nil
}

// inside reads an element's attributes and what stands between its tags.
func (p *parser) inside(e *element, depth int) error {
	for {
		token, err := p.u8()
		if err != nil {
			return err
		}
		switch token &^ moreData {
		case tokenAttribute:
			if err := p.attribute(e); err != nil {
				return err
			}
		case tokenCloseEmpty:
			return nil
		case tokenCloseStart:
			return p.between(e, depth)
		default:
			return fmt.Errorf("a token %#x where an element begins", token)
		}
	}
}

// between reads what stands between an element's tags.
func (p *parser) between(e *element, depth int) error {
	for {
		token, err := p.u8()
		if err != nil {
			return err
		}
		switch token &^ moreData {
		case tokenClose:
			return nil
		case tokenEnd:
			return fmt.Errorf("it ends inside the element %s", e.name)
		case tokenHeader:
			_, err = p.take(3)
		default:
			err = p.content(e, token, depth)
		}
		if err != nil {
			return err
		}
	}
}

// attribute reads a name and the parts of its value. One without a value is not there.
func (p *parser) attribute(e *element) error {
	name, err := p.name()
	if err != nil {
		return err
	}
	var holder element
	for p.at < p.end {
		token := p.chunk[p.at]
		switch token &^ moreData {
		case tokenAttribute, tokenCloseStart, tokenCloseEmpty:
			v := holder.value()
			if list, ok := v.([]any); ok {
				v = joined(list)
			}
			if v != nil && v != "" && !holder.missing {
				e.attrs = append(e.attrs, attribute{name, v})
			}
			return nil
		case tokenSubstitution, tokenOptionalSubstitution:
			p.at++
			err = p.substitute(&holder, token == tokenOptionalSubstitution, maxDepth)
		default:
			p.at++
			err = p.text(&holder, token)
		}
		if err != nil {
			return err
		}
	}
	return errShort
}

// dependent tells whether the element that begins here names the value that it depends on: in the
// definition of a template it does, elsewhere not. Writers differ, so that the
// element's size and the hash of its name decide where they contradict that.
func (p *parser) dependent() bool {
	expected, other := p.at, p.at+2
	if p.defined {
		expected, other = other, expected
	}
	return p.defined != (!p.begins(expected) && p.begins(other))
}

// begins tells whether an element's size and the offset of its name stand at a place.
func (p *parser) begins(at int) bool {
	if at+8 > p.end {
		return false
	}
	size, offset := binary.LittleEndian.Uint32(p.chunk[at:]), binary.LittleEndian.Uint32(p.chunk[at+4:])
	if uint64(at)+4+uint64(size) > uint64(p.end) {
		return false
	}
	n, err := p.nameAt(int(offset))
	return err == nil && n.sound
}

// nameHash is what Windows writes before a name.
func nameHash(text []byte) int {
	hash := uint32(0)
	for i := 0; i+1 < len(text); i += 2 {
		hash = hash*65599 + uint32(binary.LittleEndian.Uint16(text[i:]))
	}
	return int(hash & 0xffff)
}
