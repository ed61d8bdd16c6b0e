package source

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"decree/rules/diag"
)

// mostAbove is how many folders above the current one are looked at for a path.
const mostAbove = 16

// NotFound is the error for a path of the user's that does not exist. It suggests the same path in a folder above the
// current one, or else the path with the closest name where the first missing part is.
func NotFound(path string) error {
	if path == "" {
		return fmt.Errorf("a path is empty: name a file or a folder%w", silent{fs.ErrNotExist})
	}
	if path == "-" {
		return Streamed(path, 0)
	}
	if strings.ContainsAny(path, "*?[") {
		return fmt.Errorf("%s: no file matches%w", path, silent{fs.ErrNotExist})
	}
	text := path + ": no such file or folder"
	if near := Meant(path); near != "" {
		text += "; did you mean " + near + "?"
	}
	return fmt.Errorf("%s%w", text, silent{fs.ErrNotExist})
}

// Matching gives the files and folders that a path or a pattern of the user's means. Not every shell replaces patterns
// by the files that match: PowerShell does not. Brackets may be a part of a name, and not only of a pattern.
func Matching(path string) ([]string, error) {
	if _, err := os.Lstat(path); err == nil {
		return []string{path}, nil
	}
	return filepath.Glob(path)
}

// Streamed is the error for a path of a rule that is standard input or a pipe, under any of their names; nil if it is
// neither. Rules are read more than once, and have files beside them.
func Streamed(path string, mode fs.FileMode) error {
	switch clean := filepath.ToSlash(filepath.Clean(path)); {
	case clean == "-", standardInput.MatchString(clean):
		return fmt.Errorf("%s: rules are files, and standard input is read for events alone%w", path, silent{fs.ErrNotExist})
	case descriptor.MatchString(clean), mode&fs.ModeNamedPipe != 0:
		return fmt.Errorf("%s: rules are files, and a pipe is read for events alone%w", path, silent{fs.ErrNotExist})
	}
	return nil
}

var (
	standardInput = regexp.MustCompile(`^(/dev/stdin|(/dev|/proc/(self|thread-self|[0-9]+))/fd/0)$`)
	descriptor    = regexp.MustCompile(`^(/dev|/proc/(self|thread-self|[0-9]+))/fd/[0-9]+$`)
)

// silent wraps an error for errors.Is and adds nothing to a message.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }

// Meant gives the path that was probably meant, or "".
func Meant(path string) string {
	clean := filepath.Clean(path)
	if filepath.IsLocal(clean) {
		above := ".."
		for range mostAbove {
			if at := filepath.Join(above, clean); exists(at) {
				return at
			}
			above = filepath.Join(above, "..")
		}
	}
	missing, rest := clean, ""
	for dir := filepath.Dir(missing); dir != missing; dir = filepath.Dir(missing) {
		entries, err := os.ReadDir(dir)
		if err == nil {
			return closest(dir, filepath.Base(missing), rest, entries)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return ""
		}
		missing, rest = dir, filepath.Join(filepath.Base(missing), rest)
	}
	return ""
}

// closest gives the path with the entry of a folder that is closest to a name, or "". Names are compared up to their
// first dot, and of those that are alike there, as a whole. What is below the entry must be there.
func closest(dir, name, rest string, entries []fs.DirEntry) string {
	stem := func(name string) string { before, _, _ := strings.Cut(name, "."); return before }
	alike := map[string][]string{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && (rest == "" || exists(filepath.Join(dir, e.Name(), rest))) {
			alike[stem(e.Name())] = append(alike[stem(e.Name())], e.Name())
		}
	}
	of := alike[diag.Closest(stem(name), slices.Sorted(maps.Keys(alike)))]
	if len(of) == 0 {
		return ""
	}
	return filepath.Join(dir, cmp.Or(diag.Closest(name, of), of[0]), rest)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
