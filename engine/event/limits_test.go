package event

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// stream gives head, then filler until size bytes are given, then tail, without holding them.
func stream(head string, filler byte, size int64, tail string) io.Reader {
	return io.MultiReader(strings.NewReader(head), io.LimitReader(repeated(filler), size), strings.NewReader(tail))
}

type repeated byte

func (c repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

// peak runs f and gives the most memory that the heap took above what it had.
func peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&now)
	return now.HeapSys - min(now.HeapSys, before.HeapSys)
}

const gibibyte = 1 << 30

// TestEndlessTextBetweenEventsIsBounded has gigabytes in which no event begins: each part is a reject of
// its own, and what is shown of it is all that is kept.
func TestEndlessTextBetweenEventsIsBounded(t *testing.T) {
	fixture.Heavy(t)
	took := peak(func() {
		r, err := NewReader("e.xml", stream("<Event/>", '<', gibibyte/2, ""), Options{})
		require.NoError(t, err)
		var kept []Raw
		for {
			raw, err := r.NextRaw()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			kept = append(kept, raw)
		}
		assert.Greater(t, len(kept), 20)
	})
	assert.Less(t, took, uint64(256<<20))
}

func TestAnEndlessLineIsOneRejectInBoundedMemory(t *testing.T) {
	fixture.Heavy(t)
	for _, c := range []struct {
		name       string
		size       int64
		head, tail string
		want       string
	}{
		{"a line", gibibyte, "{\"a\":1}\n{\"a\":\"", "\"}\n{\"a\":2}\n", "1: {\"a\":1}\n2! line of 1073741832 bytes is longer than 16777216\n3: {\"a\":2}\n"},
		{"an element", gibibyte / 8, "[{\"a\":1},\n{\"a\":\"", "\"},\n{\"a\":2}]\n", "1: {\"a\":1}\n2! element of 134217736 bytes is longer than 16777216\n3: {\"a\":2}\n"},
		{"an event of Windows' XML", gibibyte / 8, "<Event/>\n<Event><a>", "</a></Event>\n<Event/>", "1: {}\n2! event of 134217750 bytes is longer than 16777216\n3: {}\n"},
		{"tags of Windows' XML", gibibyte / 8, "<Event/>\n<Event><a>" + strings.Repeat(">", 1<<20), "</a></Event>\n<Event/>", "1: {}\n2! event of 135266326 bytes is longer than 16777216\n3: {}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			took := peak(func() {
				assert.Equal(t, c.want, transcript(t, "-", Options{Stdin: stream(c.head, 'x', c.size, c.tail)}))
			})
			assert.Less(t, took, uint64(256<<20))
		})
	}
}

func TestAnEndlessCellIsRejectedInBoundedMemory(t *testing.T) {
	fixture.Heavy(t)
	r := Reader{source: "-", opt: Options{MaxLine: 1 << 20}, rows: &rows{}}
	r.in = bufio.NewReader(stream("a,b\n1,\"", '\n', 16<<20, "\"\n"))
	var rejects []string
	r.opt.OnReject = func(j Reject) { rejects = append(rejects, j.Reason) }
	took := peak(func() {
		_, err := r.Next()
		assert.ErrorIs(t, err, io.EOF)
	})
	assert.Equal(t, []string{"row of 1048577 bytes is longer than 1048576", "not CSV: a quote is never closed, so lines 16777218 to 16777218 are one row"}, rejects)
	assert.Less(t, took, uint64(64<<20))
}

func TestDeepNestingIsARejectAndNothingElse(t *testing.T) {
	for _, deep := range []int{301, 10_000, 2_000_000} {
		bomb := strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep)
		list := strings.Repeat(`[`, deep) + strings.Repeat("]", deep)
		want := "1! JSON is nested deeper than 300 levels\n2: {\"a\":1}\n"
		assert.Equal(t, want, inFile(t, "e.ndjson", []byte(bomb+"\n{\"a\":1}\n"), Options{}))
		assert.Equal(t, want, inFile(t, "e.json", []byte("["+bomb+",\n{\"a\":1}]\n"), Options{}))
		assert.Equal(t, want, inFile(t, "e.json", []byte("["+list+",\n{\"a\":1}]\n"), Options{}))
	}
	deepest := `{"a":` + strings.Repeat("[", 299) + strings.Repeat("]", 299) + "}"
	assert.Equal(t, "1: "+deepest+"\n", inFile(t, "e.ndjson", []byte(deepest), Options{}))
}

func TestAMillionEmptyArraysDoNotFillTheStack(t *testing.T) {
	assert.Equal(t, "1: {\"a\":1}\n", inFile(t, "e.json", append(bytes.Repeat([]byte("[]"), 1_000_000), "[{\"a\":1}]"...), Options{}))
}

// TestRecordsOfALineAreBounded: an event of the audit log gives no more records than its line may take memory.
func TestRecordsOfALineAreBounded(t *testing.T) {
	line := `{"ID":"1626611363.720:1","PATH":[` + strings.TrimSuffix(strings.Repeat(`{},`, 200), ",") + "]}\n"
	got := inFile(t, "e.ndjson", []byte(line+`{"ID":"1626611363.720:2","CWD":{}}`+"\n"), Options{MaxLine: 1000})
	assert.Equal(t, 8, strings.Count(got, `"serial":"1"`))
	assert.Contains(t, got, "1! what is repeated for each row of this line takes more than 8000 bytes")
	assert.Contains(t, got, `"serial":"2"`)
}
