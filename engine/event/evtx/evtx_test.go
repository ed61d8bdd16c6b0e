package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// builder writes binary XML into a chunk, for logs that no machine wrote.
type builder struct{ chunk []byte }

func newBuilder() *builder {
	b := &builder{chunk: make([]byte, chunkHeader, chunkSize)}
	copy(b.chunk, chunkMagic)
	return b
}

func (b *builder) bytes(data ...byte) { b.chunk = append(b.chunk, data...) }
func (b *builder) u16(n int)          { b.chunk = binary.LittleEndian.AppendUint16(b.chunk, uint16(n)) }
func (b *builder) u32(n int)          { b.chunk = binary.LittleEndian.AppendUint32(b.chunk, uint32(n)) }

func (b *builder) utf16(text string) int {
	units := utf16.Encode([]rune(text))
	for _, u := range units {
		b.u16(int(u))
	}
	return len(units)
}

// name writes a name at its own place.
func (b *builder) name(text string) {
	b.u32(len(b.chunk) + 4)
	b.u32(0)
	b.u16(0)
	b.u16(len(utf16.Encode([]rune(text))))
	b.utf16(text)
	b.u16(0)
}

func (b *builder) open(name string, attrs ...string) {
	token := byte(tokenOpen)
	if len(attrs) > 0 {
		token |= 0x40
	}
	b.bytes(token)
	b.u16(0)
	b.u32(0)
	b.name(name)
	if len(attrs) > 0 {
		b.u32(0)
	}
	for i := 0; i < len(attrs); i += 2 {
		b.bytes(tokenAttribute)
		b.name(attrs[i])
		b.text(attrs[i+1])
	}
	b.bytes(tokenCloseStart)
}

func (b *builder) text(text string) {
	b.bytes(tokenValue, typeString)
	b.u16(len(utf16.Encode([]rune(text))))
	b.utf16(text)
}

func (b *builder) element(name, text string, attrs ...string) {
	b.open(name, attrs...)
	b.text(text)
	b.bytes(tokenClose)
}

// record writes one record around what body writes.
func (b *builder) record(body func()) {
	start := len(b.chunk)
	b.u32(recordMagic)
	b.u32(0)
	b.chunk = append(b.chunk, make([]byte, 16)...)
	b.bytes(tokenHeader, 1, 1, 0)
	body()
	b.bytes(tokenEnd)
	size := len(b.chunk) - start + 4
	b.u32(size)
	binary.LittleEndian.PutUint32(b.chunk[start+4:], uint32(size))
	binary.LittleEndian.PutUint32(b.chunk[48:], uint32(len(b.chunk)))
}

// file is a log of chunks.
func file(chunks ...*builder) []byte {
	out := make([]byte, fileHeader)
	copy(out, Magic)
	for _, c := range chunks {
		out = append(out, c.chunk...)
		out = append(out, make([]byte, chunkSize-len(c.chunk))...)
	}
	return out
}

func event(b *builder, id string) func() {
	return func() {
		b.open("Event")
		b.open("System")
		b.element("EventID", "1", "Qualifiers", "16384")
		b.element("EventRecordID", id)
		b.open("TimeCreated", "SystemTime", "2026-01-02T03:04:05Z")
		b.bytes(tokenClose)
		b.bytes(tokenClose)
		b.open("EventData")
		b.element("Data", `C:\é.exe`, "Name", "Image")
		b.element("Data", "x", "Name", "Twice")
		b.element("Data", "y", "Name", "Twice")
		b.element("Data", "loose")
		b.bytes(tokenClose)
		b.bytes(tokenClose)
	}
}

func want(id string) map[string]any {
	return map[string]any{"EventID": "1", "EventID_Qualifiers": "16384", "EventRecordID": id, "TimeCreated": "2026-01-02T03:04:05Z", "TimeCreated_SystemTime": "2026-01-02T03:04:05Z",
		"Image": `C:\é.exe`, "Twice": []any{"x", "y"}, "Data": "loose"}
}

func TestRecords(t *testing.T) {
	b, c := newBuilder(), newBuilder()
	b.record(event(b, "1"))
	b.record(event(b, "2"))
	c.record(event(c, "3"))
	records, damage := readAll(t, bytes.NewReader(file(b, newEmpty(), c)))
	assert.Empty(t, damage)
	assert.Equal(t, []map[string]any{want("1"), want("2"), want("3")}, records)
}

// newEmpty is a chunk that was never written.
func newEmpty() *builder { return &builder{} }

func TestDamageIsSaidAndReadOver(t *testing.T) {
	build := func(spoil func(chunk []byte)) []byte {
		b, c := newBuilder(), newBuilder()
		b.record(event(b, "1"))
		b.record(event(b, "2"))
		c.record(event(c, "3"))
		spoil(b.chunk)
		return file(b, c)
	}
	second := func(chunk []byte) int { return bytes.LastIndex(chunk, []byte{0x2a, 0x2a, 0, 0}) }
	cases := []struct {
		name   string
		data   []byte
		ids    []string
		damage []string
	}{
		{"no chunk", build(func(c []byte) { c[0] = 'x' }), []string{"3"}, []string{"chunk 1 does not begin as one"}},
		{"no record", build(func(c []byte) { c[second(c)] = 'x' }), []string{"1", "3"}, []string{"chunk 1: no record at byte 1226, the rest of the chunk is lost"}},
		{"a record of no size", build(func(c []byte) { binary.LittleEndian.PutUint32(c[second(c)+4:], 0) }), []string{"1", "3"}, []string{"chunk 1: the record at byte 1226 says it is 0 bytes long, the rest of the chunk is lost"}},
		{"a record that is too long", build(func(c []byte) { binary.LittleEndian.PutUint32(c[second(c)+4:], 1<<31) }), []string{"1", "3"}, []string{"chunk 1: the record at byte 1226 says it is 2147483648 bytes long, the rest of the chunk is lost"}},
		{"an unknown token", build(func(c []byte) { c[chunkHeader+recordHeader+4] = 0x3f }), []string{"2", "3"}, []string{"chunk 1: the record at byte 512 cannot be read: an unknown token 0x3f"}},
		{"cut off", build(func([]byte) {})[:fileHeader+chunkSize+100], []string{"1", "2"}, []string{"the file ends within chunk 2"}},
		{"cut off in the header", []byte(Magic), nil, []string{"the file ends within its header"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records, damage := readAll(t, bytes.NewReader(c.data))
			var ids []string
			for _, r := range records {
				ids = append(ids, r["EventRecordID"].(string))
			}
			assert.Equal(t, c.ids, ids)
			assert.Equal(t, c.damage, damage)
		})
	}
}

func TestValues(t *testing.T) {
	cases := []struct {
		kind byte
		data []byte
		want any
	}{
		{typeNull, nil, nil},
		{typeString, []byte{'a', 0, 0xe9, 0, 0, 0}, "aé"},
		{typeAnsi, []byte("abc\x00"), "abc"},
		{typeInt8, []byte{0xff}, int64(-1)},
		{typeUint8, []byte{0xff}, uint64(255)},
		{typeInt16, []byte{0xfe, 0xff}, int64(-2)},
		{typeUint16, []byte{1, 2}, uint64(513)},
		{typeInt32, []byte{0xff, 0xff, 0xff, 0xff}, int64(-1)},
		{typeUint32, []byte{1, 0, 0, 1}, uint64(1<<24 + 1)},
		{typeInt64, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, int64(-1)},
		{typeUint64, []byte{1, 0, 0, 0, 0, 0, 0, 0x80}, uint64(1<<63 + 1)},
		{typeReal64, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}, "1.5"},
		{typeBool, []byte{1, 0, 0, 0}, true},
		{typeBinary, []byte{0xde, 0xad}, "DEAD"},
		{typeGUID, []byte{0x5f, 0x38, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 6, 0xf5, 0x69, 0x8f, 0xfb, 0xd9}, "5770385F-C22A-43E0-BF4C-06F5698FFBD9"},
		{typeFileTime, []byte{0, 0x80, 0x3e, 0xd5, 0xde, 0xb1, 0x9d, 1}, "1970-01-01T00:00:00.0000000Z"},
		{typeFileTime, []byte{0xe3, 0x5f, 0xa4, 0x8d, 0x3e, 0x45, 0xdc, 0x1}, "2025-10-24T23:33:08.0921059Z"},
		{typeFileTime, []byte{0, 0, 0, 0, 0, 0, 0, 0}, "1601-01-01T00:00:00.0000000Z"},
		{typeSystemTime, []byte{0xea, 7, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}, "2026-01-02T03:04:05.0060000Z"},
		{typeSID, []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}, "S-1-5-18"},
		{typeHex32, []byte{0xe7, 3, 0, 0}, "0x3e7"},
		{typeHex64, []byte{0xe7, 3, 0, 0, 0, 0, 0, 0}, "0x3e7"},
		{typeSize, []byte{1, 0, 0, 0}, "0x1"},
		{typeArray | typeString, []byte{'a', 0, 0, 0, 'b', 0, 0, 0}, []any{"a", "b"}},
		{typeArray | typeUint8, []byte{1, 2}, []any{uint64(1), uint64(2)}},
	}
	for _, c := range cases {
		got, err := decode(c.kind, c.data)
		require.NoError(t, err, "%#x", c.kind)
		assert.Equal(t, c.want, got, "%#x", c.kind)
	}
	for _, c := range []struct {
		kind byte
		data []byte
	}{{0x7f, []byte{1}}, {typeInt32, []byte{1}}, {typeSID, []byte{1, 9, 0}}, {typeArray | typeUint16, []byte{1}}, {typeSize, []byte{1}}} {
		_, err := decode(c.kind, c.data)
		assert.Error(t, err, "%#x", c.kind)
	}
}

type broken struct{}

var errDisk = errors.New("the disk is gone")

func (broken) Read([]byte) (int, error) { return 0, errDisk }

func TestStreamErrorsAreTheStreams(t *testing.T) {
	_, err := NewReader(broken{}).Next()
	assert.ErrorIs(t, err, errDisk)
}

// FuzzRecords reads anything as a log: it ends, and never panics.
func FuzzRecords(f *testing.F) {
	b := newBuilder()
	b.record(event(b, "1"))
	f.Add(b.chunk)
	if base := os.Getenv("DECREE_CORPUS"); base != "" {
		paths, err := filepath.Glob(filepath.Join(base, "sigmahq", "regression_data", "rules", "windows", "*", "*", "*.evtx"))
		require.NoError(f, err)
		for _, p := range paths[:min(len(paths), 10)] {
			data, err := os.ReadFile(p)
			require.NoError(f, err)
			f.Add(data[fileHeader:min(len(data), fileHeader+12_000)])
		}
	}
	f.Fuzz(func(t *testing.T, chunk []byte) {
		data := append(append([]byte(Magic), make([]byte, fileHeader-len(Magic))...), chunk...)
		if pad := (chunkSize - len(chunk)%chunkSize) % chunkSize; pad > 0 {
			data = append(data, make([]byte, pad)...)
		}
		r := NewReader(io.MultiReader(bytes.NewReader(data), strings.NewReader("")))
		for n := 0; ; n++ {
			require.Less(t, n, len(data), "it does not end")
			if _, err := r.Next(); errors.Is(err, io.EOF) {
				return
			}
		}
	})
}
