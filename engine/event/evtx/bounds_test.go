package evtx

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestATemplateInItselfEnds reads a template that stands in itself.
func TestATemplateInItselfEnds(t *testing.T) {
	b := newBuilder()
	b.record(func() {
		b.open("Event")
		at := len(b.chunk)
		b.bytes(tokenTemplate, 1)
		b.u32(1)
		b.u32(at + 10) // defined here
		b.u32(0)
		b.chunk = append(b.chunk, make([]byte, 16)...)
		b.u32(14)
		b.bytes(tokenTemplate, 1) // and in itself
		b.u32(1)
		b.u32(at + 10)
		b.u32(0)
		b.u32(0)
	})
	records, damage := readAll(t, bytes.NewReader(file(b)))
	assert.Empty(t, records)
	require.Len(t, damage, 1)
	assert.Contains(t, damage[0], "it is larger than a record can be")
}

// repeats is a log of so many records that all use one template at a place of its own, whose body is
// what fill writes. Each record gives the template one text of that length.
func repeats(records, text int, fill func(b *builder)) []byte {
	const place = 40_000
	b := newBuilder()
	for range records {
		b.record(func() {
			b.open("Event")
			b.bytes(tokenTemplate, 1)
			b.u32(1)
			b.u32(place)
			b.u32(1)
			b.u16(2 * text)
			b.bytes(typeString, 0)
			b.utf16(strings.Repeat("a", text))
			b.bytes(tokenClose)
		})
	}
	b.chunk = append(b.chunk, make([]byte, place-len(b.chunk))...)
	b.template(func() { fill(b) })
	return file(b)
}

// use writes an instance without values of the template at a place.
func (b *builder) use(place int) {
	b.bytes(tokenTemplate, 1)
	b.u32(1)
	b.u32(place - 24)
	b.u32(0)
}

// template writes a definition around what body writes.
func (b *builder) template(body func()) {
	at := len(b.chunk)
	b.chunk = append(b.chunk, make([]byte, 24)...)
	body()
	size := len(b.chunk) - at - 24
	b.chunk[at+20], b.chunk[at+21] = byte(size), byte(size>>8)
}

// TestTemplatesCannotMultiply holds that what templates repeat is bounded: other templates, a text,
// a name, a list, and bytes that make nothing.
func TestTemplatesCannotMultiply(t *testing.T) {
	cases := []struct {
		name string
		text int
		fill func(b *builder)
	}{
		{"templates, twice each over sixty levels", 1, func(b *builder) {
			for range 60 {
				next := len(b.chunk) + 28
				for range 2 {
					b.use(next + 24)
				}
				b.chunk = append(b.chunk, make([]byte, 20)...)
				b.u32(28)
			}
		}},
		{"a text", 10_000, func(b *builder) {
			for range 4000 {
				b.bytes(tokenSubstitution, 0, 0, typeString)
			}
		}},
		{"a name", 1, func(b *builder) {
			b.open(strings.Repeat("n", 6000))
			at := len(b.chunk) - 1 - 2 - 2*6000 - 8
			for range 1000 {
				b.bytes(tokenOpen)
				b.u16(0)
				b.u32(0)
				b.u32(at)
				b.bytes(tokenCloseEmpty)
			}
		}},
		{"a template that makes nothing", 1, func(b *builder) {
			next := len(b.chunk) + 1000*14
			for range 1000 {
				b.use(next + 24)
			}
			b.chunk = append(b.chunk, make([]byte, 20)...)
			b.u32(8000)
			for range 2000 {
				b.bytes(tokenHeader, 1, 1, 0)
			}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			log := repeats(1, c.text, c.fill)
			began := time.Now()
			records, damage := readAll(t, bytes.NewReader(log))
			assert.Empty(t, records)
			require.Len(t, damage, 1)
			assert.Contains(t, damage[0], "it is larger than a record can be")
			assert.Less(t, time.Since(began), time.Minute)
		})
	}
}

// TestRecordsCannotMultiply holds that the records of a chunk are bounded together too.
func TestRecordsCannotMultiply(t *testing.T) {
	const inRecord = 10_000
	records, damage := readAll(t, bytes.NewReader(repeats(400, 1, func(b *builder) {
		for range inRecord / 4 {
			b.bytes(tokenSubstitution, 0, 0, typeString)
		}
	})))
	most := maxChunkWeight / (inRecord / 4 * nodeWeight)
	assert.LessOrEqual(t, len(records), most)
	assert.Greater(t, len(records), most/2)
	assert.Len(t, damage, 400-len(records))
}
