package evtx

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// requireSameInFull reads a log with shapes and without, and compares what they give. It tells how many records had a
// shape.
func requireSameInFull(t testing.TB, log []byte) (shaped int) {
	t.Helper()
	r, full := NewReader(bytes.NewReader(log)), NewReader(bytes.NewReader(log))
	full.inFull = true
	for {
		got, gotErr := r.Next()
		want, wantErr := full.Next()
		require.Equal(t, wantErr, gotErr)
		if got == nil || want == nil {
			require.Equal(t, want, got)
			if _, damage := gotErr.(Damage); damage {
				continue
			}
			require.Equal(t, full.Notes(), r.Notes())
			return shaped
		}
		require.Equal(t, string(want.Fields().JSON()), string(got.Fields().JSON()))
		if s := got.Shape(); s != nil {
			shaped++
			requireSameTexts(t, got)
		}
	}
}

// requireSameTexts holds that the values of a record with a shape read as its fields do.
func requireSameTexts(t testing.TB, r *Record) {
	t.Helper()
	fields := r.Fields()
	require.Len(t, fields, r.Shape().Len())
	for i, f := range fields {
		require.Equal(t, f.Name, r.Shape().Name(i))
		require.Len(t, f.Values, r.Len(i))
		for j, v := range f.Values {
			require.Equal(t, v.Text, string(r.Value(i, j).AppendTo(nil)))
		}
	}
}

// again gives a log whose chunks come twice, the second time with other records if there is damage for them.
func again(log, damage []byte) []byte {
	chunks := bytes.Clone(log[fileHeader:])
	for ; len(damage) >= 3; damage = damage[3:] {
		chunks[int(binary.LittleEndian.Uint16(damage))%len(chunks)] = damage[2]
	}
	return append(bytes.Clone(log), chunks...)
}

// FuzzShapes holds that records read by the shape of an earlier one are the same as read in full, in damaged logs too.
func FuzzShapes(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(dice(seed), []byte{})
		f.Add(dice(seed), dice(seed + 100)[:3*int(seed)])
	}
	f.Fuzz(func(t *testing.T, dice, damage []byte) {
		log, _ := generate(dice[:min(len(dice), 2000)])
		requireSameInFull(t, again(log, damage))
	})
}

// TestShapes reads logs in which most records have the shape of one before, in the same chunk or an earlier one.
func TestShapes(t *testing.T) {
	log := processLog(40)
	require.Equal(t, 39, requireSameInFull(t, log))
	require.Equal(t, 79, requireSameInFull(t, again(log, nil)))
}

// TestATemplateWithAnotherNameIsAnother changes a name outside of the definition that refers to it: the second chunk's
// template is not the first's.
func TestATemplateWithAnotherNameIsAnother(t *testing.T) {
	build := func(name string) *builder {
		b := newBuilder()
		b.record(func() { // the names come before the template
			b.open("Event")
			b.open("EventData")
			b.element("Data", "x", name, "loose")
			b.close()
			b.close()
		})
		place := 0
		template := func() {
			b.begin("Event", noDependency, false)
			b.bytes(tokenCloseStart)
			b.begin("EventData", noDependency, false)
			b.bytes(tokenCloseStart)
			b.begin(name, noDependency, false)
			b.bytes(tokenCloseStart)
			b.substitution(0, typeString)
			b.close()
			b.close()
			b.close()
		}
		for n := range 3 {
			values := []variantData{{kind: typeString, data: utf16Bytes("a" + string(rune('0'+n)))}}
			b.record(func() {
				if n == 0 {
					place = b.useHere(template, func() []variantData { return values })
					return
				}
				b.use(place, values...)
			})
		}
		return b
	}
	log := file(build("Aaaa"), build("Bbbb"), build("Aaaa"))
	require.Equal(t, 2+2+3, requireSameInFull(t, log))
}

// TestShapesOfPublicRecordings reads public logs, all chunks in one, so that each template comes in many chunks.
func TestShapesOfPublicRecordings(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(fixture.Corpus(t, "sigmahq", "regression_data"), "rules", "windows", "*", "*", "*.evtx"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var log []byte
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		if len(log) == 0 {
			log = data[:fileHeader]
		}
		log = append(log, data[fileHeader:len(data)-(len(data)-fileHeader)%chunkSize]...)
	}
	require.NotZero(t, requireSameInFull(t, log))
}
