package jsontext

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// writesAlike holds that a text is written as encoding/json writes it.
func writesAlike(t *testing.T, text string) {
	t.Helper()
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(text))
	require.Equal(t, want.String(), string(AppendString(nil, text))+"\n", "%q", text)
}

func TestAppendString(t *testing.T) {
	writesAlike(t, "")
	writesAlike(t, "ends with U+FFFD \ufffd")
	for c := rune(0); c < 0x3000; c++ {
		writesAlike(t, "a"+string(c)+string(c)+"b")
		writesAlike(t, "cut "+string(c)[:1])
	}
}

func FuzzAppendString(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(writesAlike)
}
