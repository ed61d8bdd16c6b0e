package evtx

import (
	"bytes"
	"encoding/binary"
	"strings"

	"decree/engine/event/winevent"
)

// definitions knows the templates of a log again in each chunk, which has its own definitions of them. Two definitions
// are of one template if their bytes are the same, but for the places of names, and if the names at these are the same.
// FuzzShapes compares the outcome with the full reading.
type definitions struct {
	known map[string][]*definition // by their GUIDs
	// by the keys of walks, in which a number stands for a template; nil for records that have none
	shapes map[string]*Shape
	weight int // of all shapes and definitions
	last   int // number that was given last
}

// definition is a template as it is defined in some chunk, from its GUID on.
type definition struct {
	number int
	bytes  []byte
	names  []nameRef
}

// nameRef is the place of a name in a definition: the offset of the name in its chunk. The name follows it, or is
// elsewhere.
type nameRef struct {
	at     int    // in the definition's bytes
	inline bool   // the name follows
	name   []byte // else: its hash, length and text
}

// The bounds of what is known. Beyond them everything is forgotten.
const (
	maxDefinitionWeight = 16 << 20 // weight, as that of records
	maxAlike            = 8        // definitions with one GUID
)

const (
	definitionHead = 4      // bytes before the GUID: the place of another template
	definitionBody = 16 + 4 // place of the body behind it, after the GUID and the size
)

func newDefinitions() definitions {
	return definitions{known: map[string][]*definition{}, shapes: map[string]*Shape{}}
}

// find gives the template that is defined at a place of a chunk. Its number is new if it is not known.
func (d *definitions) find(chunk []byte, offset int) template {
	if b := definedAt(chunk, offset); b != nil {
		for _, known := range d.known[string(b[:16])] {
			if known.isAt(chunk, offset+definitionHead, b) {
				return template{known.number, true}
			}
		}
	}
	d.last++
	return template{d.last, false}
}

// definedAt gives the bytes of a definition, from its GUID on, or nil.
func definedAt(chunk []byte, offset int) []byte {
	at := offset + definitionHead
	if offset < 0 || at+definitionBody > len(chunk) {
		return nil
	}
	size := int(binary.LittleEndian.Uint32(chunk[at+16:]))
	if size < 0 || size > len(chunk)-at-definitionBody {
		return nil
	}
	return chunk[at : at+definitionBody+size]
}

// isAt tells whether the definition whose bytes begin at a place of a chunk is of the same template.
func (d *definition) isAt(chunk []byte, at int, b []byte) bool {
	if len(b) != len(d.bytes) {
		return false
	}
	from := 0
	for i := range d.names {
		n := &d.names[i]
		if !bytes.Equal(b[from:n.at], d.bytes[from:n.at]) {
			return false
		}
		from = n.at + 4
		place := int(binary.LittleEndian.Uint32(b[n.at:]))
		if n.inline != (place == at+from) {
			return false
		}
		if n.inline {
			from += 4 // the place of another name
			continue
		}
		if place += 4; place < 4 || place > len(chunk)-len(n.name) || !bytes.Equal(chunk[place:place+len(n.name)], n.name) {
			return false
		}
	}
	return bytes.Equal(b[from:], d.bytes[from:])
}

// learn keeps a definition of a chunk.
func (d *definitions) learn(number int, chunk []byte, t *defined) {
	b := definedAt(chunk, t.offset)
	if b == nil || len(d.known[string(b[:16])]) >= maxAlike {
		return
	}
	def := &definition{number: number, bytes: bytes.Clone(b)}
	begin, last := t.offset+definitionHead, 0
	for _, place := range t.names {
		at := place - begin
		if at < last || at+4 > len(b) {
			return
		}
		ref := nameRef{at: at}
		name := int(binary.LittleEndian.Uint32(b[at:]))
		last = at + 4
		if ref.inline = name == place+4; ref.inline {
			last += 4
		} else {
			size := 2 * int(binary.LittleEndian.Uint16(chunk[name+6:]))
			ref.name = bytes.Clone(chunk[name+4 : name+8+size])
		}
		def.names = append(def.names, ref)
	}
	d.known[string(b[:16])] = append(d.known[string(b[:16])], def)
	d.weight += 2*len(b) + nodeWeight*len(t.names)
}

// keep keeps the shape of records with a key.
func (d *definitions) keep(key []byte, s *Shape) {
	d.shapes[string(key)] = s
	d.weight += 2*len(key) + nodeWeight
	if s != nil {
		d.weight += s.weight
	}
}

// forget makes room, if there is too much.
func (d *definitions) forget() {
	if d.weight > maxDefinitionWeight {
		*d = definitions{known: map[string][]*definition{}, shapes: map[string]*Shape{}, last: d.last}
	}
}

// kept gives a value of a shape. A text of the template is a copy, and a value of a record has none.
func kept(v winevent.Value) winevent.Value {
	if v.Place > 0 {
		return winevent.Value{Place: v.Place}
	}
	v.Text = strings.Clone(v.Text)
	return v
}
