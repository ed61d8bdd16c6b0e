package event

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLend reads into lent memory: every line stays as it was read, whether it found room, was too long, or found the
// memory full.
func TestLend(t *testing.T) {
	var text strings.Builder
	var want []string
	for i := range 200 {
		line := fmt.Sprintf(`{"n":%d,"x":"%s"}`, i, strings.Repeat("x", i%70))
		want = append(want, line)
		text.WriteString(line + []string{"\n", "\r\n", " \n\n"}[i%3])
		if i%50 == 0 {
			text.WriteString(strings.Repeat("y", 20_000) + "\n")
		}
	}
	for _, room := range []int{0, 1, 100, 5_000, 1 << 20} {
		r, err := NewReader("x", strings.NewReader(text.String()), Options{MaxLine: 10_000})
		require.NoError(t, err)
		memory := make([]byte, room)
		r.Lend(memory)
		var got []Raw
		for {
			raw, err := r.NextRaw()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			got = append(got, raw)
		}
		var lines []string
		for _, raw := range got {
			if raw.Err != nil {
				assert.Empty(t, strings.Trim(string(raw.text), "y"))
				continue
			}
			lines = append(lines, string(raw.text))
		}
		assert.Equal(t, want, lines, "room for %d bytes", room)
		assert.Len(t, got, len(want)+4)
		if room == 1<<20 {
			assert.Equal(t, want[0], string(memory[:len(want[0])]), "the memory is used")
		}
	}
}

// TestBlocks reads lines in blocks of memory that is lent in turn, as far as it is ready: they are those that are read
// one by one, whatever the file gives at once.
func TestBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		var text strings.Builder
		for range rng.IntN(200) {
			fmt.Fprintf(&text, `{"x":"%s"}%s`, strings.Repeat("x", rng.IntN(1+rng.IntN(1+rng.IntN(100_000)))), []string{"\n", "\r\n", "\n\n", " \n"}[rng.IntN(4)])
		}
		ends := text.String()[:text.Len()-rng.IntN(1+min(text.Len(), 9))]
		read := func(in io.Reader, blocks bool) (lines []string) {
			r, err := NewReader("x", in, Options{MaxLine: 80_000})
			require.NoError(t, err)
			memories := [][]byte{make([]byte, 1<<18), make([]byte, 1<<18)}
			var pending []Raw
			keep := func() {
				for _, raw := range pending {
					lines = append(lines, fmt.Sprint(raw.Line, string(raw.text), raw.Err))
				}
				pending = nil
			}
			for i := 0; ; i++ {
				if blocks {
					r.Lend(memories[i%2])
				}
				for n := 0; n == 0 || blocks && n < 50 && r.Ready(); n++ {
					raw, err := r.NextRaw()
					if errors.Is(err, io.EOF) {
						keep()
						return append(lines, fmt.Sprint(r.Lines(), r.Broken()))
					}
					require.NoError(t, err)
					if raw.Err != nil {
						raw.text = nil // more or less is kept of it
					}
					pending = append(pending, raw)
				}
				keep()
			}
		}
		source := func() io.Reader {
			in := io.Reader(strings.NewReader(ends))
			switch rng.IntN(4) {
			case 0:
				in = iotest.HalfReader(in)
			case 1:
				in = iotest.DataErrReader(in)
			case 2:
				in = bufio.NewReaderSize(in, 5_000)
			}
			return in
		}
		require.Equal(t, read(strings.NewReader(ends), false), read(source(), true))
		if len(ends) < 100 {
			continue // the file cannot be opened
		}
		failing := func() io.Reader { return io.MultiReader(strings.NewReader(ends), iotest.ErrReader(errors.New("torn"))) }
		require.Equal(t, read(failing(), false), read(failing(), true))
	}
}
