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

// TestNamesThatStandTwice: of entries with one name none is read, and none is left out silently.
func TestNamesThatStandTwice(t *testing.T) {
	for _, second := range []string{"logs/a.json", `logs\a.json`} {
		at := writeZip(t, filepath.Join(t.TempDir(), "case.zip"), map[*zip.FileHeader]string{
			{Name: "logs/a.json"}: "{\"a\":1}\n",
			{Name: second}:        "{\"a\":2}\n",
		})
		files := Expand([]string{at})
		require.Len(t, files.Paths, 1)
		_, err := Open(files.Paths[0], Options{})
		assert.ErrorContains(t, err, "a.json: the archive has 2 files of this name: unpack each under a name of its own")
		_, again := Size(files.Paths[0])
		assert.False(t, again)
	}
}

// TestEntriesThatArePassedOver: hidden files and folders, hidden archives and links are, and all are counted.
func TestEntriesThatArePassedOver(t *testing.T) {
	folder := t.TempDir()
	link := &zip.FileHeader{Name: "link.json"}
	link.SetMode(os.ModeSymlink | 0o777)
	at := writeZip(t, filepath.Join(folder, "case.zip"), map[*zip.FileHeader]string{
		{Name: ".git/a.json"}: "{}", {Name: `.x\b.json`}: "{}", {Name: ".c.json"}: "{}", link: "a.json", {Name: "./../d.json"}: "{}",
	})
	hidden := writeZip(t, filepath.Join(folder, ".old.zip"), map[*zip.FileHeader]string{{Name: "a.json"}: "{}"})
	files := Expand([]string{folder})
	assert.Equal(t, []string{at + "/./../d.json"}, files.Paths)
	assert.ElementsMatch(t, []string{at + "/.git/a.json", at + `/.x\b.json`, at + "/.c.json", at + "/link.json", hidden}, files.Passed)
	assert.Equal(t, []string{hidden + "/a.json"}, Expand([]string{hidden}).Paths, "one that is named is read")
}

// TestTimesOfEntries: where an archive keeps no time of an entry, or a constant one, the archive's own time counts.
func TestTimesOfEntries(t *testing.T) {
	for _, kept := range []time.Time{{}, time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1980, 2, 1, 0, 0, 0, 0, time.UTC)} {
		at := writeZip(t, filepath.Join(t.TempDir(), "case.zip"), map[*zip.FileHeader]string{{Name: "auth.log", Modified: kept}: "Mar  1 10:00:00 h sshd[1]: x\n"})
		changed := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
		require.NoError(t, os.Chtimes(at, changed, changed))
		assert.Contains(t, transcript(t, at+"/auth.log", Options{}), "2024-03-01T10:00:00", kept)
	}
}

// TestPathsOfWindowsIntoArchives: they have backslashes before and behind the archive's name.
func TestPathsOfWindowsIntoArchives(t *testing.T) {
	at := writeZip(t, filepath.Join(t.TempDir(), "case.zip"), map[*zip.FileHeader]string{{Name: "logs/a.json"}: "{\"a\":1}\n"})
	assert.Equal(t, []string{at + `\logs\a.json`}, Expand([]string{at + `\logs\a.json`}).Paths)
	assert.Equal(t, "1: {\"a\":1}\n", transcript(t, at+`\logs\a.json`, Options{}))
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
