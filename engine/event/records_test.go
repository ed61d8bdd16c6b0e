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
// damaged, and that what its notes say is no reject.
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
				assert.NotEmpty(t, ev.Fields["EventRecordID"])
			}
			assert.Equal(t, 12, events)
			assert.Zero(t, r.Rejected())
			assert.Equal(t, c.notes, r.Notes())
		})
	}
}
