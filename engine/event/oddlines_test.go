package event

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"decree/tests/fixture"
)

// TestOddLinesAreLines reads files of lines of which some are none of JSON, blank, at the limit or over it, with any
// end, in any portions and into any memory. It holds them to the file split at its line feeds.
func TestOddLinesAreLines(t *testing.T) {
	const limit = 1 << 17
	for seed := range fixture.Times(uint64(16), 100) {
		r := rand.New(rand.NewPCG(seed, 21))
		filled := func(size int) string { return `{"x":"` + strings.Repeat("x", max(0, size-8)) + `"}` }
		var text strings.Builder
		text.WriteString("{\"x\":0}\n")
		for range r.IntN(40) {
			text.WriteString([]string{`{"x":1}`, `{"x":1},`, "\x1e{\"x\":2}", "", " ", "\t{\"x\":3} ", "abc", "{", "]", "[1]", "1", "null", "\x00", "\ufeff{}", `{"x":"` + "\xff\"}", `{"x":1}x`, `"`, "{\r}", "\r", "\v",
				filled(limit), filled(limit + 1), filled(limit - 1), filled(r.IntN(2 * limit)), filled(1<<16 - 1 - r.IntN(20)), filled(1<<16 + r.IntN(20))}[r.IntN(26)])
			text.WriteString([]string{"\n", "\n", "\n", "\r\n", "\n\n", "\r\r\n"}[r.IntN(6)])
		}
		file := text.String()[:text.Len()-r.IntN(3)]
		var want []string
		for i, line := range strings.Split(file, "\n") {
			size := len(strings.TrimSuffix(line, "\r"))
			if i == strings.Count(file, "\n") {
				size = len(line)
			}
			if size > limit {
				want = append(want, fmt.Sprint(i+1, " too long"))
			} else if text := object([]byte(line)); len(text) > 0 {
				want = append(want, fmt.Sprint(i+1, " ", string(text)))
			}
		}
		for _, portion := range []func(io.Reader) io.Reader{func(in io.Reader) io.Reader { return in }, iotest.HalfReader, iotest.DataErrReader} {
			for _, room := range []int{0, leastRoom, 1 << 18} {
				var got []string
				in, err := NewReader("x.ndjson", portion(strings.NewReader(file)), Options{MaxLine: limit})
				require.NoError(t, err)
				memory := make([]byte, room)
				for n := 0; ; n++ {
					if room > 0 && n%17 == 0 {
						in.Lend(memory)
					}
					raw, err := in.NextRaw()
					if errors.Is(err, io.EOF) {
						break
					}
					require.NoError(t, err)
					if raw.Err != nil {
						require.Contains(t, raw.Err.Error(), "longer than", "seed %d", seed)
						require.True(t, bytes.HasPrefix(raw.text, []byte(`{"x":"xxx`)), "seed %d: what is shown of it: %.20q", seed, raw.text)
						got = append(got, fmt.Sprint(raw.Line, " too long"))
						continue
					}
					got = append(got, fmt.Sprint(raw.Line, " ", string(raw.text)))
				}
				require.Equal(t, want, got, "seed %d, room for %d bytes", seed, room)
			}
		}
	}
}

// TestALineAtTheLimitMayEndBetweenPortions: what is read at once ends between the carriage return and the line feed.
func TestALineAtTheLimitMayEndBetweenPortions(t *testing.T) {
	const limit = 1<<16 - 1
	line := `{"x":"` + strings.Repeat("x", limit-8) + `"}`
	for _, longer := range []string{"", "y"} {
		in, err := NewReader("x.ndjson", strings.NewReader("{}\n"+longer+line+"\r\n{}\n"), Options{MaxLine: limit})
		require.NoError(t, err)
		_, err = in.NextRaw()
		require.NoError(t, err)
		raw, err := in.NextRaw()
		require.NoError(t, err)
		require.Equal(t, longer == "", raw.Err == nil, "%v", raw.Err)
	}
}

// TestTheBeginningOfALongLineIsShown also where all that is read at once is longer than a line may be.
func TestTheBeginningOfALongLineIsShown(t *testing.T) {
	for _, room := range []int{0, leastRoom, 1 << 18} {
		in, err := NewReader("x.ndjson", strings.NewReader("{}\n"+strings.Repeat("x", 1<<19)+"\n{}\n"), Options{MaxLine: 100})
		require.NoError(t, err)
		in.Lend(make([]byte, room))
		_, err = in.NextRaw()
		require.NoError(t, err)
		raw, err := in.NextRaw()
		require.NoError(t, err)
		require.Error(t, raw.Err)
		require.Equal(t, strings.Repeat("x", keptRaw), string(raw.text), "room for %d bytes", room)
	}
}
