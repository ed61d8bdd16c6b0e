package event

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// extensions are those of logs; files of the last two are often something else.
var extensions = []string{".ndjson", ".jsonl", ".csv", ".tsv", ".evtx", ".json", ".xml"}

// Files are what paths name.
type Files struct {
	Paths  []string
	Passed []string        // files of a folder that are no logs
	Doubt  map[string]bool // files of a folder that may be no logs, as their content tells
	Errs   []error         // paths that name nothing, and folders that cannot be read
}

// Expand lists the event files that paths name: files as they are, folders with all below
// them, globs, and "-" for standard input. Of a folder it takes what has the name of a log, and leaves out what is hidden.
func Expand(paths []string) Files {
	out := Files{Doubt: map[string]bool{}}
	fail := func(format string, args ...any) { out.Errs = append(out.Errs, fmt.Errorf(format, args...)) }
	for _, p := range paths {
		if p == "-" {
			out.Paths = append(out.Paths, p)
			continue
		}
		matches := []string{p} // a name may have brackets, as a pattern has
		if _, err := os.Lstat(p); err != nil {
			if matches, err = filepath.Glob(p); err != nil {
				fail("%s: %w", p, err)
				continue
			}
		}
		before, failed := len(out.Paths), len(out.Errs)
		for _, m := range matches {
			out.walk(m)
		}
		switch {
		case len(matches) == 0 && strings.ContainsAny(p, "*?["):
			fail("%s: no file has such a name", p)
		case len(matches) == 0:
			fail("%s: no such file or folder", p)
		case len(out.Paths) == before && len(out.Errs) == failed:
			fail("%s: no event files (%s; also .gz and .zst)", p, strings.Join(extensions, ", "))
		}
	}
	return out
}

func (f *Files) walk(root string) {
	err := filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		hidden := at != root && strings.HasPrefix(d.Name(), ".")
		switch {
		case err != nil: // of a folder inside, what else there is is read
			f.Errs = append(f.Errs, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && hidden:
			return fs.SkipDir
		case d.IsDir():
		case at == root:
			f.Paths = append(f.Paths, at)
		case hidden || !supported(at) || !regular(at):
			f.Passed = append(f.Passed, at)
		default:
			f.Paths = append(f.Paths, at)
			f.Doubt[at] = slices.Contains(extensions[len(extensions)-2:], filepath.Ext(plainName(at)))
		}
		return nil
	})
	if err != nil {
		f.Errs = append(f.Errs, err)
	}
}

// regular tells a file, or a link to one, from a pipe that nobody writes to.
func regular(name string) bool {
	info, err := os.Stat(name)
	return err != nil || info.Mode().IsRegular()
}

func supported(name string) bool {
	return slices.Contains(extensions, filepath.Ext(plainName(name)))
}

// plainName is a file's name in lower case without what compression added to it.
func plainName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".zst")
}
