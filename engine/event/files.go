package event

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var extensions = []string{".ndjson", ".jsonl", ".json", ".csv", ".evtx", ".xml"}

// Expand lists the event files that paths name: files as they are, folders with all below
// them, globs, and "-" for standard input. A path that names nothing is an error.
func Expand(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		if p == "-" {
			out = append(out, p)
			continue
		}
		matches := []string{p} // a name may have brackets, as a pattern has
		if _, err := os.Lstat(p); err != nil {
			if matches, err = filepath.Glob(p); err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
		}
		before := len(out)
		for _, m := range matches {
			err := filepath.WalkDir(m, func(at string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && (at == m || supported(at)) {
					out = append(out, at)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
		switch {
		case len(matches) == 0 && strings.ContainsAny(p, "*?["):
			return nil, fmt.Errorf("%s: no file has such a name", p)
		case len(matches) == 0:
			return nil, fmt.Errorf("%s: no such file or folder", p)
		case len(out) == before:
			return nil, fmt.Errorf("%s: no event files (%s; also .gz and .zst)", p, strings.Join(extensions, ", "))
		}
	}
	return out, nil
}

func supported(name string) bool {
	return slices.Contains(extensions, filepath.Ext(plainName(name)))
}

// plainName is a file's name in lower case without what compression added to it.
func plainName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), ".gz"), ".zst")
}
