package output

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// manifestName names the file of an output folder in which decree lists its own files.
const manifestName = ".decree-output"

const manifestHead = "# Written by decree, which replaces and removes the files below and no others."

func (f *folder) readManifest() error {
	f.own = map[string]bool{}
	info, err := f.root.Lstat(manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	var text []byte
	if err == nil {
		text, err = f.root.ReadFile(manifestName)
	}
	if err != nil {
		return unwritable(filepath.Join(f.dir, manifestName), err)
	}
	for line := range strings.Lines(string(text)) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") && filepath.IsLocal(filepath.FromSlash(name)) && name != manifestName {
			f.own[name] = true
		}
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
