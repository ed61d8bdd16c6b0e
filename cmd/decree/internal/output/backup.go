package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// backup keeps the files of a folder that are replaced or removed, to undo that if one of them cannot be.
type backup struct {
	root  *os.Root
	dir   string   // of the folder: what is kept is in it
	names []string // in the order in which they were kept
	stays bool     // what is kept could not all be put back
}

// kept is where the file of a number is.
func (b *backup) kept(number int) string { return path.Join(b.dir, fmt.Sprintf("old-%d", number)) }

// keep keeps a file, or that there is none.
func (b *backup) keep(name string) error {
	to := b.kept(len(b.names))
	err := b.root.Link(name, to)
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // not every file system has links
		var text []byte
		if text, err = b.root.ReadFile(name); err == nil {
			err = b.root.WriteFile(to, text, 0o644)
		}
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		b.names = append(b.names, name)
		return nil
	}
	return err
}

// restore makes the files that were kept what they were, and removes the others.
func (b *backup) restore() (err error) {
	for i, name := range slices.Backward(b.names) {
		if _, is := b.root.Lstat(b.kept(i)); is == nil {
			err = errors.Join(err, b.root.MkdirAll(path.Dir(name), 0o755), b.root.Rename(b.kept(i), name))
			continue
		}
		if gone := b.root.Remove(name); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		removeEmpty(b.root, path.Dir(name))
	}
	return err
}

// removeEmpty removes a folder and those above it, but those that are not empty.
func removeEmpty(root *os.Root, dir string) {
	for dir != "." && root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
}
