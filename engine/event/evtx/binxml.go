package evtx

import (
	"encoding/binary"
	"errors"
	"fmt"

	"decree/engine/event/winevent"
)

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
	budget  int          // weight that may still be made
	names   map[int]name // of the chunk, by their places
	defined bool         // what is read is a template's definition
	values  []variant    // what its substitutions stand for
	memory  *memory
	shaping *shaping // nil if no shape is made
	first   int      // number of the first of the values in the record, for a shape
	own     *defined // the template whose definition is read, for a shape
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

// moreData marks a token that more of its kind follow, or an element that has attributes.
const moreData = 0x40

// fragment reads what stands side by side outside of any element: elements, template instances and
// processing instructions, to the end-of-stream token or the end of the bytes.
func (p *parser) fragment(into *element, depth int) error {
	if depth > maxDepth {
		return errBig
	}
	for p.at < p.end {
		token, err := p.u8()
		if err != nil {
			return err
		}
		switch token &^ moreData {
		case tokenEnd:
			return nil
		case tokenHeader:
			_, err = p.take(3)
		default:
			err = p.content(into, token, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// content reads one part of what an element holds.
func (p *parser) content(into *element, token byte, depth int) error {
	switch token &^ moreData {
	case tokenOpen:
		return p.open(into, token&moreData != 0, depth)
	case tokenTemplate:
		return p.template(into, depth)
	case tokenPITarget:
		_, err := p.name()
		return err
	case tokenPIData:
		_, err := p.prefixed()
		return err
	case tokenSubstitution, tokenOptionalSubstitution:
		return p.substitute(into, token == tokenOptionalSubstitution, depth)
	}
	return p.text(into, token)
}

// text reads a part of a text.
func (p *parser) text(into *element, token byte) error {
	var part winevent.Part
	var err error
	switch token &^ moreData {
	case tokenValue:
		part, err = p.value()
	case tokenCData:
		part.Text, err = p.prefixed()
	case tokenCharRef:
		var c int
		c, err = p.u16()
		part.Text = string(rune(c))
	case tokenEntityRef:
		var name string
		name, err = p.name()
		part.Text = entity(name)
	default:
		return fmt.Errorf("an unknown token %#x", token)
	}
	if err != nil {
		return err
	}
	return p.add(into, part)
}

var entities = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": `"`, "apos": "'"}

// entity is what a reference stands for; one that XML does not define is left as it is.
func entity(name string) string {
	if text, ok := entities[name]; ok {
		return text
	}
	return "&" + name + ";"
}

func (p *parser) add(into *element, part winevent.Part) error {
	into.Parts = append(into.Parts, part)
	return p.spend(weight(part))
}

// name is a text that elements, attributes and entities are called by.
type name struct {
	text  string
	size  int  // bytes in the chunk
	sound bool // the hash before it is right
}

// maxKeptName bounds the bytes of names that are kept for a chunk: they are short and many refer to each.
const maxKeptName = 512

// name reads a reference to a name; the first one to it has the name at its own place.
func (p *parser) name() (string, error) {
	p.own.name(p.at)
	offset, err := p.u32()
	if err != nil {
		return "", err
	}
	inline := offset == p.at
	n, err := p.nameAt(offset)
	if err != nil {
		return "", err
	}
	if err := p.spend(n.size); err != nil {
		return "", err
	}
	if inline {
		_, err = p.take(8 + n.size + 2)
	}
	return n.text, err
}

func (p *parser) nameAt(offset int) (name, error) {
	if n, ok := p.names[offset]; ok {
		return n, nil
	}
	at := &parser{chunk: p.chunk, at: offset, end: len(p.chunk)}
	if _, err := at.take(4); err != nil { // the next name of the same hash
		return name{}, err
	}
	hash, err := at.u16()
	if err != nil {
		return name{}, err
	}
	count, err := at.u16()
	if err != nil {
		return name{}, err
	}
	text, err := at.take(2 * count)
	if err != nil {
		return name{}, err
	}
	p.budget -= len(text)
	n := name{string(appendUTF16(nil, text)), len(text), hash == nameHash(text)}
	if p.names != nil && n.size <= maxKeptName {
		p.names[offset] = n
	}
	return n, nil
}

// prefixed reads a text with its length before it.
func (p *parser) prefixed() (string, error) {
	n, err := p.u16()
	if err != nil {
		return "", err
	}
	b, err := p.take(2 * n)
	return p.memory.utf16Text(b), err
}
