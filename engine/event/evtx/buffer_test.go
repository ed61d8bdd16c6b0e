package evtx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine/event/winevent"
)

// manyChunks is a log of so many chunks that each have other values.
func manyChunks(n int) []byte {
	chunks := make([]*builder, n)
	for i := range chunks {
		b := newBuilder()
		template := func() {
			b.begin("Event", noDependency, false)
			b.bytes(tokenCloseStart)
			b.begin("EventData", noDependency, false)
			b.bytes(tokenCloseStart)
			b.begin("Image", noDependency, false)
			b.bytes(tokenCloseStart)
			b.substitution(0, typeString)
			b.close()
			b.close()
			b.close()
		}
		place := 0
		for j := range 100 + i%7 {
			values := []variantData{{kind: typeString, data: utf16Bytes(fmt.Sprintf("chunk %d, record %d", i, j))}}
			b.record(func() {
				if j == 0 {
					place = b.useHere(template, func() []variantData { return values })
					return
				}
				b.use(place, values...)
			})
		}
		chunks[i] = b
	}
	return file(chunks...)
}

// TestHeldRecordsStayUntilTheirHolderIsCalledAgain holds that the records of several holders are what they are without
// any, however many each has, and that memory is used again.
func TestHeldRecordsStayUntilTheirHolderIsCalledAgain(t *testing.T) {
	log := manyChunks(40)
	var want []winevent.Fields
	for r := NewReader(bytes.NewReader(log)); ; {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		want = append(want, record.Fields())
	}
	for _, size := range []int{1, 30, 100, 512} {
		for _, holders := range []int{1, 2, 5} {
			r := NewReader(bytes.NewReader(log))
			held := make([]Buffers, holders)
			records := make([][]*Record, holders)
			read, checked := 0, 0
			check := func(holder int) {
				for _, record := range records[holder] {
					require.Equal(t, want[checked], record.Fields())
					checked++
				}
				records[holder] = nil
			}
			buffers := map[*buffer]bool{}
			for turn, ended := 0, false; !ended; turn++ {
				holder := turn % holders
				check(holder) // while all others hold theirs
				r.Hold(&held[holder])
				for range size {
					record, err := r.Next()
					if ended = errors.Is(err, io.EOF); ended {
						break
					}
					require.NoError(t, err)
					records[holder] = append(records[holder], record)
					read++
					buffers[r.chunk.buffer] = true
				}
				if ended {
					for i := range holders {
						check((holder + 1 + i) % holders)
					}
				}
			}
			require.Equal(t, len(want), read)
			require.Equal(t, read, checked)
			require.LessOrEqual(t, len(buffers), holders*(size/100+2)+1)
		}
	}
}

// TestRecordsWithoutAHolderAreKept holds that records that were read before there was a holder stay.
func TestRecordsWithoutAHolderAreKept(t *testing.T) {
	r := NewReader(bytes.NewReader(manyChunks(6)))
	var kept *Record
	for range 50 {
		var err error
		kept, err = r.Next()
		require.NoError(t, err)
	}
	var h Buffers
	for {
		r.Hold(&h)
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			break
		}
	}
	require.Equal(t, "chunk 0, record 49", kept.Fields()[0].Values[0].Text)
}
