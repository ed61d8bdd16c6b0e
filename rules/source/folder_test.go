package source

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFolder(t *testing.T) {
	folder := NewFolder("rules", fstest.MapFS{"b.yml": {Data: []byte("x: 1")}, "a.yaml": {}, "D.YML": {}, "c.txt": {}, "skipped/d.yml": {}, "big.yml": {Data: make([]byte, maxSize+1)}, "half.yml": {Data: []byte("\xff\xfea")}})
	files, _, err := folder.YAMLFiles(".", func(name string) bool { return name == "skipped" })
	require.NoError(t, err)
	assert.Equal(t, []string{"D.YML", "a.yaml", "b.yml", "big.yml", "half.yml"}, files)
	assert.Equal(t, "rules/b.yml", folder.Shown("b.yml"))
	file, ok := folder.Inside("rules/b.yml")
	assert.True(t, ok)
	assert.Equal(t, "b.yml", file)
	_, ok = folder.Inside("elsewhere/b.yml")
	assert.False(t, ok)
	assert.True(t, folder.Exists("b.yml"))
	assert.False(t, folder.Exists("skipped"))
	r, err := folder.Open("b.yml")
	require.NoError(t, err)
	require.NoError(t, r.Close())
	_, err = folder.Open("none.yml")
	assert.Error(t, err)
	for name, want := range map[string]string{"none.yml": "does not exist", "big.yml": "larger than 4 MiB", "half.yml": "UTF-16", "skipped": "not a regular file"} {
		_, found := folder.Load(name)
		require.Len(t, found, 1, name)
		assert.Equal(t, UnreadableFile, found[0].Code)
		assert.Contains(t, found[0].Message, want)
	}
}

// TestLinkedFolders names links out of the tree to folders with YAML, which are not followed.
func TestLinkedFolders(t *testing.T) {
	dir, other, empty := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "x.yml"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yml"), nil, 0o600))
	for link, to := range map[string]string{"out": other, "sub/in": other, "self": dir, "empty": empty, "b.yml": "a.yml", ".hidden": other, "skipped": other, "gone": filepath.Join(other, "none")} {
		require.NoError(t, os.Symlink(to, filepath.Join(dir, link)))
	}
	folder, err := OpenFolder(dir)
	require.NoError(t, err)
	_, found, err := folder.YAMLFiles(".", func(name string) bool { return name == "skipped" })
	require.NoError(t, err)
	require.Len(t, found, 2)
	assert.Equal(t, folder.Shown("out"), found[0].Range.File)
	assert.Equal(t, folder.Shown("sub/in"), found[1].Range.File)
	_, _, err = folder.YAMLFiles("none", nil)
	assert.Error(t, err)
}

func TestIsYAML(t *testing.T) {
	for name, is := range map[string]bool{"a.yml": true, "b/a.yaml": true, "A.YML": true, "a.Yaml": true, "a.yml.gz": false, "yml": false, "a.yml/b": false, "": false} {
		assert.Equal(t, is, IsYAML(name), name)
	}
}

// TestBeside reads files that another one names.
func TestBeside(t *testing.T) {
	folder := NewFolder("", fstest.MapFS{"dir/f.yml": {}, "dir/g.yml": {Data: []byte("a: [")}, "h.yml": {Data: []byte("\xff\xfea")}})
	for name, want := range map[string]string{"g.yml": "", "../dir/g.yml": "", "../../g.yml": "list-outside-folder", "/g.yml": "list-outside-folder", "none.yml": "list-not-found",
		"../dir": "list-unreadable", "''": "missing-file", "[a]": "missing-file", "../h.yml": "list-unreadable"} {
		f := New(folder, "dir/f.yml", []byte("file: "+name), ForRules)
		other, ok := f.ReadBeside(Value(f.One(), "file"), "list", "list file")
		if want == "" {
			require.True(t, ok, name)
			assert.Equal(t, "dir/g.yml", other.Path())
			assert.Nil(t, other.One())
			f.Include(other)
			require.Len(t, f.Found(), 1)
			assert.Equal(t, "dir/g.yml", f.Found()[0].Range.File)
			assert.Equal(t, 1, f.Errors())
			continue
		}
		assert.False(t, ok, name)
		require.Len(t, f.Found(), 1, name)
		assert.Equal(t, want, f.Found()[0].Code, name)
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "m.yml")
	require.NoError(t, os.WriteFile(file, []byte("\xff\xfea\x00:\x00 \x001\x00"), 0o600))
	text, err := ReadFile(file, ForModels)
	require.NoError(t, err)
	assert.Equal(t, "a: 1", string(text))
	_, err = ReadFile(dir, ForModels)
	assert.ErrorContains(t, err, "not a regular file")
	_, err = ReadFile(filepath.Join(dir, "none"), ForModels)
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = OpenFolder(filepath.Join(dir, "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	small := ForModels
	small.Size = 4
	_, err = ReadFile(file, small)
	assert.ErrorContains(t, err, "larger than")
}

// TestEncodings reads texts as editors save them.
func TestEncodings(t *testing.T) {
	for text, want := range map[string]string{"a": "a", "\xef\xbb\xbfa": "a", "a\x00b\x00": "ab", "\x00a\x00b": "ab", "\xfe\xff\x00a": "a", "\xff\xfea\x00": "a", "": ""} {
		got, err := UTF8([]byte(text))
		require.NoError(t, err, "%q", text)
		assert.Equal(t, want, string(got), "%q", text)
	}
	for _, text := range []string{"\xff\xfe\x00\x00a", "\xff\xfea", "\xff\xfe\x00\xd8"} {
		_, err := UTF8([]byte(text))
		assert.Error(t, err, "%q", text)
	}
}

// TestMarksBeforeDocuments: files that were written one behind the other have a byte order mark before each.
func TestMarksBeforeDocuments(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\n\ufeff---\nb: 2\n":                    "a: 1\n---\nb: 2\n",
		"a: 1\n---\n\ufeffb: 2\n":                    "a: 1\n---\nb: 2\n",
		"a: 1\r\n---\r\n\ufeff# c\r\n\r\n\ufeffb: 2": "a: 1\r\n---\r\n# c\r\n\r\nb: 2",
		"\ufeffa: 1\n...\n\ufeffb: 2":                "a: 1\n...\nb: 2",
		"a: 1\n\ufeffb: 2\n":                         "a: 1\n\ufeffb: 2\n",
		"---\na: \ufeff1\n":                          "---\na: \ufeff1\n",
	} {
		file := filepath.Join(t.TempDir(), "r.yml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		got, err := ReadFile(file, ForRules)
		require.NoError(t, err)
		assert.Equal(t, want, string(got), "%q", text)
	}
}

// closed is a tree with a folder that cannot be read.
type closed struct{ fstest.MapFS }

func (c closed) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "secret" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return c.MapFS.ReadDir(name)
}

// TestAFolderThatCannotBeRead is an error, and does not hide the other folders.
func TestAFolderThatCannotBeRead(t *testing.T) {
	folder := NewFolder("rules", closed{fstest.MapFS{"a/x.yml": {}, "secret/y.yml": {}, "z.yml": {}}})
	files, found, err := folder.YAMLFiles(".", nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"a/x.yml", "z.yml"}, files)
	require.Len(t, found, 1)
	assert.Equal(t, "rules/secret: error[unreadable-file]: cannot read it: permission denied", found[0].Error())
	assert.Equal(t, "who runs decree needs the permission to read it", found[0].Hint)
	_, _, err = folder.YAMLFiles("secret", nil)
	require.ErrorIs(t, err, fs.ErrPermission)
	var last error
	for _, last = range folder.YAML(".", nil) {
	}
	require.ErrorIs(t, last, fs.ErrPermission)
}

// TestWhatDecreeWrote is not read as rules. What it did not write beside it is.
func TestWhatDecreeWrote(t *testing.T) {
	manifest := &fstest.MapFile{Data: []byte("# head\npack/a.yaml\n../x.yml\n\ngone.yml\n")}
	files, found, err := NewFolder("rules", fstest.MapFS{
		"dist/.decree-output": manifest, "dist/pack/a.yaml": {}, "dist/pack/mine.yml": {}, "x.yml": {}, "pack/a.yaml": {},
	}).YAMLFiles(".", nil)
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.Equal(t, []string{"dist/pack/mine.yml", "pack/a.yaml", "x.yml"}, files)

	files, _, err = NewFolder("rules", fstest.MapFS{".decree-output": manifest, "pack/a.yaml": {}, "x.yml": {}}).YAMLFiles(".", nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"x.yml"}, files)

	files, found, err = NewFolder("rules", fstest.MapFS{"dist/.decree-output/no": {}, "dist/a.yml": {}}).YAMLFiles(".", nil)
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Equal(t, "rules/dist/.decree-output: error[unreadable-file]: dist/.decree-output: not a regular file", found[0].Error())
	assert.Equal(t, []string{"dist/a.yml"}, files)
}
