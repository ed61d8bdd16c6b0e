package ruleset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/project"
	"decree/engine/event"
	"decree/rules/diag"
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
	Named  bool   // the user named the file itself, not a folder: it must be a rule
	Tests  bool   // the user named its test file
	Beside bool   // the user did not name it: it is there for filters and names that the user gave, and for rules that read others
	onDisk string // where a file with rules is, by which files are compared; "" for the embedded library
}

// path is where the file is on disk.
func (f File) path() string { return filepath.Join(f.Disk, filepath.FromSlash(f.Path)) }

// onDisk is a path by which files are compared: it is absolute, and goes through no linked folder.
func onDisk(file string) string {
	return filepath.Join(folderOnDisk(filepath.Dir(file)), filepath.Base(file))
}

// folderOnDisk is such a path of a folder.
func folderOnDisk(dir string) string {
	if at, err := project.Resolved(dir); err == nil {
		return at
	}
	return filepath.Clean(dir)
}

// findRules lists the rule files under the paths of a selection, and those of the embedded library if it is asked for.
// It warns of folders in which it did not look.
func findRules(sel Selection) (all []File, linked diag.Diagnostics, err error) {
	if sel.Library || sel.besideLibrary {
		if all, _, err = filesOf(source.NewFolder(libraryName, library.FS()), "", "."); err != nil {
			return nil, nil, err
		}
		for i := range all {
			all[i].Beside = sel.besideLibrary
		}
	}
	seen := map[string]int{} // a file's path -> its place in all
	roots, folders := map[string]*source.Folder{}, map[string]string{}
	for i, p := range slices.Concat(sel.Paths, sel.beside) {
		files, links, err := findOnDisk(p, roots)
		if err != nil {
			return nil, nil, err
		}
		linked = append(linked, links...)
		for _, f := range files {
			dir := filepath.Dir(f.path())
			if folders[dir] == "" {
				folders[dir] = folderOnDisk(dir)
			}
			f.onDisk = filepath.Join(folders[dir], filepath.Base(f.path()))
			if at, had := seen[f.onDisk]; had {
				all[at].Named, all[at].Tests = all[at].Named || f.Named, all[at].Tests || f.Tests
				continue
			}
			f.Beside = i >= len(sel.Paths)
			seen[f.onDisk] = len(all)
			all = append(all, f)
		}
	}
	return all, linked, nil
}

// filesOf lists the YAML files at or below a path of a folder, and warns of linked folders there.
func filesOf(folder *source.Folder, disk, under string) (files []File, linked diag.Diagnostics, err error) {
	names, linked, err := parse.RuleFiles(folder, under)
	if err != nil {
		return nil, nil, err
	}
	files = make([]File, len(names))
	for i, name := range names {
		files[i] = File{Folder: folder, Disk: disk, Path: name}
	}
	return files, linked, nil
}

// statRules says what a path of rules leads to. A stream is an error, also under a name of standard input that leads to
// nothing.
func statRules(p string) (fs.FileInfo, error) {
	info, err := os.Stat(p)
	var mode fs.FileMode // of nothing
	if err == nil {
		mode = info.Mode()
	}
	if err := source.Streamed(p, mode); err != nil {
		return nil, err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, source.NotFound(p)
	}
	return info, err
}

// findOnDisk lists the rule files at or below a path, and warns of linked folders there.
func findOnDisk(p string, roots map[string]*source.Folder) (files []File, linked diag.Diagnostics, err error) {
	info, err := statRules(p)
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Clean(p)
	if !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	in, at, err := openRoot(dir, roots)
	if err != nil {
		return nil, nil, err
	}
	within, err := filepath.Rel(at, p)
	if err != nil {
		return nil, nil, err
	}
	within = filepath.ToSlash(within)
	if !info.IsDir() {
		if err := notRules(p); err != nil {
			return nil, nil, err
		}
		file := testedBy(within, in.Exists)
		return []File{{Folder: in, Disk: at, Path: file, Named: true, Tests: file != within}}, nil, nil
	}
	if files, linked, err = filesOf(in, at, within); err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		return nil, nil, noRuleFiles(p, linked, in.Exists(path.Join(within, source.Manifest)))
	}
	return files, linked, nil
}

// openRoot opens the root of a folder, once for all that have the same.
func openRoot(dir string, roots map[string]*source.Folder) (in *source.Folder, at string, err error) {
	at = Root(dir)
	if link, err := os.Lstat(dir); err == nil && link.Mode()&fs.ModeSymlink != 0 {
		at = dir // it may lead out of the folder above it
	}
	if in = roots[at]; in != nil {
		return in, at, nil
	}
	if in, err = source.OpenFolder(at); err != nil {
		return nil, "", err
	}
	roots[at] = in
	return in, at, nil
}

// noRuleFiles is the error for a folder without rule files. It may have links that were not followed, or be what decree
// wrote.
func noRuleFiles(p string, linked diag.Diagnostics, written bool) error {
	switch {
	case linked.HasErrors():
		return fmt.Errorf("%s: no rule files (.yml, .yaml) that can be read: %w", p, linked[0])
	case len(linked) > 0:
		return fmt.Errorf("%s: no rule files (.yml, .yaml) in this folder; %s is a link to a folder, which is not followed: name it itself", p, linked[0].Range.File)
	case written:
		return fmt.Errorf("%s: no rule files (.yml, .yaml) in this folder but what decree wrote into it: name the folder of the rules that it was made of", p)
	}
	return fmt.Errorf("%s: no rule files (.yml, .yaml) in this folder", p)
}

// notRules is the error for a file that its name says has no rules: an export of what is deployed, or events.
func notRules(p string) error {
	switch ext := strings.ToLower(filepath.Ext(p)); {
	case ext == ".conf":
		return fmt.Errorf("%s: searches of Splunk are no rules of Sigma: `decree import %s` makes rules of them", p, p)
	case slices.Contains([]string{".evtx", ".csv", ".ndjson", ".jsonl", ".gz", ".zst"}, ext):
		return fmt.Errorf("%s: this is no rule file (.yml, .yaml): `decree run --rules RULES EVENTS` reads events", p)
	case event.IsPacked(p):
		return fmt.Errorf("%s: archives are not read: unpack it, and name its folder", p)
	}
	return nil
}

// testedBy gives the rule or filter file beside a test file, which stands for it, as in the list of files that a shell
// or a hook passes. Any other file stands for itself.
func testedBy(file string, exists func(string) bool) string {
	if !parse.IsTestFile(file) {
		return file
	}
	base := strings.TrimSuffix(file, path.Ext(file))
	rule := strings.TrimSuffix(base, path.Ext(base))
	for _, ending := range []string{".yml", ".yaml"} {
		if exists(rule + ending) {
			return rule + ending
		}
	}
	return file
}

// FolderOf gives a folder itself, and of a file the folder that it is in.
func FolderOf(at string) string {
	if info, err := os.Stat(at); err == nil && !info.IsDir() {
		return filepath.Dir(at)
	}
	return filepath.Clean(at)
}

// Root gives the folder that the list files of rules in dir must stay inside. It is the nearest folder at or above dir
// with a folder lists, else dir itself.
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
