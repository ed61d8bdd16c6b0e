package event

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLogsAreKnownByContent holds that a Windows event log is read as one under any name, also where its header is
// damaged, and that what its notes say is not a reject.
func TestLogsAreKnownByContent(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("evtx", "testdata", "common.evtx"))
	require.NoError(t, err)
	const header = 4096
	spoilt := func(spoil func(data []byte)) []byte {
		data := bytes.Clone(whole)
		spoil(data)
		return data
	}
	for _, c := range []struct {
		name, file string
		data       []byte
		notes      []string
	}{
		{"as Windows writes it", "log.evtx", whole, nil},
		{"under another name", "log.json", whole, nil},
		{"a header of zeros", "log", spoilt(func(d []byte) { clear(d[:header]) }), []string{"the file's header is damaged"}},
		{"a header of letters", "log.evtx", spoilt(func(d []byte) { copy(d, bytes.Repeat([]byte("x"), header)) }), []string{"the file's header is damaged"}},
		{"a chunk alone", "-", whole[header:], []string{"the file has no header: it begins with a chunk"}},
		{"a checksum", "log.evtx", spoilt(func(d []byte) { d[header+124]++ }), []string{"a checksum does not match in chunk 1: the records were read all the same"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewReader(c.file, bytes.NewReader(c.data), Options{})
			require.NoError(t, err)
			events := 0
			for {
				ev, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				events++
				assert.NotEmpty(t, ev.Fields()["EventRecordID"])
			}
			assert.Equal(t, 12, events)
			assert.Zero(t, r.Rejected())
			assert.Equal(t, c.notes, r.Notes())
		})
	}
}

// TestACutLogIsBroken holds that a log of which a part is not there counts as not read to its end, and one with a
// damaged record does not.
func TestACutLogIsBroken(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("evtx", "testdata", "common.evtx"))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		data   []byte
		broken string
	}{
		"whole":               {whole, ""},
		"cut within a chunk":  {whole[:5000], "the file ends within chunk 1"},
		"cut at a chunk":      {whole[:4096], "the file ends before chunk 1 of the 1 that its header counts"},
		"cut in its header":   {whole[:100], "the file ends within its header"},
		"text behind the log": {append(bytes.Clone(whole), "text"...), "chunk 2 does not begin as one: nothing of what stands there was read"},
	} {
		r, err := NewReader("log.evtx", bytes.NewReader(c.data), Options{})
		require.NoError(t, err)
		for err == nil {
			_, err = r.Next()
		}
		assert.ErrorIs(t, err, io.EOF)
		assert.Equal(t, c.broken, r.Broken(), name)
	}
}
