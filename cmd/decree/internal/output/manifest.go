package output

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"decree/rules/source"
)

const manifestHead = "# Written by decree, which replaces and removes the files below and no others."

func (f *folder) readManifest() error {
	f.own = map[string]bool{}
	info, err := f.root.Lstat(source.Manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	var text []byte
	if err == nil {
		text, err = f.root.ReadFile(source.Manifest)
	}
	if err != nil {
		return unwritable(filepath.Join(f.dir, source.Manifest), err)
	}
	for _, name := range source.Listed(text) {
		f.own[name] = true
	}
	return nil
}

func manifestText(names map[string]bool) []byte {
	var lines []string
	for name, is := range names {
		if is {
			lines = append(lines, name)
		}
	}
	slices.Sort(lines)
	return []byte(strings.Join(append([]string{manifestHead}, lines...), "\n") + "\n")
}
