package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"decree/rules/diag"
)

// Folder is a tree of rules and the list files they may read. Nothing outside it is ever
// opened, neither through ".." nor through a symbolic link.
type Folder struct {
	name string
	fsys fs.FS
	near nearby
}

// OpenFolder opens a folder on disk.
func OpenFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{name: dir, fsys: root.FS(), near: nearby{root: root}}, nil
}

// NewFolder wraps a file system, such as an embedded one; name begins its paths in findings.
func NewFolder(name string, fsys fs.FS) *Folder { return &Folder{name: name, fsys: fsys} }

// YAMLFiles lists the files that YAML goes through. It warns of the symbolic links to folders with YAML that are met on
// the way and not followed. A folder below the path that cannot be read is an error in found, and does not hide others.
func (f *Folder) YAMLFiles(under string, skip func(folder string) bool) (files []string, found diag.Diagnostics, err error) {
	unreadable := func(p string, err error) error {
		found = append(found, f.Unreadable(p, err)...)
		return nil
	}
	err = f.walk(under, skip, unreadable, func(p string, d fs.DirEntry) (more bool) {
		if IsYAML(p) {
			files = append(files, p)
		}
		name := path.Base(p)
		if d.Type()&fs.ModeSymlink == 0 || name == "node_modules" || skip != nil && skip(name) {
			return true
		}
		if leadsAway(filepath.Join(f.name, filepath.FromSlash(p)), filepath.Join(f.name, filepath.FromSlash(under)), skip) {
			found.Warnf("linked-folder", diag.Range{File: f.Shown(p)}, "name the folder itself where you name the one that it is in", "this link to a folder is not followed: nothing in it is read")
		}
		return true
	})
	return files, found, err
}

// YAML goes through the files at or below a path of the folder that end in .yml or .yaml, in letters of any case,
// sorted. Below the path it leaves out what is hidden (its name begins with a dot), node_modules, what a manifest there
// lists, and folders that skip accepts; skip may be nil. It does not follow symbolic links to folders. An error is the
// last that it gives.
func (f *Folder) YAML(under string, skip func(folder string) bool) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		failed := func(_ string, err error) error { return err }
		err := f.walk(under, skip, failed, func(p string, _ fs.DirEntry) (more bool) { return !IsYAML(p) || yield(p, nil) })
		if err != nil {
			yield("", err)
		}
	}
}

// leadsAway tells whether a link leads to a folder with YAML that is not below top.
func leadsAway(link, top string, skip func(folder string) bool) bool {
	to, err := filepath.EvalSymlinks(link)
	top, broken := filepath.EvalSymlinks(top)
	if err != nil || broken != nil {
		return false // a link to nothing
	}
	if Within(top, to) {
		return false
	}
	other, err := OpenFolder(to)
	if err != nil {
		return false // no folder
	}
	for _, err := range other.YAML(".", skip) {
		return err == nil
	}
	return false
}

// walk visits what YAML looks at, sorted, until visit wants no more. unreadable says what becomes of a manifest, or a
// folder below the path, that cannot be read: it is left out, or its error ends the walk.
func (f *Folder) walk(under string, skip func(folder string) bool, unreadable func(p string, err error) error, visit func(p string, d fs.DirEntry) (more bool)) error {
	own := map[string]bool{} // what decree wrote
	return fs.WalkDir(f.fsys, under, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p != under:
			return unreadable(p, err)
		case err != nil:
			return err
		}
		name := path.Base(p)
		hidden := strings.HasPrefix(name, ".")
		switch {
		case d.IsDir() && p != under && (hidden || name == "node_modules" || skip != nil && skip(name)):
			return fs.SkipDir
		case d.IsDir():
			written, err := f.written(p)
			for _, file := range written {
				own[file] = true
			}
			if err != nil {
				return unreadable(path.Join(p, Manifest), err)
			}
		case hidden && p != under, own[p]:
		case !visit(p, d):
			return fs.SkipAll
		}
		return nil
	})
}

// IsYAML tells whether a file is YAML by its name: .yml or .yaml, in letters of any case.
func IsYAML(file string) bool {
	ext := path.Ext(file)
	return strings.EqualFold(ext, ".yml") || strings.EqualFold(ext, ".yaml")
}

// BaseName is the name of a file without its folder and its extension.
func BaseName(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// Entries names the files and the folders that are directly in one folder of the tree, sorted. A symbolic link counts
// as a file.
func (f *Folder) Entries(dir string) (files, folders []string, err error) {
	entries, err := fs.ReadDir(f.fsys, dir)
	for _, e := range entries {
		if e.IsDir() {
			folders = append(folders, e.Name())
		} else {
			files = append(files, e.Name())
		}
	}
	return files, folders, err
}

// UnreadableFile is the code of a file that cannot be read.
const UnreadableFile = "unreadable-file"

// maxSize limits the size of a rule or list file, in bytes.
const maxSize = 4 << 20

// Read gives the text of a file in the folder as UTF-8, at most 4 MiB.
func (f *Folder) Read(file string) ([]byte, error) {
	if r := f.near.open(file); r != nil {
		return readText(r, file, maxSize)
	}
	if err := f.check(file); err != nil {
		return nil, err
	}
	r, err := f.fsys.Open(file)
	if err != nil {
		return nil, err
	}
	return readText(r, file, maxSize)
}

// Load gives the text of a file, or a finding about the whole file, without a line, if it cannot be read.
func (f *Folder) Load(file string) ([]byte, diag.Diagnostics) {
	data, err := f.Read(file)
	if err == nil {
		return data, nil
	}
	return nil, f.Unreadable(file, err)
}

// Unreadable is the finding about a file or a folder of the folder that cannot be read.
func (f *Folder) Unreadable(file string, err error) diag.Diagnostics {
	hint := ""
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		hint = "who runs decree needs the permission to read it"
	case errors.Is(err, errOutside):
		hint = "nothing outside of a folder is read, also not through a link: copy the file into " + diag.Visible(f.Shown("."))
	}
	if errors.As(err, &at) {
		err = fmt.Errorf("cannot read it: %w", at.Err)
	}
	var found diag.Diagnostics
	found.Errorf(UnreadableFile, diag.Range{File: f.Shown(file)}, hint, "%v", err)
	return found
}

// Shown is a file's path as findings show it.
func (f *Folder) Shown(file string) string {
	if f == nil {
		return file
	}
	return path.Join(f.name, file)
}

// Inside turns a path as findings show it into a path in the folder. ok is false if it is not in the folder.
func (f *Folder) Inside(shown string) (file string, ok bool) {
	if f.name == "" {
		return shown, fs.ValidPath(shown)
	}
	return strings.CutPrefix(shown, path.Clean(f.name)+"/")
}

// Open opens a file in the folder for reading as a stream. The file may have any size.
func (f *Folder) Open(file string) (io.ReadCloser, error) {
	if err := f.check(file); err != nil {
		return nil, err
	}
	return f.fsys.Open(file)
}

// Exists tells whether the folder has a file of that name.
func (f *Folder) Exists(file string) bool { return f.check(file) == nil }

// check says why a file in the folder cannot be opened.
func (f *Folder) check(file string) error { return openable(f.fsys, file) }

// openable says why a file cannot be opened. Pipes and devices are refused, because reading one may never end.
func openable(fsys fs.FS, file string) error {
	info, err := fs.Stat(fsys, file)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist) && strings.Contains(err.Error(), "escapes"):
		return errOutside
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: not a regular file", file)
	}
	return nil
}

// beside resolves the name of a file relative to another file, and gives its path in the folder. The error is
// errOutside or fs.ErrNotExist, or says why the file cannot be opened.
func (f *Folder) beside(file, name string) (string, error) {
	at := path.Join(path.Dir(file), name)
	if f == nil || path.IsAbs(name) || !fs.ValidPath(at) {
		return at, errOutside
	}
	return at, f.check(at)
}

// errOutside says that a file is outside the folder.
var errOutside = errors.New("outside the folder")
