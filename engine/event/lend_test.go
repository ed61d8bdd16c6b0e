package event

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLend reads into lent memory: every line stays as it was read, whether it found room, was too long, or found the memory full.
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
