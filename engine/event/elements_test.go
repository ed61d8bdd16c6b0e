package event

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// elementsOf reads a text, and describes what was read: lines, texts, and the end.
func elementsOf(t *testing.T, in io.Reader, memory []byte) (read []string) {
	r, err := NewReader("x.json", in, Options{MaxLine: 300})
	require.NoError(t, err)
	for {
		if !r.Ready() {
			r.Lend(memory)
		}
		raw, err := r.NextRaw()
		if err != nil {
			return append(read, fmt.Sprint(err, r.Lines(), r.Broken()))
		}
		read = append(read, fmt.Sprint(raw.Line, string(raw.text), raw.Err))
	}
}

// brokenArrays are arrays and objects over lines, and what is wrong with some of them.
var brokenArrays = []string{
	"[{\"a\":1},\n {\"b\":\"x\\\"]}\"},\r\n\n{\"c\":[[]]}]",
	"[\n  {\n    \"a\": \"{[\"\n  },\n  {}\n]\n{\"behind\":1}\n",
	"[1, true ,null,\"x\",-2.5e3,\"\\\\\",[1],{\"a\":{}}]",
	"[{\"a\":\"not closed\n},{\"b\":2},{\"c\":\"\\\n},{\"d\":4}]",
	"{\n\"a\":1\n}\n{\n\"b\":2}{\"c\":3}\n\n{\"d\"",
	"[{\"long\":\"" + strings.Repeat("x\\\"", 200) + "\"},{\"a\":1}," + strings.Repeat("9", 5000) + ",{\"b\":2}]",
	"[{\"a\":1}}]{\"b\":2},]x",
	"[{\"a\":1},2",
	"[\"a",
	"[{\"ä\":\"漢字\",\"b\":\"\x00\x01\"}\t,\v{}]",
}

func TestElementsAreTheSameHoweverTheyAreRead(t *testing.T) {
	for _, text := range brokenArrays {
		sameElements(t, text)
	}
}

// sameElements reads a text byte by byte, whole, and into lent memory.
func sameElements(t *testing.T, text string) {
	want := elementsOf(t, iotest.OneByteReader(strings.NewReader(text)), nil)
	assert.Equal(t, want, elementsOf(t, strings.NewReader(text), nil), text)
	assert.Equal(t, want, elementsOf(t, iotest.DataErrReader(strings.NewReader(text)), make([]byte, 10)), text)
	assert.Equal(t, want, elementsOf(t, strings.NewReader(text), make([]byte, 2*leastRoom)), text)
}

func TestElementsBeforeAReadError(t *testing.T) {
	torn := func() io.Reader {
		return io.MultiReader(strings.NewReader(`[{"a":1},{"b":2},3`), iotest.ErrReader(errors.New("torn")))
	}
	assert.Equal(t, []string{`1{"a":1}<nil>`, `1{"b":2}<nil>`, `13<nil>`}, elementsOf(t, torn(), nil)[:3])
	assert.Contains(t, strings.Join(elementsOf(t, torn(), nil), " "), "torn")
}

// FuzzParts holds that what is read of an array does not depend on the parts in which it comes.
func FuzzParts(f *testing.F) {
	for _, text := range brokenArrays {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 4 {
			return
		}
		sameElements(t, "["+text)
	})
}
