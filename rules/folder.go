package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"decree/rules/diag"
)

// Folder is a tree of rules and the list files they may read. Nothing outside it is ever
// opened, neither through ".." nor through a symbolic link.
type Folder struct {
	FilterCondition FilterCondition // how filters that stand in its files are read

	name string
	fsys fs.FS
}

func (f *Folder) filterCondition() FilterCondition {
	if f == nil {
		return FilterByForm
	}
	return f.FilterCondition
}

// OpenFolder opens a folder on disk.
func OpenFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{name: dir, fsys: root.FS()}, nil
}

// NewFolder wraps a file system, such as an embedded one; name begins its paths in findings.
func NewFolder(name string, fsys fs.FS) *Folder { return &Folder{name: name, fsys: fsys} }

// Files lists the rule files: .yml and .yaml, sorted, without test files and without what
// stands under a folder named lists, filters or regression_data.
func (f *Folder) Files() ([]string, error) {
	var files []string
	err := fs.WalkDir(f.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := path.Base(p); base == "lists" || base == "filters" || base == "regression_data" {
				return fs.SkipDir
			}
			return nil
		}
		ext := path.Ext(p)
		if (ext == ".yml" || ext == ".yaml") && !strings.HasSuffix(strings.TrimSuffix(p, ext), ".test") {
			files = append(files, p)
		}
		return nil
	})
	return files, err
}

// UnreadableFile is the code of a file that cannot be read.
const UnreadableFile = "unreadable-file"

// maxFile bounds the size of a rule or list file, in bytes.
const maxFile = 4 << 20

// Read gives the text of a file in the folder as UTF-8, at most 4 MiB.
func (f *Folder) Read(file string) ([]byte, error) {
	if err := f.check(file); err != nil {
		return nil, err
	}
	r, err := f.fsys.Open(file)
	if err != nil {
		return nil, err
	}
	data, err := readAtMost(r, file)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	text, err := utf8Text(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return text, nil
}

func readAtMost(r fs.File, file string) ([]byte, error) {
	info, err := r.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s: larger than %d MiB", file, maxFile>>20)
	}
	data := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = data.ReadFrom(r)
	return data.Bytes(), err
}

// Parse reads the detection rules of one file of the folder, as Parse does.
func (f *Folder) Parse(file string) ([]*Rule, diag.Diagnostics) {
	data, found := f.ReadRules(file)
	if found != nil {
		return nil, found
	}
	return Parse(file, data, f)
}

// ParseFile reads one rule file of the folder.
func (f *Folder) ParseFile(file string) (File, diag.Diagnostics) {
	data, found := f.ReadRules(file)
	if found != nil {
		return File{}, found
	}
	return ParseFile(file, data, f)
}

// ReadRules gives the text of a file of rules or filters, or what is wrong with it: a finding of the whole file, without a line.
func (f *Folder) ReadRules(file string) ([]byte, diag.Diagnostics) {
	data, err := f.Read(file)
	if err == nil {
		return data, nil
	}
	var found diag.Diagnostics
	found.Errorf(UnreadableFile, diag.Range{File: f.Shown(file)}, "", "%v", err)
	return nil, found
}

// Shown is a file's path as findings show it.
func (f *Folder) Shown(file string) string {
	if f == nil {
		return file
	}
	return path.Join(f.name, file)
}

// Open opens a file of the folder, of any size, for reading it as a stream.
func (f *Folder) Open(file string) (io.ReadCloser, error) {
	if err := f.check(file); err != nil {
		return nil, err
	}
	return f.fsys.Open(file)
}

// Exists tells whether the folder has a file of that name.
func (f *Folder) Exists(file string) bool { return f.check(file) == nil }

// check says why a file of the folder cannot be opened. A pipe or a device is refused, since
// reading one may never end.
func (f *Folder) check(file string) error {
	info, err := fs.Stat(f.fsys, file)
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

// beside is the path of a file named relative to another file of the folder.
func (f *Folder) beside(file, name string) (string, error) {
	at := path.Join(path.Dir(file), name)
	if f == nil || path.IsAbs(name) || !fs.ValidPath(at) {
		return at, errOutside
	}
	return at, nil
}

// readBeside reads a file named relative to another file of the folder.
func (f *Folder) readBeside(file, name string) (data []byte, at string, err error) {
	if at, err = f.beside(file, name); err != nil {
		return nil, at, err
	}
	data, err = f.Read(at)
	return data, at, err
}

var errOutside = errors.New("outside the rules folder")
