package evtx

import (
	"encoding/binary"
	"hash/crc32"
	"unicode/utf16"
)

// builder writes binary XML into a chunk, for logs that no machine wrote.
type builder struct {
	chunk    []byte
	names    map[string]int // where each is
	defined  bool           // a template's definition is being written
	sizes    []int          // where those of the open elements stand
	records  int
	free     int // where the records end
	last     int // where the last record begins
	finished bool
}

func newBuilder() *builder {
	b := &builder{chunk: make([]byte, chunkHeader, chunkSize), names: map[string]int{}, free: chunkHeader}
	copy(b.chunk, chunkMagic)
	return b
}

// newEmpty is a chunk that was never written.
func newEmpty() *builder { return &builder{finished: true} }

func (b *builder) bytes(data ...byte) { b.chunk = append(b.chunk, data...) }
func (b *builder) u16(n int)          { b.chunk = binary.LittleEndian.AppendUint16(b.chunk, uint16(n)) }
func (b *builder) u32(n int)          { b.chunk = binary.LittleEndian.AppendUint32(b.chunk, uint32(n)) }
func (b *builder) u64(n int)          { b.chunk = binary.LittleEndian.AppendUint64(b.chunk, uint64(n)) }

// patch writes the number of bytes behind a place into it.
func (b *builder) patch(at int) {
	binary.LittleEndian.PutUint32(b.chunk[at:], uint32(len(b.chunk)-at-4))
}

func utf16Bytes(text string) (out []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// name writes a reference to a name, and the name itself where it is the first.
func (b *builder) name(text string) {
	if at, ok := b.names[text]; ok {
		b.u32(at)
		return
	}
	b.u32(len(b.chunk) + 4)
	b.nameHere(text)
}

func (b *builder) nameHere(text string) {
	b.names[text] = len(b.chunk)
	units := utf16Bytes(text)
	b.u32(0)
	b.u16(nameHash(units))
	b.u16(len(units) / 2)
	b.bytes(units...)
	b.u16(0)
}

// begin writes the start of an element; within a template's definition it depends on the value of that number, or on
// none.
func (b *builder) begin(name string, dependency int, attributes bool) {
	token := byte(tokenOpen)
	if attributes {
		token |= moreData
	}
	b.bytes(token)
	if b.defined {
		b.u16(dependency)
	}
	b.sizes = append(b.sizes, len(b.chunk))
	b.u32(0)
	b.name(name)
}

// end closes the innermost element with that token.
func (b *builder) end(token byte) {
	b.bytes(token)
	b.patch(b.sizes[len(b.sizes)-1])
	b.sizes = b.sizes[:len(b.sizes)-1]
}

func (b *builder) close() { b.end(tokenClose) }

func (b *builder) open(name string, attrs ...string) {
	b.begin(name, noDependency, len(attrs) > 0)
	if len(attrs) > 0 {
		at := len(b.chunk)
		b.u32(0)
		for i := 0; i < len(attrs); i += 2 {
			token := byte(tokenAttribute)
			if i+2 < len(attrs) {
				token |= moreData
			}
			b.bytes(token)
			b.name(attrs[i])
			b.text(attrs[i+1])
		}
		b.patch(at)
	}
	b.bytes(tokenCloseStart)
}

const noDependency = 0xffff

func (b *builder) text(text string) {
	b.bytes(tokenValue, typeString)
	b.prefixed(text)
}

func (b *builder) prefixed(text string) {
	units := utf16Bytes(text)
	b.u16(len(units) / 2)
	b.bytes(units...)
}

func (b *builder) element(name, text string, attrs ...string) {
	b.open(name, attrs...)
	b.text(text)
	b.close()
}

func (b *builder) header() { b.bytes(tokenHeader, 1, 1, 0) }

// definition writes a template's definition around what body writes, without its token and its offset.
func (b *builder) definition(body func()) {
	place := len(b.chunk)
	b.u32(0)
	b.u32(place) // the GUID, which begins with the number that instances call it by
	b.chunk = append(b.chunk, make([]byte, 12)...)
	at := len(b.chunk)
	b.u32(0)
	before := b.defined
	b.defined = true
	b.header()
	body()
	b.bytes(tokenEnd)
	b.defined = before
	b.patch(at)
}

// use writes an instance of the template that is defined at a place.
func (b *builder) use(place int, values ...variantData) {
	b.bytes(tokenTemplate, 1)
	b.u32(place)
	b.u32(place)
	b.variants(values)
}

// useHere writes an instance of a template that is defined at its place. The values are those that body asks for. It
// gives the place of the definition.
func (b *builder) useHere(body func(), values func() []variantData) (place int) {
	b.bytes(tokenTemplate, 1)
	place = len(b.chunk) + 8
	b.u32(place)
	b.u32(place)
	b.definition(body)
	b.variants(values())
	return place
}

func (b *builder) variants(values []variantData) {
	b.u32(len(values))
	sizes := len(b.chunk)
	for _, v := range values {
		b.u16(0)
		b.bytes(v.kind, 0)
	}
	for i, v := range values {
		at := len(b.chunk)
		if v.write != nil {
			before := b.defined
			b.defined = false
			v.write()
			b.defined = before
		}
		b.bytes(v.data...)
		binary.LittleEndian.PutUint16(b.chunk[sizes+4*i:], uint16(len(b.chunk)-at))
	}
}

// variantData is a value of a template's instance. One that is binary XML is written at its place.
type variantData struct {
	kind  byte
	data  []byte
	write func()
}

func (b *builder) substitution(i int, kind byte) {
	b.bytes(tokenSubstitution)
	b.u16(i)
	b.bytes(kind)
}

// record writes one record around what body writes.
func (b *builder) record(body func()) {
	start := len(b.chunk)
	b.records++
	b.bytes([]byte(recordMagic)...)
	b.u32(0)
	b.u64(b.records)
	b.u64(0)
	b.header()
	body()
	b.bytes(tokenEnd)
	size := len(b.chunk) - start + 4
	b.u32(size)
	binary.LittleEndian.PutUint32(b.chunk[start+4:], uint32(size))
	b.last, b.free = start, len(b.chunk)
}

// finish writes the chunk's header.
func (b *builder) finish() []byte {
	if b.finished {
		return b.chunk
	}
	b.finished = true
	le := binary.LittleEndian
	for i, n := range []int{1, b.records, 1, b.records} {
		le.PutUint64(b.chunk[8+8*i:], uint64(n))
	}
	for i, n := range []int{128, b.last, b.free, int(crc32.ChecksumIEEE(b.chunk[chunkHeader:b.free]))} {
		le.PutUint32(b.chunk[40+4*i:], uint32(n))
	}
	le.PutUint32(b.chunk[124:], crc32.Update(crc32.ChecksumIEEE(b.chunk[:120]), crc32.IEEETable, b.chunk[128:chunkHeader]))
	return b.chunk
}

// file is a log of chunks.
func file(chunks ...*builder) []byte {
	out := make([]byte, fileHeader)
	copy(out, Magic)
	le := binary.LittleEndian
	le.PutUint32(out[32:], 128)
	le.PutUint16(out[36:], 1)
	le.PutUint16(out[38:], 3)
	le.PutUint16(out[40:], fileHeader)
	le.PutUint16(out[42:], uint16(len(chunks)))
	le.PutUint32(out[124:], crc32.ChecksumIEEE(out[:120]))
	for _, c := range chunks {
		out = append(out, c.finish()...)
		out = append(out, make([]byte, chunkSize-len(c.chunk))...)
	}
	return out
}
