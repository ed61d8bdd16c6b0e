package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
)

// element is an XML element. Its text is the values that stand in it, in order.
type element struct {
	name     string
	attrs    []attribute
	values   []any
	children []*element
}

type attribute struct {
	name  string
	value any
}

// Substitutions and templates can repeat what stands once in a file, so that what records become is
// bounded: by weight, which is bytes of text and nodeWeight for each element, value and template.
// A record as Windows writes it has no more than what stands in its chunk, twice.
const (
	nodeWeight      = 64
	maxRecordWeight = 1 << 20
	maxChunkWeight  = 16 << 20
	maxDepth        = 64
)

var (
	errShort = errors.New("it ends too early")
	errBig   = errors.New("it is larger than a record can be")
)

// parser reads binary XML. Offsets of names and templates are from the start of the chunk.
type parser struct {
	chunk   []byte
	at, end int
	budget  int // weight that may still be made
}

// spend takes the weight of a node with so many bytes of text.
func (p *parser) spend(text int) error {
	if p.budget -= nodeWeight + text; p.budget < 0 {
		return errBig
	}
	return nil
}

func (p *parser) take(n int) ([]byte, error) {
	if p.at < 0 || n < 0 || n > p.end-p.at {
		return nil, errShort
	}
	b := p.chunk[p.at : p.at+n]
	p.at += n
	return b, nil
}

func (p *parser) u8() (byte, error) {
	b, err := p.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (p *parser) u16() (int, error) {
	b, err := p.take(2)
	if err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint16(b)), nil
}

func (p *parser) u32() (int, error) {
	b, err := p.take(4)
	if err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint32(b)), nil
}

// The tokens; the flag of more data (0x40) is taken off.
const (
	tokenEnd = iota
	tokenOpen
	tokenCloseStart
	tokenCloseEmpty
	tokenClose
	tokenValue
	tokenAttribute
	tokenCData
	tokenCharRef
	tokenEntityRef
	tokenPITarget
	tokenPIData
	tokenTemplate
	tokenSubstitution
	tokenOptionalSubstitution
	tokenHeader
)

// fragment reads tokens into an element until its end. values are what substitutions stand for.
func (p *parser) fragment(into *element, values []variant, depth int) error {
	if depth > maxDepth {
		return errBig
	}
	for p.at < p.end {
		token, err := p.u8()
		if err != nil {
			return err
		}
		switch token &^ 0x40 {
		case tokenEnd, tokenClose:
			return nil
		case tokenHeader:
			_, err = p.take(3)
		case tokenOpen:
			err = p.open(into, values, depth, token&0x40 != 0)
		case tokenTemplate:
			err = p.template(into, depth)
		default:
			err = p.content(into, token&^0x40, values, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// content reads what stands in an element besides other elements.
func (p *parser) content(into *element, token byte, values []variant, depth int) error {
	switch token {
	case tokenValue:
		v, err := p.value()
		if err != nil {
			return err
		}
		return p.add(into, v)
	case tokenSubstitution, tokenOptionalSubstitution:
		return p.substitute(into, values, depth)
	case tokenCData, tokenPIData:
		text, err := p.prefixed()
		if err != nil || token == tokenPIData {
			return err
		}
		return p.add(into, text)
	case tokenCharRef:
		c, err := p.u16()
		if err != nil {
			return err
		}
		return p.add(into, string(rune(c)))
	case tokenEntityRef:
		name, err := p.name()
		if err != nil {
			return err
		}
		return p.add(into, entities[name])
	case tokenPITarget:
		_, err := p.name()
		return err
	}
	return fmt.Errorf("an unknown token %#x", token)
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

func (p *parser) add(into *element, v any) error {
	into.values = append(into.values, v)
	return p.spend(weight(v))
}

// open reads an element after its token.
func (p *parser) open(into *element, values []variant, depth int, hasAttributes bool) error {
	if _, err := p.take(6); err != nil { // dependency and size
		return err
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	e := &element{name: name}
	into.children = append(into.children, e)
	if hasAttributes {
		if _, err := p.take(4); err != nil {
			return err
		}
	}
	for {
		token, err := p.u8()
		if err != nil {
			return err
		}
		switch token &^ 0x40 {
		case tokenAttribute:
			if err := p.attribute(e, values); err != nil {
				return err
			}
		case tokenCloseStart:
			return p.fragment(e, values, depth+1)
		case tokenCloseEmpty:
			return nil
		default:
			return fmt.Errorf("a token %#x where an element begins", token)
		}
	}
}

// attribute reads a name and the one value after it.
func (p *parser) attribute(e *element, values []variant) error {
	name, err := p.name()
	if err != nil {
		return err
	}
	token, err := p.u8()
	if err != nil {
		return err
	}
	var holder element
	if err := p.content(&holder, token&^0x40, values, maxDepth); err != nil {
		return err
	}
	if len(holder.values) > 0 {
		e.attrs = append(e.attrs, attribute{name, holder.values[0]})
	}
	return nil
}

// name reads a reference to a name; the first one to it has the name at its own place.
func (p *parser) name() (string, error) {
	offset, err := p.u32()
	if err != nil {
		return "", err
	}
	at := &parser{chunk: p.chunk, at: offset, end: len(p.chunk)}
	inline := offset == p.at
	if _, err := at.take(6); err != nil {
		return "", err
	}
	n, err := at.u16()
	if err != nil {
		return "", err
	}
	b, err := at.take(2 * n)
	if err != nil {
		return "", err
	}
	if err := p.spend(len(b)); err != nil {
		return "", err
	}
	if inline {
		_, err = p.take(8 + 2*n + 2)
	}
	return utf16Text(b), err
}

// prefixed reads a text with its length before it.
func (p *parser) prefixed() (string, error) {
	n, err := p.u16()
	if err != nil {
		return "", err
	}
	b, err := p.take(2 * n)
	return utf16Text(b), err
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	for len(units) > 0 && units[len(units)-1] == 0 {
		units = units[:len(units)-1]
	}
	return string(utf16.Decode(units))
}

// template reads an instance of a template: its values, then the template with these.
func (p *parser) template(into *element, depth int) error {
	if _, err := p.take(1 + 4); err != nil {
		return err
	}
	offset, err := p.u32()
	if err != nil {
		return err
	}
	body := &parser{chunk: p.chunk, at: offset, end: len(p.chunk)}
	if _, err := body.take(4 + 16); err != nil { // next template and GUID
		return err
	}
	size, err := body.u32()
	if err != nil {
		return err
	}
	if offset == p.at { // it is defined here
		if _, err := p.take(24 + size); err != nil {
			return err
		}
	}
	if size < 0 || size > len(p.chunk)-body.at {
		return errShort
	}
	if err := p.spend(size); err != nil {
		return err
	}
	body.end = body.at + size
	values, err := p.variants()
	if err != nil {
		return err
	}
	body.budget = p.budget
	err = body.fragment(into, values, depth+1)
	p.budget = body.budget
	return err
}

// variant is a substitution's value, not read yet.
type variant struct {
	kind       byte
	start, end int
}

// variants reads the values of a template instance.
func (p *parser) variants() ([]variant, error) {
	count, err := p.u32()
	if err != nil {
		return nil, err
	}
	if count < 0 || count > (p.end-p.at)/4 {
		return nil, errShort
	}
	values := make([]variant, count)
	sizes := make([]int, count)
	for i := range values {
		if sizes[i], err = p.u16(); err != nil {
			return nil, err
		}
		if values[i].kind, err = p.u8(); err != nil {
			return nil, err
		}
		if _, err = p.take(1); err != nil {
			return nil, err
		}
	}
	for i := range values {
		values[i].start = p.at
		if _, err := p.take(sizes[i]); err != nil {
			return nil, err
		}
		values[i].end = p.at
	}
	return values, nil
}

// substitute puts a value of the template's instance in its place.
func (p *parser) substitute(into *element, values []variant, depth int) error {
	i, err := p.u16()
	if err != nil {
		return err
	}
	if _, err := p.u8(); err != nil {
		return err
	}
	if i >= len(values) {
		return nil // an optional value that was not given
	}
	v := values[i]
	if v.kind == typeBinXML {
		if err := p.spend(v.end - v.start); err != nil {
			return err
		}
		inner := &parser{chunk: p.chunk, at: v.start, end: v.end, budget: p.budget}
		err := inner.fragment(into, nil, depth+1)
		p.budget = inner.budget
		return err
	}
	found, err := decode(v.kind, p.chunk[v.start:v.end])
	if err != nil || found == nil {
		return err
	}
	return p.add(into, found)
}
