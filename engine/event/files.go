package event

import (
	"fmt"
	"io/fs"
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
		matches, err := filepath.Glob(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
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
		if len(out) == before {
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
