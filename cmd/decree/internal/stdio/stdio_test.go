package stdio

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestArrayIsWrittenAsWriteJSONWritesIt(t *testing.T) {
	for _, values := range [][]any{{}, {"a"}, {"<b>", map[string]int{"n": 1}, []int{1, 2}}} {
		var whole, parts strings.Builder
		require.NoError(t, (&Streams{Out: &whole}).WriteJSON(values))
		a := NewArray(&parts)
		for _, v := range values {
			a.Add(v)
		}
		require.NoError(t, a.Close())
		assert.Equal(t, whole.String(), parts.String()+"\n")
	}
}

func TestObjectIsWrittenAsWriteJSONWritesIt(t *testing.T) {
	type both struct {
		Some []string       `json:"some"`
		None []string       `json:"none"`
		Map  map[string]int `json:"map"`
	}
	var whole, parts strings.Builder
	require.NoError(t, (&Streams{Out: &whole}).WriteJSON(both{[]string{"a", "b"}, []string{}, map[string]int{"n": 1}}))
	o := NewObject(&parts)
	some := o.Array("some")
	some.Add("a")
	some.Add("b")
	require.NoError(t, some.Close())
	require.NoError(t, o.Array("none").Close())
	o.Member("map", map[string]int{"n": 1})
	require.NoError(t, o.Close())
	assert.Equal(t, whole.String(), parts.String())
	assert.True(t, json.Valid([]byte(parts.String())))
}

// broken fails after some writes.
type broken struct{ left int }

var errBroken = errors.New("broken")

func (b *broken) Write(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestTheFirstErrorIsKept(t *testing.T) {
	for left := range 4 {
		a := NewArray(&broken{left})
		a.Add(1)
		a.Add(2)
		a.Add(3)
		assert.ErrorIs(t, a.Close(), errBroken, left)
		o := NewObject(&broken{left})
		o.Member("a", 1)
		o.Member("b", 2)
		assert.ErrorIs(t, o.Close(), errBroken, left)
	}
	var out strings.Builder
	a := NewArray(&out)
	a.Add(func() {})
	assert.ErrorContains(t, a.Close(), "unsupported type")
}

func TestWriterStopsAtTheFirstError(t *testing.T) {
	b := &broken{1}
	w := &Writer{To: b}
	n, err := w.Write([]byte("abc"))
	assert.Equal(t, 3, n)
	require.NoError(t, err)
	for range 2 {
		_, err = w.Write([]byte("abc"))
		assert.ErrorIs(t, err, errBroken)
	}
	assert.ErrorIs(t, w.Err, errBroken)
	assert.Equal(t, -1, b.left, "nothing was written after the error")
}
