package evtx

import (
	"encoding/binary"
	"fmt"

	"decree/engine/event/winevent"
)

// open reads an element after its token. One that depends on a value that was not given is not there,
// nor is one that holds no more than an optional substitution without a value.
func (p *parser) open(into *element, hasAttributes bool, depth int) error {
	if depth >= maxDepth {
		return errBig
	}
	e, absent := p.memory.element(""), false
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
	if e.Name, err = p.name(); err != nil {
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
	p.shaping.element(e)
	if !absent && (!e.missing || len(e.Children) > 0) {
		into.Children = append(into.Children, &e.Element)
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
			return fmt.Errorf("it ends inside the element %s", e.Name)
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
	holder := p.memory.element(name)
	for p.at < p.end {
		token := p.chunk[p.at]
		switch token &^ moreData {
		case tokenAttribute, tokenCloseStart, tokenCloseEmpty:
			p.shaping.attribute(e, holder)
			if v := holder.Text(); v.Text != "" && !holder.missing {
				e.Attributes = append(e.Attributes, winevent.Attribute{Name: name, Value: winevent.Part{Value: v}})
			}
			return nil
		case tokenSubstitution, tokenOptionalSubstitution:
			p.at++
			err = p.substitute(holder, token == tokenOptionalSubstitution, maxDepth)
		default:
			p.at++
			err = p.text(holder, token)
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
	usual := p.begins(expected)
	p.own.element(usual)
	return p.defined != (!usual && p.begins(other))
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
