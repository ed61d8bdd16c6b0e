package event

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBytesAreThoseOnDisk: of a compressed file too, so that progress can be told by the files' sizes.
func TestBytesAreThoseOnDisk(t *testing.T) {
	text := strings.Repeat(`{"a": 1}`+"\n", 10_000)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for name, data := range map[string][]byte{"plain": []byte(text), "compressed": packed.Bytes()} {
		r, err := NewReader("a.ndjson", bytes.NewReader(data), Options{})
		require.NoError(t, err)
		for err == nil {
			_, err = r.NextRaw()
		}
		assert.True(t, errors.Is(err, io.EOF), name)
		assert.Equal(t, int64(len(data)), r.Bytes(), name)
	}
}
