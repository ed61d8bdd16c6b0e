package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decree/rules/source"
)

// File is one file of an output folder. Path is relative to it, with slashes.
type File struct {
	Path, Text string
	From       string // the rule and its place, for messages
	Binary     bool   // written as it is, without a newline at the end
}

// Everywhere stands for all folders of an output folder: what decree wrote there before, and does not write now, is
// removed.
const Everywhere = "*"

// folder is an output folder that is being written.
type folder struct {
	dir   string
	root  *os.Root
	own   map[string]bool // files that decree wrote before
	force bool
}

// WriteFolder writes files into dir. It removes files that decree wrote there before and does not write now, below the
// folders named ("" is the top; or Everywhere). All files get temporary names first, and what they replace is kept
// until the last is moved, so that a failure changes nothing. A file that decree did not write is never touched: if one
// is in the way, nothing is written. Only force overwrites a write-protected file. removed counts the files that are
// removed.
func WriteFolder(dir string, below []string, files []File, force bool) (removed int, err error) {
	if err := distinct(files); err != nil {
		return 0, err
	}
	made, err := makeFolder(dir)
	if err != nil {
		return 0, unwritable(dir, err)
	}
	defer func() {
		if err != nil && made != "" {
			_ = os.Remove(made) // only if it is empty
		}
	}()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, unwritable(dir, err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	f := &folder{dir: dir, root: root, force: force}
	if err := f.readManifest(); err != nil {
		return 0, err
	}
	changed, kept, err := f.compare(files)
	if err != nil {
		return 0, err
	}
	stale, err := f.stale(below, files)
	if err != nil || len(changed)+len(stale) == 0 {
		return 0, err
	}
	return len(stale), f.replace(changed, kept, stale)
}

// makeFolder makes dir if it does not exist, also behind a symbolic link. It gives the topmost folder that it made, or
// "".
func makeFolder(dir string) (made string, err error) {
	to, err := target(filepath.Clean(dir))
	if err != nil {
		return "", err
	}
	info, err := os.Stat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return to, os.MkdirAll(to, 0o755)
	case err == nil && !info.IsDir():
		return "", errors.New("it is a file, not a folder")
	}
	return "", err
}

// distinct refuses paths that are the same file on some system.
func distinct(files []File) error {
	seen := map[string]File{}
	for _, f := range files {
		key := Fold(f.Path)
		before, ok := seen[key]
		if !ok {
			seen[key] = f
			continue
		}
		what := "the same file " + f.Path
		if before.Path != f.Path {
			what = fmt.Sprintf("the files %s and %s, which are the same file where case is ignored", before.Path, f.Path)
		}
		return fmt.Errorf("%s and %s would both write %s: give them different names with `name:`", before.From, f.From, what)
	}
	return nil
}

// full is the path of a file of the folder.
func (f *folder) full(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f *folder) writable(name string, info fs.FileInfo) error {
	if info.Mode().IsRegular() && protected(info) && !f.force {
		return unwritable(f.full(name), errProtected)
	}
	return nil
}

// compare finds which files must be written. Files that did not change keep their times, which build tools compare.
func (f *folder) compare(files []File) (changed, kept []File, err error) {
	folded := map[string]string{} // of files that decree wrote; a file may now have a name in another case
	for name := range f.own {
		folded[Fold(name)] = name
	}
	for _, file := range files {
		if !file.Binary && !strings.HasSuffix(file.Text, "\n") {
			file.Text += "\n"
		}
		info, err := f.root.Lstat(file.Path)
		if errors.Is(err, fs.ErrNotExist) {
			changed = append(changed, file)
			continue
		}
		if err != nil {
			return nil, nil, unwritable(f.full(file.Path), err)
		}
		own := f.own[file.Path] || f.isSameFile(folded[Fold(file.Path)], info)
		same := f.holds(file, info)
		switch {
		case same && own:
			kept = append(kept, file)
		case same: // not decree's, but with the same content
		case info.IsDir():
			return nil, nil, unwritable(f.full(file.Path), errors.New("it is a folder"))
		case !own:
			return nil, nil, unwritable(f.full(file.Path), errors.New("decree did not write this file: move it, or choose another folder with --out"))
		default:
			if err := f.writable(file.Path, info); err != nil {
				return nil, nil, err
			}
			changed = append(changed, file)
		}
	}
	return changed, kept, nil
}

// isSameFile tells whether a name, if it is not empty, is of the file of which info tells.
func (f *folder) isSameFile(name string, info fs.FileInfo) bool {
	if name == "" {
		return false
	}
	other, err := f.root.Lstat(name)
	return err == nil && os.SameFile(info, other)
}

// holds tells whether a file that is there, of which info tells, has the text that would be written.
func (f *folder) holds(file File, info fs.FileInfo) bool {
	if !info.Mode().IsRegular() || info.Size() != int64(len(file.Text)) {
		return false
	}
	old, err := f.root.ReadFile(file.Path)
	return err == nil && bytes.Equal(old, []byte(file.Text))
}

// stale lists the files that decree wrote before and does not write now.
func (f *folder) stale(below []string, files []File) ([]string, error) {
	everywhere := slices.Contains(below, Everywhere)
	now := map[string]bool{}
	for _, file := range files {
		now[file.Path] = true
	}
	var out []string
	for name := range f.own {
		top, _, inside := strings.Cut(name, "/")
		if !inside {
			top = ""
		}
		if now[name] || (!everywhere && !slices.Contains(below, top)) {
			continue
		}
		info, err := f.root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || (err == nil && info.IsDir()) {
			delete(f.own, name) // the user removed it: a new file there is not decree's
			continue
		}
		if err != nil {
			return nil, unwritable(f.full(name), err)
		}
		if err := f.writable(name, info); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out, nil
}

// replace writes the changed files under temporary names, and moves them when all are written.
func (f *folder) replace(changed, kept []File, stale []string) (err error) {
	fresh := temporary()
	place := filepath.Join(f.dir, fresh)
	watched.add(place)
	defer watched.forget(place)
	if err := f.root.Mkdir(fresh, 0o755); err != nil {
		return unwritable(f.dir, err)
	}
	back := &backup{root: f.root, dir: fresh}
	defer func() {
		if !back.stays {
			err = errors.Join(err, f.root.RemoveAll(fresh))
		}
	}()
	for i, file := range changed {
		if err := f.root.WriteFile(path.Join(fresh, fmt.Sprint(i)), []byte(file.Text), 0o644); err != nil {
			return unwritable(f.full(file.Path), err)
		}
	}
	after := map[string]bool{}
	for name := range f.own {
		after[name] = !slices.Contains(stale, name)
	}
	for _, file := range changed {
		after[file.Path] = true
	}
	for _, file := range kept {
		after[file.Path] = true
	}
	all, left, was := path.Join(fresh, "all"), path.Join(fresh, "left"), path.Join(fresh, "was")
	for _, m := range []struct {
		at    string
		names map[string]bool
	}{{all, union(f.own, after)}, {left, after}, {was, f.own}} {
		if err := f.root.WriteFile(m.at, manifestText(m.names), 0o644); err != nil {
			return unwritable(filepath.Join(f.dir, source.Manifest), err)
		}
	}
	return watched.whole(func() error {
		if err := f.root.Rename(all, source.Manifest); err != nil { // nothing is moved yet
			return unwritable(filepath.Join(f.dir, source.Manifest), err)
		}
		if err := f.move(changed, stale, fresh, left, back); err != nil {
			return errors.Join(err, f.undo(back, was))
		}
		return nil
	})
}

// undo makes the folder what it was before move, with the manifest was. What cannot be put back stays where it is kept.
func (f *folder) undo(back *backup, was string) error {
	err := back.restore()
	if len(f.own) > 0 {
		err = errors.Join(err, f.root.Rename(was, source.Manifest))
	} else if gone := f.root.Remove(source.Manifest); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	if err == nil {
		return nil
	}
	back.stays = true
	return fmt.Errorf("not all that was there before could be put back: the rest is kept in %s: %w", filepath.Join(f.dir, back.dir), err)
}

// move renames all files, and keeps what they replace. The manifest lists the files of before and of now until all are
// moved, so that it has decree's files at every moment.
func (f *folder) move(changed []File, stale []string, fresh, left string, back *backup) error {
	written := map[string]fs.FileInfo{}
	for i, file := range changed {
		info, err := f.moveOne(path.Join(fresh, fmt.Sprint(i)), file.Path, back)
		if err != nil {
			return unwritable(f.full(file.Path), err)
		}
		written[Fold(file.Path)] = info
	}
	for _, name := range stale {
		if err := f.remove(name, written[Fold(name)], back); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(f.full(name), err)
		}
		removeEmpty(f.root, path.Dir(name))
	}
	if err := f.root.Rename(left, source.Manifest); err != nil {
		return unwritable(filepath.Join(f.dir, source.Manifest), err)
	}
	return nil
}

// moveOne gives a file its place.
func (f *folder) moveOne(from, to string, back *backup) (fs.FileInfo, error) {
	if err := f.root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return nil, err
	}
	if err := back.keep(to); err != nil {
		return nil, err
	}
	if err := f.root.Rename(from, to); err != nil {
		return nil, err
	}
	return f.root.Lstat(to)
}

// remove removes a stale file, unless it is the one that was just written under a name in another case.
func (f *folder) remove(name string, written fs.FileInfo, back *backup) error {
	info, err := f.root.Lstat(name)
	if err != nil || written != nil && os.SameFile(written, info) {
		return err
	}
	if err := back.keep(name); err != nil {
		return err
	}
	return f.root.Remove(name)
}

func union(a, b map[string]bool) map[string]bool {
	out := map[string]bool{}
	for name := range a {
		out[name] = true
	}
	for name, is := range b {
		out[name] = out[name] || is
	}
	return out
}
