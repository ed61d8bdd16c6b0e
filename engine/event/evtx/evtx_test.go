package evtx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event/winevent"
)

func readAll(t testing.TB, in io.Reader) (records []map[string]any, damage []string) {
	t.Helper()
	return drain(t, NewReader(in))
}

func drain(t testing.TB, r *Reader) (records []map[string]any, damage []string) {
	t.Helper()
	for {
		record, err := r.Next()
		var d Damage
		switch {
		case errors.Is(err, io.EOF):
			return records, damage
		case errors.As(err, &d):
			damage = append(damage, d.Reason)
		default:
			require.NoError(t, err)
			records = append(records, record.Fields().Map())
		}
	}
}

func event(b *builder, id string) func() {
	return func() {
		b.open("Event")
		b.open("System")
		b.element("EventID", "1", "Qualifiers", "16384")
		b.element("EventRecordID", id)
		b.open("TimeCreated", "SystemTime", "2026-01-02T03:04:05Z")
		b.close()
		b.close()
		b.open("EventData")
		b.element("Data", `C:\é.exe`, "Name", "Image")
		b.element("Data", "x", "Name", "Twice")
		b.element("Data", "y", "Name", "Twice")
		b.element("Data", "loose")
		b.close()
		b.close()
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

func TestDamage(t *testing.T) {
	const magic, size = 0, 4 // of a record
	build := func(spoil func(chunk []byte)) []byte {
		b, c := newBuilder(), newBuilder()
		for _, id := range []string{"1", "2", "3"} {
			b.record(event(b, id))
		}
		c.record(event(c, "4"))
		spoil(b.finish())
		return file(b, c)
	}
	second := chunkHeader + recordHeader + len(recordOf(event, "1")) // the record that is spoiled
	const unsound = "a checksum does not match in chunk 1: the records were read all the same"
	cases := []struct {
		name   string
		data   []byte
		ids    string
		damage []string
		notes  []string
	}{
		{"a chunk without its magic", build(func(c []byte) { c[0] = 'x' }), "1 2 3 4", nil, []string{unsound}},
		{"a chunk without a header", build(func(c []byte) { clear(c[:chunkHeader]) }), "1 2 3 4", nil, []string{unsound}},
		{"a chunk whose end is outside of it", build(func(c []byte) { c[50] = 9 }), "1 2 3 4", nil, []string{unsound}},
		{"no chunk", build(func(c []byte) { clear(c[:chunkHeader+4]); c[9] = 'x' }), "4", []string{"chunk 1 does not begin as one: nothing of what stands there was read"}, nil},
		{"no record", build(func(c []byte) { c[second+magic] = 'x' }), "1 3 4", []string{"chunk 1: no record at byte 1116, read on at byte 1462"}, []string{unsound}},
		{"a record of no size", build(func(c []byte) { binary.LittleEndian.PutUint32(c[second+size:], 0) }), "1 3 4", []string{"chunk 1: no record at byte 1116, read on at byte 1462"}, []string{unsound}},
		{"a record that is too long", build(func(c []byte) { binary.LittleEndian.PutUint32(c[second+size:], 1<<31) }), "1 3 4", []string{"chunk 1: no record at byte 1116, read on at byte 1462"}, []string{unsound}},
		{"an unknown token", build(func(c []byte) { c[chunkHeader+recordHeader+4] = 0x3f }), "2 3 4", []string{"chunk 1: the record at byte 512 cannot be read: an unknown token 0x3f"}, []string{unsound}},
		{"cut off between records", build(func([]byte) {})[:fileHeader+chunkSize+100], "1 2 3", []string{"the file ends within chunk 2"}, nil},
		{"cut off in a record", build(func([]byte) {})[:fileHeader+second+500], "1 2", []string{"the file ends within chunk 1", "the file ends before chunk 2 of the 2 that its header counts"}, nil},
		{"cut off between chunks", build(func([]byte) {})[:fileHeader+chunkSize], "1 2 3", []string{"the file ends before chunk 2 of the 2 that its header counts"}, nil},
		{"cut off behind the header", build(func([]byte) {})[:fileHeader], "", []string{"the file ends before chunk 1 of the 2 that its header counts"}, nil},
		{"cut off behind the records", build(func([]byte) {})[:fileHeader+chunkSize+4000], "1 2 3 4", nil, nil},
		{"cut off in the header", []byte(Magic), "", []string{"the file ends within its header"}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(bytes.NewReader(c.data))
			records, damage := drain(t, r)
			assert.Equal(t, c.ids, ids(records))
			assert.Equal(t, c.damage, damage)
			assert.Equal(t, c.notes, r.Notes())
		})
	}
}

func ids(records []map[string]any) string {
	var out []string
	for _, r := range records {
		out = append(out, fmt.Sprint(r["EventRecordID"]))
	}
	return strings.Join(out, " ")
}

// TestFileHeader reads logs whose own header is damaged, missing or says that the log was in use.
func TestFileHeader(t *testing.T) {
	b := newBuilder()
	b.record(event(b, "1"))
	whole := file(b)
	spoilt := func(spoil func(data []byte)) []byte {
		data := bytes.Clone(whole)
		spoil(data)
		return data
	}
	for _, c := range []struct {
		name string
		data []byte
		note string
	}{
		{"of zeros", spoilt(func(d []byte) { clear(d[:fileHeader]) }), "the file's header is damaged"},
		{"without its magic", spoilt(func(d []byte) { d[0] = 'x' }), "the file's header is damaged"},
		{"of which a part is missing", whole[1000:], "the file's header is damaged"},
		{"missing", whole[fileHeader:], "the file has no header: it begins with a chunk"},
		{"with another checksum", spoilt(func(d []byte) { d[124]++ }), "the checksum of the file's header does not match"},
		{"marked as in use", spoilt(func(d []byte) { d[120] = 1 }), "the log was not closed when it was copied: its newest events may be missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.True(t, Detect(c.data[:DetectSize]))
			r := NewReader(bytes.NewReader(c.data))
			records, damage := drain(t, r)
			assert.Empty(t, damage)
			assert.Equal(t, "1", ids(records))
			assert.Equal(t, []string{c.note}, r.Notes())
		})
	}
}

// TestLeftOver holds that records behind the end of a chunk's records are counted and not read, however
// many there are, and that bytes between chunks hide none.
func TestLeftOver(t *testing.T) {
	older := func(records int) *builder {
		b := newBuilder()
		b.record(event(b, "1"))
		end, last := b.free, b.last
		for range records {
			b.record(event(b, "13"))
		}
		b.free, b.last, b.records = end, last, 1
		return b
	}
	read := func(data []byte) (string, []string, []string) {
		r := NewReader(bytes.NewReader(data))
		records, damage := drain(t, r)
		return ids(records), damage, r.Notes()
	}

	found, damage, notes := read(file(older(1)))
	assert.Equal(t, "1", found)
	assert.Empty(t, damage)
	assert.Equal(t, []string{"1 left-over record of an older log in unused space: not read"}, notes)

	found, damage, notes = read(file(older(90), older(0), older(10)))
	assert.Equal(t, "1 1 1", found)
	assert.Empty(t, damage)
	assert.Equal(t, []string{"100 left-over records of an older log in unused space: not read"}, notes)

	b := older(3)
	clear(b.finish()[:chunkHeader]) // without a header the numbers of the records tell
	binary.LittleEndian.PutUint64(b.chunk[b.free+8:], 1)
	found, damage, notes = read(file(b))
	assert.Equal(t, "1", found)
	assert.Empty(t, damage)
	assert.Equal(t, []string{"a checksum does not match in chunk 1: the records were read all the same", "3 left-over records of an older log in unused space: not read"}, notes)

	whole := file(older(0), older(0))
	shifted := append(append(bytes.Clone(whole[:fileHeader+chunkSize]), "noise"...), whole[fileHeader+chunkSize:]...)
	found, damage, _ = read(shifted)
	assert.Equal(t, "1 1", found)
	assert.Equal(t, []string{"chunk 2 does not begin as one: nothing of what stands there was read"}, damage)

	var junk []byte
	for range 300 {
		junk = append(junk, bytes.Repeat([]byte("junk"), chunkSize/4)...)
	}
	found, damage, _ = read(append(whole, junk...))
	assert.Equal(t, "1 1", found)
	assert.Equal(t, []string{"chunks 3, 4, 5, 6, 7 and 295 more do not begin as one: nothing of what stands there was read"}, damage)
}

// recordOf gives the bytes of a record behind its header, as the first of a chunk.
func recordOf(body func(*builder, string) func(), id string) []byte {
	b := newBuilder()
	b.record(body(b, id))
	return b.chunk[chunkHeader+recordHeader:]
}

func TestValues(t *testing.T) {
	sid := []byte{1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0}
	guid := []byte{0x5f, 0x38, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 6, 0xf5, 0x69, 0x8f, 0xfb, 0xd9}
	cases := []struct {
		kind byte
		data []byte
		want any
	}{
		{typeString, []byte{'a', 0, 0xe9, 0, 0, 0}, "aé"},
		{typeString, []byte{'a', 0, 0, 0, 'b', 0, 0, 0, 0, 0}, "a\x00b"},
		{typeString, []byte{0x3d, 0xd8, 0, 0xde, 0x3d, 0xd8}, "😀\uFFFD"},
		{typeString, nil, ""},
		{typeAnsi, []byte("abc\x00"), "abc"},
		{typeAnsi, []byte("é"), "é"},
		{typeAnsi, []byte{'M', 0xfc, 'l', 'l', 0x80, 0x81}, "Müll€\uFFFD"},
		{typeInt8, []byte{0xff}, int64(-1)},
		{typeUint8, []byte{0xff}, uint64(255)},
		{typeInt16, []byte{0xfe, 0xff}, int64(-2)},
		{typeUint16, []byte{1, 2}, uint64(513)},
		{typeInt32, []byte{0xff, 0xff, 0xff, 0xff}, int64(-1)},
		{typeUint32, []byte{1, 0, 0, 1}, uint64(1<<24 + 1)},
		{typeInt64, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, int64(-1)},
		{typeUint64, []byte{1, 0, 0, 0, 0, 0, 0, 0x80}, uint64(1<<63 + 1)},
		{typeReal32, []byte{0, 0, 0xc0, 0x3f}, "1.5"},
		{typeReal32, []byte{0, 0x24, 0x74, 0x49}, "1000000"},
		{typeReal32, []byte{0, 0, 0x80, 0xff}, "-1.#INF"},
		{typeReal64, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x3f}, "1.5"},
		{typeReal64, []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x7f}, "1.#INF"},
		{typeReal64, []byte{0, 0, 0, 0, 0, 0, 0xf8, 0xff}, "-1.#IND"},
		{typeBool, []byte{1, 0, 0, 0}, true},
		{typeBool, []byte{0, 0, 0, 0}, false},
		{typeBool, []byte{1}, true},
		{typeBinary, []byte{0xde, 0xad}, "DEAD"},
		{typeBinary, nil, ""},
		{typeGUID, guid, "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"},
		{typeFileTime, []byte{0, 0x80, 0x3e, 0xd5, 0xde, 0xb1, 0x9d, 1}, "1970-01-01T00:00:00.0000000Z"},
		{typeFileTime, []byte{0xe3, 0x5f, 0xa4, 0x8d, 0x3e, 0x45, 0xdc, 0x1}, "2025-10-24T23:33:08.0921059Z"},
		{typeFileTime, []byte{0, 0, 0, 0, 0, 0, 0, 0}, "1601-01-01T00:00:00.0000000Z"},
		{typeFileTime, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "60056-05-28T05:36:10.9551615Z"},
		{typeSystemTime, []byte{0xea, 7, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}, "2026-01-02T03:04:05.0060000Z"},
		{typeSystemTime, make([]byte, 16), "0000-00-00T00:00:00.0000000Z"},
		{typeSID, sid, "S-1-5-18"},
		{typeSID, []byte{1, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}, "S-1-0x123456789abc"},
		{typeHex32, []byte{0xe7, 3, 0, 0}, "0x3e7"},
		{typeHex32, []byte{0, 0, 0, 0}, "0x0"},
		{typeHex64, []byte{0xe7, 3, 0, 0, 0, 0, 0, 0}, "0x3e7"},
		{typeHex64, []byte{0, 0, 0, 0, 0, 0, 0x80, 0}, "0x80000000000000"},
		{typeSize, []byte{1, 0, 0, 0}, "0x1"},
		{typeSize, []byte{1, 0, 0, 0, 0, 0, 0, 0}, "0x1"},
		{typeArray | typeNull, nil, []any{}},
		{typeArray | typeString, nil, []any{}},
		{typeArray | typeString, []byte{'a', 0, 0, 0, 'b', 0, 0, 0}, []any{"a", "b"}},
		{typeArray | typeString, []byte{'a', 0, 0, 0, 0, 0, 'b', 0}, []any{"a", "", "b"}},
		{typeArray | typeAnsi, []byte("a\x00\x00\xfc"), []any{"a", "", "ü"}},
		{typeArray | typeUint8, []byte{1, 2}, []any{uint64(1), uint64(2)}},
		{typeArray | typeInt32, []byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, []any{int64(1), int64(-1)}},
		{typeArray | typeBool, []byte{1, 0, 0, 0, 0, 0, 0, 0}, []any{true, false}},
		{typeArray | typeGUID, guid, []any{"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"}},
		{typeArray | typeSID, slices.Concat(sid, sid), []any{"S-1-5-18", "S-1-5-18"}},
		{typeArray | typeSize, []byte{1, 0, 0, 0, 0, 0, 0, 0}, []any{"0x1"}},
		{typeArray | typeSize, []byte{1, 0, 0, 0}, []any{"0x1"}},
		{typeArray | typeHex64, []byte{1, 0, 0, 0, 0, 0, 0, 0}, []any{"0x1"}},
	}
	for _, c := range cases {
		got, err := (&memory{}).decode(c.kind, c.data)
		require.NoError(t, err, "%#x", c.kind)
		if list, ok := c.want.([]any); ok && len(list) == 0 {
			assert.Equal(t, []winevent.Value{}, got.List, "%#x", c.kind)
			continue
		}
		var field winevent.Collector
		field.Field("v", got)
		want := c.want
		if list, ok := want.([]any); ok && len(list) == 1 {
			want = list[0]
		}
		assert.Equal(t, numbered(want), field.Take().Map()["v"], "%#x", c.kind)
	}
	for _, c := range []struct {
		kind byte
		data []byte
		want string
	}{
		{0x7f, []byte{1}, "an unknown type of value 0x7f"},
		{typeInt32, []byte{1, 2, 3}, "a value of type 0x7 with 3 bytes"},
		{typeReal32, []byte{1}, "a value of type 0xb with 1 bytes"},
		{typeGUID, []byte{1}, "a value of type 0xf with 1 bytes"},
		{typeSID, []byte{1, 9, 0}, "a security identifier of 3 bytes"},
		{typeSID, []byte{1, 9, 0, 0, 0, 0, 0, 5}, "a security identifier of 8 bytes"},
		{typeArray | typeSID, []byte{1}, "a security identifier of 1 bytes"},
		{typeArray | typeUint16, []byte{1, 0, 1}, "an array of type 0x6 with 1 bytes at its end"},
		{typeArray | typeBinary, []byte{1}, "an array of type 0xe with 1 bytes at its end"},
	} {
		_, err := (&memory{}).decode(c.kind, c.data)
		assert.EqualError(t, err, c.want)
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
