package ruleset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"decree/rules/library"
	"decree/rules/parse"
	"decree/rules/source"
)

// libraryName begins the paths of the embedded library in messages.
const libraryName = "library"

// File is a rule file in the folder that its lists may come from.
type File struct {
	Folder *source.Folder
	Disk   string // the folder's path on disk, "" for the embedded library
	Path   string // slash path in the folder
}

// findRules lists the rule files under paths. Without paths it lists the embedded library.
func findRules(paths []string) ([]File, error) {
	if len(paths) == 0 {
		return filesOf(source.NewFolder(libraryName, library.FS()), "")
	}
	var all []File
	seen := map[string]bool{}
	roots := map[string]*root{}
	for _, p := range paths {
		files, err := findOnDisk(p, roots)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			key := filepath.Join(f.Disk, f.Path)
			if !seen[key] {
				seen[key] = true
				all = append(all, f)
			}
		}
	}
	return all, nil
}

func filesOf(folder *source.Folder, disk string) ([]File, error) {
	names, err := parse.RuleFiles(folder)
	if err != nil {
		return nil, err
	}
	files := make([]File, len(names))
	for i, name := range names {
		files[i] = File{folder, disk, name}
	}
	return files, nil
}

// root is an open folder, with its rule files once they are listed.
type root struct {
	folder *source.Folder
	files  []File
}

func findOnDisk(p string, roots map[string]*root) ([]File, error) {
	info, err := os.Stat(p)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: no such file or folder", p)
		}
		return nil, err
	}
	dir := filepath.Clean(p)
	if !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	at := Root(dir)
	in := roots[at]
	if in == nil {
		folder, err := source.OpenFolder(at)
		if err != nil {
			return nil, err
		}
		in = &root{folder: folder}
		roots[at] = in
	}
	within, err := filepath.Rel(at, p)
	if err != nil {
		return nil, err
	}
	within = filepath.ToSlash(within)
	if !info.IsDir() {
		return []File{{in.folder, at, within}}, nil
	}
	if in.files == nil {
		if in.files, err = filesOf(in.folder, at); err != nil {
			return nil, err
		}
	}
	var below []File
	for _, f := range in.files {
		if within == "." || strings.HasPrefix(f.Path, within+"/") {
			below = append(below, f)
		}
	}
	if len(below) == 0 {
		return nil, fmt.Errorf("%s: no rule files (.yml, .yaml) in this folder", p)
	}
	return below, nil
}

// Root gives the folder that the list files of rules in dir must stay inside. It is the nearest folder at or above dir with a folder lists, else
// dir itself.
func Root(dir string) string {
	for at, up := dir, ""; ; at = up {
		if info, err := os.Stat(filepath.Join(at, "lists")); err == nil && info.IsDir() {
			return at
		}
		if up = filepath.Dir(at); up == at || at == ".." || strings.HasSuffix(at, string(filepath.Separator)+"..") {
			return dir
		}
	}
}
