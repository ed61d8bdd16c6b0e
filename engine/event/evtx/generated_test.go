package evtx

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the recordings of testdata again")

// sample is a value and what it is read as.
type sample struct {
	variantData
	want any
}

var (
	someSID  = []byte{1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0}
	someGUID = []byte{0x5f, 0x38, 0x70, 0x57, 0x2a, 0xc2, 0xe0, 0x43, 0xbf, 0x4c, 6, 0xf5, 0x69, 0x8f, 0xfb, 0xd9}
)

// samples has a value of each type that has any, and texts that end with a zero character or have none.
var samples = []sample{
	{variantData{kind: typeString, data: utf16Bytes("substituted")}, "substituted"},
	{variantData{kind: typeString, data: utf16Bytes("ends with zero\x00")}, "ends with zero"},
	{variantData{kind: typeString}, ""},
	{variantData{kind: typeAnsi, data: []byte("M\xfcller\x00")}, "Müller"},
	{variantData{kind: typeInt8, data: []byte{0x80}}, int64(-128)},
	{variantData{kind: typeUint8, data: []byte{0x80}}, uint64(128)},
	{variantData{kind: typeInt16, data: []byte{0, 0x80}}, int64(-32768)},
	{variantData{kind: typeUint16, data: []byte{0xd2, 4}}, uint64(1234)},
	{variantData{kind: typeInt32, data: []byte{0xfe, 0xff, 0xff, 0xff}}, int64(-2)},
	{variantData{kind: typeUint32, data: []byte{0xff, 0xff, 0xff, 0xff}}, uint64(1<<32 - 1)},
	{variantData{kind: typeInt64, data: []byte{0, 0, 0, 0, 0, 0, 0, 0x80}}, int64(-1 << 63)},
	{variantData{kind: typeUint64, data: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, uint64(1<<64 - 1)},
	{variantData{kind: typeReal32, data: []byte{0, 0, 0xc0, 0x3f}}, "1.5"},
	{variantData{kind: typeReal64, data: []byte{0, 0, 0, 0, 0, 0, 0xe0, 0xbf}}, "-0.5"},
	{variantData{kind: typeBool, data: []byte{1, 0, 0, 0}}, true},
	{variantData{kind: typeBool, data: []byte{0, 0, 0, 0}}, false},
	{variantData{kind: typeBinary, data: []byte{0xca, 0xfe, 0}}, "CAFE00"},
	{variantData{kind: typeGUID, data: someGUID}, "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"},
	{variantData{kind: typeFileTime, data: []byte{0xe3, 0x5f, 0xa4, 0x8d, 0x3e, 0x45, 0xdc, 0x1}}, "2025-10-24T23:33:08.0921059Z"},
	{variantData{kind: typeSystemTime, data: []byte{0xea, 7, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}}, "2026-01-02T03:04:05.0060000Z"},
	{variantData{kind: typeSID, data: someSID}, "S-1-5-32-544"},
	{variantData{kind: typeHex32, data: []byte{0xe7, 3, 0, 0}}, "0x3e7"},
	{variantData{kind: typeHex64, data: []byte{0xe7, 3, 0, 0, 0, 0, 0, 0}}, "0x3e7"},
	{variantData{kind: typeSize, data: []byte{8, 0, 0, 0, 0, 0, 0, 0}}, "0x8"},
}

// arrays has one of each type, and empty ones, which leave an element without a value.
var arrays = []sample{
	{variantData{kind: typeArray | typeString, data: utf16Bytes("one\x00two\x00")}, []any{"one", "two"}},
	{variantData{kind: typeArray | typeString}, []any{""}},
	{variantData{kind: typeArray | typeAnsi, data: []byte("one\x00two\x00")}, []any{"one", "two"}},
	{variantData{kind: typeArray | typeInt8, data: []byte{0xff, 1}}, []any{int64(-1), int64(1)}},
	{variantData{kind: typeArray | typeUint8, data: []byte{0xff, 1}}, []any{uint64(255), uint64(1)}},
	{variantData{kind: typeArray | typeInt16, data: []byte{0xff, 0xff}}, []any{int64(-1)}},
	{variantData{kind: typeArray | typeUint16, data: []byte{1, 0, 2, 0}}, []any{uint64(1), uint64(2)}},
	{variantData{kind: typeArray | typeInt32, data: []byte{0xff, 0xff, 0xff, 0xff}}, []any{int64(-1)}},
	{variantData{kind: typeArray | typeUint32, data: []byte{1, 0, 0, 0, 2, 0, 0, 0}}, []any{uint64(1), uint64(2)}},
	{variantData{kind: typeArray | typeInt64, data: []byte{1, 0, 0, 0, 0, 0, 0, 0}}, []any{int64(1)}},
	{variantData{kind: typeArray | typeUint64, data: []byte{1, 0, 0, 0, 0, 0, 0, 0}}, []any{uint64(1)}},
	{variantData{kind: typeArray | typeReal32, data: []byte{0, 0, 0xc0, 0x3f}}, []any{"1.5"}},
	{variantData{kind: typeArray | typeReal64, data: []byte{0, 0, 0, 0, 0, 0, 0xe0, 0xbf}}, []any{"-0.5"}},
	{variantData{kind: typeArray | typeBool, data: []byte{1, 0, 0, 0, 0, 0, 0, 0}}, []any{true, false}},
	{variantData{kind: typeArray | typeGUID, data: someGUID}, []any{"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}"}},
	{variantData{kind: typeArray | typeFileTime, data: []byte{0xe3, 0x5f, 0xa4, 0x8d, 0x3e, 0x45, 0xdc, 0x1}}, []any{"2025-10-24T23:33:08.0921059Z"}},
	{variantData{kind: typeArray | typeSystemTime, data: []byte{0xea, 7, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}}, []any{"2026-01-02T03:04:05.0060000Z"}},
	{variantData{kind: typeArray | typeSID, data: bytes.Repeat(someSID, 2)}, []any{"S-1-5-32-544", "S-1-5-32-544"}},
	{variantData{kind: typeArray | typeHex32, data: []byte{1, 0, 0, 0, 2, 0, 0, 0}}, []any{"0x1", "0x2"}},
	{variantData{kind: typeArray | typeHex64, data: []byte{1, 0, 0, 0, 0, 0, 0, 0}}, []any{"0x1"}},
	{variantData{kind: typeArray | typeUint16}, []any{""}},
}

// generate writes a log as the dice fall and gives the fields of its events.
func generate(dice []byte) (log []byte, want []map[string]any) {
	var chunks []*builder
	for len(chunks) < 3 && (len(chunks) == 0 || len(dice) > 0) {
		g := &generator{dice: dice, b: newBuilder()}
		want = g.events(1+g.roll(4), want)
		chunks, dice = append(chunks, g.b), g.dice
	}
	return file(chunks...), want
}

// events adds so many events, or as many as the chunk has room for.
func (g *generator) events(n int, want []map[string]any) []map[string]any {
	for range n {
		if len(g.b.chunk) > chunkSize/2 {
			break
		}
		want = append(want, numbered(g.event(len(want)+1)).(map[string]any))
	}
	return want
}

// FuzzGenerated holds that every valid log is read as it was meant.
func FuzzGenerated(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(dice(seed))
	}
	f.Fuzz(func(t *testing.T, dice []byte) {
		log, want := generate(dice[:min(len(dice), 2000)])
		r := NewReader(bytes.NewReader(log))
		records, damage := drain(t, r)
		require.Empty(t, damage)
		require.Equal(t, want, records)
		require.Empty(t, r.Notes())
		agree(t, log)
	})
}

func dice(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	out := make([]byte, 2000)
	for i := range out {
		out[i] = byte(random.Uint32())
	}
	return out
}

// TestRecordings reads the recordings of testdata, with which other readers are compared too.
func TestRecordings(t *testing.T) {
	for name, common := range map[string]bool{"common.evtx": true, "rare.evtx": false} {
		path := filepath.Join("testdata", name)
		g := &generator{dice: dice(1), common: common, b: newBuilder()}
		want := g.events(12, nil)
		if *update {
			require.NoError(t, os.WriteFile(path, file(g.b), 0o644))
		}
		in, err := os.Open(path)
		require.NoError(t, err)
		defer in.Close()
		records, damage := readAll(t, in)
		assert.Empty(t, damage)
		assert.Equal(t, want, records, name)
	}
}
