package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// outFile is one file of an output folder. Path is relative to it.
type outFile struct{ Path, Text string }

// marker names the file that tells an output folder of ours from someone's own.
const marker = ".decree-output"

// writeFolder makes dir hold exactly files. All is written beside dir first and moved into
// place at the end, so that a failure leaves what stood there before. A folder with other
// content, which decree did not write, is refused.
func writeFolder(dir string, files []outFile) (err error) {
	dir = filepath.Clean(dir)
	if err := mayReplace(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), ".decree-new-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }()
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	if err := writeAll(fresh, dir, append(files, outFile{marker, "Written by decree; replaced as a whole.\n"})); err != nil {
		return err
	}
	return swap(fresh, dir)
}

// writeAll writes files below fresh, on all cores. What stands in dir unchanged is linked: a build tool sees
// by its time that it did not change, and file systems are slow to make thousands of files where as many
// were just deleted.
func writeAll(fresh, dir string, files []outFile) error {
	type writing struct {
		outFile
		nth int // in its folder
		err error
	}
	all := make([]writing, len(files))
	seen, made := map[string]bool{}, map[string]int{}
	for i, f := range files {
		if seen[f.Path] {
			return fmt.Errorf("cannot write %s: two rules want the same file; give them different names", filepath.Join(dir, f.Path))
		}
		seen[f.Path], all[i].outFile = true, f
		below := filepath.Dir(f.Path)
		if made[below] == 0 {
			if err := os.MkdirAll(filepath.Join(fresh, below), 0o755); err != nil {
				return err
			}
		}
		made[below]++
		all[i].nth = made[below]
	}
	// One folder makes one file at a time: neighbours are of different folders.
	slices.SortStableFunc(all, func(a, b writing) int { return a.nth - b.nth })
	each(all, func(w *writing) { w.err = w.write(fresh, dir) })
	for _, w := range all {
		if w.err != nil {
			return w.err
		}
	}
	return nil
}

func (f outFile) write(fresh, dir string) error {
	text := f.Text
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	to, was := filepath.Join(fresh, f.Path), filepath.Join(dir, f.Path)
	if info, err := os.Lstat(was); err == nil && info.Mode().IsRegular() && info.Size() == int64(len(text)) {
		if old, err := os.ReadFile(was); err == nil && string(old) == text && os.Link(was, to) == nil {
			return nil
		}
	}
	return os.WriteFile(to, []byte(text), 0o644)
}

func mayReplace(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("cannot write %s: it is a file, not a folder", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("cannot write %s: it holds files decree did not write; choose another folder with --out", dir)
	}
	return nil
}

// swap puts fresh where dir is. Should the last step fail, the old folder is put back.
func swap(fresh, dir string) error {
	old := fresh + ".old"
	err := os.Rename(dir, old)
	if errors.Is(err, os.ErrNotExist) {
		return os.Rename(fresh, dir)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", dir, err)
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(fmt.Errorf("cannot write %s: %w", dir, err), os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}
