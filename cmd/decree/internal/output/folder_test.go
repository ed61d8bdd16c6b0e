package output

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/source"
)

func file(path, text string) File { return File{Path: path, Text: text, From: "a rule"} }

func read(t *testing.T, parts ...string) string {
	text, err := os.ReadFile(filepath.Join(parts...))
	require.NoError(t, err)
	return string(text)
}

// names lists what is in a folder, without the manifest.
func names(t *testing.T, dir string) []string {
	out := []string{}
	require.NoError(t, filepath.WalkDir(dir, func(at string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != source.Manifest {
			name, _ := filepath.Rel(dir, at)
			out = append(out, filepath.ToSlash(name))
		}
		return err
	}))
	return out
}

// TestFolderIsReplaced holds that a folder has the new files: one that did not change is the same file still,
// one that did is another, and what is no longer written is gone, with its folder.
func TestFolderIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	all := []string{"a", "b", "c"}
	require.NoError(t, writeFolder(dir, all, []File{file("a/same", "1\n"), file("a/changed", "1\n"), file("b/deep/gone", "1\n")}, false))
	stat := func(name string) os.FileInfo {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		return info
	}
	same, changed := stat("a/same"), stat("a/changed")

	require.NoError(t, writeFolder(dir, all, []File{file("a/same", "1"), file("a/changed", "2\n"), file("c/fresh", "1\n")}, false))
	assert.True(t, os.SameFile(same, stat("a/same")))
	assert.False(t, os.SameFile(changed, stat("a/changed")))
	assert.Equal(t, []string{"a/changed", "a/same", "c/fresh"}, names(t, dir))
	assert.Equal(t, "2\n", read(t, dir, "a/changed"))
	assert.NoDirExists(t, filepath.Join(dir, "b"))
	beside, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	assert.Len(t, beside, 1, "what was written on the way is left behind")
}

// TestAnotherTargetStays holds that each target replaces its own folder alone.
func TestAnotherTargetStays(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, writeFolder(dir, []string{"kql"}, []File{file("kql/a", "1"), file("kql/b", "1")}, false))
	require.NoError(t, writeFolder(dir, []string{"spl"}, []File{file("spl/a", "1")}, false))
	assert.Equal(t, []string{"kql/a", "kql/b", "spl/a"}, names(t, dir))
	require.NoError(t, writeFolder(dir, []string{"kql"}, []File{file("kql/b", "1")}, false))
	assert.Equal(t, []string{"kql/b", "spl/a"}, names(t, dir))
	require.NoError(t, writeFolder(dir, []string{"kql", "spl", ""}, []File{file("summary", "1")}, false))
	require.NoError(t, writeFolder(dir, []string{"kql"}, []File{file("kql/a", "1")}, false))
	require.NoError(t, writeFolder(dir, []string{Everywhere}, []File{file("summary", "1")}, false))
	assert.NoDirExists(t, filepath.Join(dir, "kql"))
	assert.Equal(t, []string{"summary"}, names(t, dir))
}

// TestFilesOfOthersStay holds that a file that decree did not write is neither replaced nor removed.
func TestFilesOfOthersStay(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "kql", "mine")
	require.NoError(t, os.MkdirAll(filepath.Dir(mine), 0o755))
	require.NoError(t, os.WriteFile(mine, []byte("mine\n"), 0o644))
	all := []string{"kql"}

	require.NoError(t, writeFolder(dir, all, []File{file("kql/a", "1")}, false))
	assert.ErrorContains(t, writeFolder(dir, all, []File{file("kql/b", "1"), file("kql/mine", "1")}, true), "mine: decree did not write this file")
	assert.Equal(t, []string{"kql/a", "kql/mine"}, names(t, dir))
	assert.Equal(t, "mine\n", read(t, mine))

	require.NoError(t, writeFolder(dir, all, []File{file("kql/mine", "mine")}, false), "nothing is lost where the text is the same")
	require.NoError(t, writeFolder(dir, all, nil, false))
	assert.Equal(t, []string{"kql/mine"}, names(t, dir), "and the file is not decree's for that")
}

// TestWhatWasRemovedIsNoLongerDecrees holds that a file of the same name that comes later is somebody's own.
func TestWhatWasRemovedIsNoLongerDecrees(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, writeFolder(dir, []string{""}, []File{file("a", "1"), file("b", "1")}, false))
	require.NoError(t, os.Remove(filepath.Join(dir, "a")))
	require.NoError(t, writeFolder(dir, []string{""}, []File{file("b", "2")}, false))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("mine"), 0o644))
	require.NoError(t, writeFolder(dir, []string{""}, []File{file("b", "3")}, false))
	assert.Equal(t, "mine", read(t, dir, "a"))
	assert.ErrorContains(t, writeFolder(dir, []string{""}, []File{file("a", "1")}, false), "decree did not write this file")
}

// TestManifestCannotReachOut holds that a source.Manifest from elsewhere removes nothing outside its folder.
func TestManifestCannotReachOut(t *testing.T) {
	top := t.TempDir()
	outside := filepath.Join(top, "outside")
	require.NoError(t, os.WriteFile(outside, []byte("1"), 0o644))
	dir := filepath.Join(top, "out")
	require.NoError(t, os.Mkdir(dir, 0o755))
	require.NoError(t, os.Symlink(top, filepath.Join(dir, "up")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, source.Manifest), []byte("../outside\n"+outside+"\nup/outside\n"), 0o644))
	assert.Error(t, writeFolder(dir, []string{"", "..", "up"}, []File{file("a", "1")}, true))
	assert.FileExists(t, outside)
	assert.NoFileExists(t, filepath.Join(dir, "a"))
	assert.Error(t, writeFolder(dir, nil, []File{file("up/fresh", "1")}, true), "a link that leads out is not followed below the folder")
	assert.NoFileExists(t, filepath.Join(top, "fresh"))
}

func TestLinksAsFolder(t *testing.T) {
	top := t.TempDir()
	for name, to := range map[string]string{"there": "real", "missing": "later/deep"} {
		link := filepath.Join(top, name)
		require.NoError(t, os.Symlink(to, link))
		if name == "there" {
			require.NoError(t, os.Mkdir(filepath.Join(top, to), 0o755))
		}
		require.NoError(t, writeFolder(link, nil, []File{file("a", "1")}, false))
		assert.Equal(t, "1\n", read(t, top, to, "a"))
		info, err := os.Lstat(link)
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&os.ModeSymlink)
	}
}

// TestLinksInsideAreReplaced holds that a symbolic link in a file's place is replaced by a file.
func TestLinksInsideAreReplaced(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, writeFolder(dir, nil, []File{file("a", "1")}, false))
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	require.NoError(t, os.WriteFile(elsewhere, []byte("1\n"), 0o644))
	require.NoError(t, os.Remove(filepath.Join(dir, "a")))
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, "a")))
	require.NoError(t, writeFolder(dir, nil, []File{file("a", "1")}, false))
	info, err := os.Lstat(filepath.Join(dir, "a"))
	require.NoError(t, err)
	assert.True(t, info.Mode().IsRegular())
}

func TestWriteProtected(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "a")
	require.NoError(t, writeFolder(dir, []string{""}, []File{file("a", "1")}, false))
	require.NoError(t, os.Chmod(at, 0o444))
	require.NoError(t, writeFolder(dir, []string{""}, []File{file("a", "1")}, false), "nothing changes")
	assert.ErrorContains(t, writeFolder(dir, []string{""}, []File{file("a", "2")}, false), "write-protected: --force")
	assert.ErrorContains(t, writeFolder(dir, []string{""}, nil, false), "write-protected: --force")
	assert.Equal(t, "1\n", read(t, at))
	require.NoError(t, writeFolder(dir, []string{""}, []File{file("a", "2")}, true))
	assert.Equal(t, "2\n", read(t, at))
}

func TestFilesOfOneName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	one := File{Path: "kql/Straße", Text: "1", From: `"One" (a.yml:1:1)`}
	for path, want := range map[string]string{
		"kql/Straße": "the same file kql/Straße",
		"KQL/sTRAßE": "the same file where case is ignored",
		"kql/straẞe": "the same file where case is ignored",
	} {
		err := writeFolder(dir, nil, []File{one, {Path: path, Text: "2", From: `"Two" (b.yml:1:1)`}}, false)
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, `"One" (a.yml:1:1) and "Two" (b.yml:1:1) would both write `)
	}
	assert.NoDirExists(t, dir)
}

func writeFolder(dir string, below []string, files []File, force bool) error {
	_, err := WriteFolder(dir, below, files, force)
	return err
}

// TestWriteFolderCountsWhatItRemoves: files that are written anew, and those that a user removed, are not counted.
func TestWriteFolderCountsWhatItRemoves(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		names []string
		below []string
		want  int
	}{
		{[]string{"a/1", "a/2", "b/1", "top"}, []string{Everywhere}, 0},
		{[]string{"a/1", "a/2", "b/1", "top"}, []string{Everywhere}, 0},
		{[]string{"a/1"}, []string{"a"}, 1},
		{[]string{"a/1"}, []string{Everywhere}, 2},
		{nil, []string{Everywhere}, 1},
		{nil, []string{Everywhere}, 0},
	} {
		var files []File
		for _, name := range c.names {
			files = append(files, File{Path: name, Text: "text"})
		}
		removed, err := WriteFolder(dir, c.below, files, false)
		require.NoError(t, err)
		assert.Equal(t, c.want, removed, c.names)
	}
}

// TestAFailureWhileMovingChangesNothing: what was replaced or removed before it is there again.
func TestAFailureWhileMovingChangesNothing(t *testing.T) {
	for _, before := range [][]File{nil, {file("a/one", "old\n"), file("gone/deep", "old\n"), file("two", "old\n")}} {
		dir := t.TempDir()
		require.NoError(t, writeFolder(dir, []string{Everywhere}, before, false))
		was := append(names(t, dir), "wall/x")
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "wall", "x"), 0o755)) // a folder that no file can replace
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		f := &folder{dir: dir, root: root}
		require.NoError(t, f.readManifest())
		stale, err := f.stale([]string{Everywhere}, []File{file("a/one", ""), file("two", "")})
		require.NoError(t, err)
		err = f.replace([]File{file("a/one", "new\n"), file("new/deep/file", "new\n"), file("two", "new\n"), file("wall/x", "new\n")}, nil, stale)
		assert.ErrorContains(t, err, "cannot write "+filepath.Join(dir, "wall", "x")+": ")
		assert.NotContains(t, err.Error(), temporaryPrefix)
		require.NoError(t, root.Close())
		assert.Equal(t, was[:len(was)-1], names(t, dir))
		for _, one := range before {
			assert.Equal(t, one.Text, read(t, dir, one.Path))
		}
		assert.NoDirExists(t, filepath.Join(dir, "new"))
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "wall")))
		require.NoError(t, writeFolder(dir, []string{Everywhere}, []File{file("a/one", "new\n")}, false), "the manifest is what it was")
		assert.Equal(t, []string{"a/one"}, names(t, dir))
	}
}

// TestARemovalThatFailsChangesNothing: the files that were moved and removed before it are there again.
func TestARemovalThatFailsChangesNothing(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, writeFolder(dir, []string{Everywhere}, []File{file("a/one", "old\n"), file("b/two", "old\n")}, false))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "wall", "x"), 0o755))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	f := &folder{dir: dir, root: root}
	require.NoError(t, f.readManifest())
	err = f.replace([]File{file("a/one", "new\n")}, nil, []string{"b/two", "wall"})
	assert.ErrorContains(t, err, "cannot write "+filepath.Join(dir, "wall")+": ")
	require.NoError(t, root.Close())
	assert.Equal(t, []string{"a/one", "b/two"}, names(t, dir))
	assert.Equal(t, "old\n", read(t, dir, "a/one"))
	assert.Equal(t, "old\n", read(t, dir, "b/two"))
}

// TestAManifestInTheWay: nothing is moved yet, and the error is of the manifest alone.
func TestAManifestInTheWay(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one"), []byte("old\n"), 0o644))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, source.Manifest, "x"), 0o755))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	f := &folder{dir: dir, root: root, own: map[string]bool{"one": true}}
	err = f.replace([]File{file("one", "new\n")}, nil, nil)
	assert.ErrorContains(t, err, "cannot write "+filepath.Join(dir, source.Manifest)+": ")
	assert.NotContains(t, err.Error(), "\n")
	assert.NotContains(t, err.Error(), temporaryPrefix)
	require.NoError(t, root.Close())
	assert.Equal(t, "old\n", read(t, dir, "one"))
	left, err := filepath.Glob(filepath.Join(dir, temporaryPrefix+"*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestWhatCannotBePutBackIsKept: its folder is named.
func TestWhatCannotBePutBackIsKept(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "one"), []byte("old\n"), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "kept"), 0o755))
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	f, back := &folder{dir: dir, root: root}, &backup{root: root, dir: "kept"}
	require.NoError(t, back.keep("one"))
	require.NoError(t, root.Remove("one"))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "one", "x"), 0o755)) // as another program may do
	assert.ErrorContains(t, f.undo(back, ""), "the rest is kept in "+filepath.Join(dir, "kept")+": ")
	assert.True(t, back.stays, "and it is not removed")
	require.NoError(t, root.Close())
	assert.Equal(t, "old\n", read(t, dir, "kept", "old-0"))
}
