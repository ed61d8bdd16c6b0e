package event

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeZip writes an archive with an entry of each header and text.
func writeZip(t *testing.T, name string, entries map[*zip.FileHeader]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for header, text := range entries {
		w, err := z.CreateHeader(header)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(name, b.Bytes(), 0o600))
	return name
}

// TestEntriesOfArchives: they are found as files of a folder are, also with backslashes and below a folder whose name
// ends as an archive's, and read with the time of their entry.
func TestEntriesOfArchives(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "İ.zip")
	require.NoError(t, os.Mkdir(folder, 0o700))
	at := writeZip(t, filepath.Join(folder, "case.ZIP"), map[*zip.FileHeader]string{
		{Name: `C\Logs\a.ndjson`, Method: zip.Deflate}: "{\"a\":1}\n{\"a\":2}\n",
		{Name: "logs/"}: "",
		{Name: "logs/auth.log", Modified: time.Date(2025, 3, 2, 0, 0, 0, 0, time.UTC)}: "Mar  1 10:00:00 h sshd[1]: x\n",
		{Name: "ntuser.dat"}: "regf",
	})
	files := Expand([]string{folder})
	assert.Empty(t, files.Errs)
	assert.ElementsMatch(t, []string{at + `/C\Logs\a.ndjson`, at + "/logs/auth.log"}, files.Paths)
	assert.Equal(t, []string{at + "/ntuser.dat"}, files.Passed)
	assert.True(t, files.Doubt[at+"/logs/auth.log"])
	assert.Equal(t, "1: {\"a\":1}\n2: {\"a\":2}\n", transcript(t, at+`/C\Logs\a.ndjson`, Options{}))
	assert.Contains(t, transcript(t, at+"/logs/auth.log", Options{}), "2025-03-01T10:00:00")

	size, again := Size(at + "/logs/auth.log")
	assert.True(t, again)
	assert.Equal(t, int64(29), size)
	for _, other := range []string{at + "/none.log", "-", folder} {
		_, again = Size(other)
		assert.False(t, again, other)
	}
	_, err := Open(at+"/none.log", Options{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// TestArchivesThatAreNotRead: what is encrypted is said to be, and a file that is not an archive is passed over.
func TestArchivesThatAreNotRead(t *testing.T) {
	folder := t.TempDir()
	locked := writeZip(t, filepath.Join(folder, "locked.zip"), map[*zip.FileHeader]string{{Name: "a.ndjson", Flags: 1}: "{}"})
	_, err := Open(locked+"/a.ndjson", Options{})
	assert.ErrorContains(t, err, "a.ndjson: it is encrypted: unpack the archive with its password")
	damaged := writeZip(t, filepath.Join(folder, "damaged.zip"), map[*zip.FileHeader]string{{Name: "a.ndjson", Method: zip.Deflate}: strings.Repeat("{}\n", 100)})
	content, err := os.ReadFile(damaged)
	require.NoError(t, err)
	content[bytes.Index(content, []byte("a.ndjson"))+len("a.ndjson")] = 0xff
	require.NoError(t, os.WriteFile(damaged, content, 0o600))
	_, err = Open(damaged+"/a.ndjson", Options{})
	assert.ErrorContains(t, err, "read "+damaged+"/a.ndjson: flate: corrupt input")
	assert.Len(t, strings.Split(err.Error(), "\n"), 1)
	require.NoError(t, os.Remove(damaged))
	broken := filepath.Join(folder, "broken.zip")
	require.NoError(t, os.WriteFile(broken, []byte("PK\x03\x04"), 0o600))
	assert.Equal(t, []string{broken}, Expand([]string{folder}).Passed)
	_, err = Open(broken+"/a.ndjson", Options{})
	assert.ErrorIs(t, err, zip.ErrFormat)
	_, again := Size(broken + "/a.ndjson")
	assert.False(t, again)
}

// TestArchivesAreShared: one stays open for the next entry, and an entry can be read to its end beside another archive.
func TestArchivesAreShared(t *testing.T) {
	folder := t.TempDir()
	text := map[string]string{"one.zip": "{\"a\":1}\n", "two.zip": "{\"a\":2}\n"}
	var readers []*Reader
	for _, name := range []string{"one.zip", "two.zip"} {
		at := writeZip(t, filepath.Join(folder, name), map[*zip.FileHeader]string{{Name: "a.ndjson"}: text[name]})
		r, err := Open(at+"/a.ndjson", Options{})
		require.NoError(t, err)
		readers = append(readers, r)
	}
	for i, want := range []json.Number{"1", "2"} {
		e, err := readers[i].Next()
		require.NoError(t, err)
		assert.Equal(t, want, e.Fields()["a"])
		require.NoError(t, readers[i].Close())
	}
	first, err := openArchive(filepath.Join(folder, "two.zip"))
	require.NoError(t, err)
	second, err := openArchive(filepath.Join(folder, "two.zip"))
	require.NoError(t, err)
	assert.Same(t, first, second)
	require.NoError(t, second.Close())
	require.NoError(t, first.Close())
	other := writeZip(t, filepath.Join(folder, "two.zip"), map[*zip.FileHeader]string{{Name: "b.ndjson"}: "{}\n{}\n"})
	_, again := Size(other + "/b.ndjson")
	assert.True(t, again, "another archive of the same name is read anew")
}
