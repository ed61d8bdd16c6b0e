package source

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Manifest names the file of an output folder in which decree lists its own files. They are never read as rules.
const Manifest = ".decree-output"

// Listed gives the files of a manifest, with slashes, relative to its folder.
func Listed(manifest []byte) (files []string) {
	for line := range strings.Lines(string(manifest)) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") && filepath.IsLocal(filepath.FromSlash(name)) && name != Manifest {
			files = append(files, name)
		}
	}
	return files
}

// written gives the paths of the files that decree wrote into a folder of the tree, by its manifest there.
func (f *Folder) written(dir string) (files []string, err error) {
	at := path.Join(dir, Manifest)
	err = f.check(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var text []byte
	if err == nil {
		text, err = fs.ReadFile(f.fsys, at)
	}
	for _, name := range Listed(text) {
		files = append(files, path.Join(dir, name))
	}
	return files, err
}
