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
		at := len(b.chunk) + 10
		b.useHere(func() { b.use(at) }, func() []variantData { return nil })
		b.close()
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
			b.use(place, variantData{kind: typeString, data: utf16Bytes(strings.Repeat("a", text))})
			b.close()
		})
	}
	b.chunk = append(b.chunk, make([]byte, place-len(b.chunk))...)
	b.definition(func() { fill(b) })
	return file(b)
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
				next := len(b.chunk) + 2*14 // behind the two instances
				b.use(next)
				b.use(next)
				b.chunk = append(b.chunk, make([]byte, 20)...)
				b.u32(2*14 + 24)
			}
		}},
		{"a text", 10_000, func(b *builder) {
			for range 4000 {
				b.substitution(0, typeString)
			}
		}},
		{"a name", 1, func(b *builder) {
			for range 1000 {
				b.begin(strings.Repeat("n", 6000), noDependency, false)
				b.end(tokenCloseEmpty)
			}
		}},
		{"a name whose hash is wrong", 1, func(b *builder) {
			name := strings.Repeat("n", 6000)
			for range 1000 {
				b.begin(name, noDependency, false)
				b.end(tokenCloseEmpty)
			}
			b.chunk[b.names[name]+4]++
		}},
		{"a template that makes nothing", 1, func(b *builder) {
			next := len(b.chunk) + 1000*14
			for range 1000 {
				b.use(next)
			}
			b.chunk = append(b.chunk, make([]byte, 20)...)
			b.u32(8000)
			for range 2000 {
				b.header()
			}
		}},
		{"an array in many places", 10_000, func(b *builder) {
			for range 1000 {
				b.open("Data")
				b.substitution(0, typeArray|typeString)
				b.close()
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
			b.substitution(0, typeString)
		}
	})))
	most := maxChunkWeight / (inRecord / 4 * nodeWeight)
	assert.LessOrEqual(t, len(records), most)
	assert.Greater(t, len(records), most/2)
	assert.Len(t, damage, 400-len(records))
}

// TestRecordsThatEndTooEarly cuts records of every token off at each byte: none of them is an event, and none is a
// panic.
func TestRecordsThatEndTooEarly(t *testing.T) {
	for seed := range uint64(4) {
		g := &generator{dice: dice(seed), b: newBuilder()}
		g.events(3, nil)
		c := chunk{data: file(g.b)[fileHeader:]}
		c.open()
		for {
			at, _ := c.next()
			if at == 0 {
				break
			}
			read := func(end int) (*element, error) {
				p := &parser{chunk: c.data, at: at + recordHeader, end: end, budget: maxRecordWeight, memory: &memory{}}
				root := &element{}
				return root, p.fragment(root, 0)
			}
			whole, err := read(c.at - 5) // without the end of the stream
			require.NoError(t, err)
			for end := at + recordHeader; end < c.at-5; end++ {
				if got, err := read(end); err == nil && len(got.Children) > 0 {
					assert.Equal(t, whole, got, "cut off at %d", end) // what stands behind the event was
				}
			}
		}
	}
}
