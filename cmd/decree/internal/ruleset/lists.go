package ruleset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
)

// Lists says which folders answer the %names% that rules do not define.
type Lists struct {
	Dirs        []string
	Environment string // a subfolder whose lists win; empty for none
}

// AddTo adds the flags --list-dir and --env.
func (l *Lists) AddTo(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&l.Dirs, "list-dir", nil, "`DIR` of lists: NAME.yml, NAME.txt or NAME.csv there answers %NAME% where a rule has no such list; repeatable")
	cmd.Flags().StringVar(&l.Environment, "env", "", "environment `NAME`: lists in the subfolder of that name win over others of the folder")
	if err := cmd.MarkFlagDirname("list-dir"); err != nil {
		panic(err) // the flag was defined two lines above
	}
}

// openLists reads the list files, keeps what is wrong with them, and names the environment.
func (set *Set) openLists(s *stdio.Streams, l Lists) error {
	if len(l.Dirs) == 0 {
		if l.Environment != "" {
			return fmt.Errorf("--env %s needs a folder of lists: name it with --list-dir", l.Environment)
		}
		return nil
	}
	folders := make([]*source.Folder, len(l.Dirs))
	for i, dir := range l.Dirs {
		var err error
		if folders[i], err = openListDir(dir); err != nil {
			return fmt.Errorf("--list-dir %s: %w", dir, err)
		}
	}
	known, err := parse.Environments(folders)
	if err != nil {
		return err
	}
	switch {
	case l.Environment == "" || slices.Contains(known, l.Environment):
	case len(known) == 0:
		return fmt.Errorf("unknown environment %q: it must be a subfolder of %s, which has none", l.Environment, strings.Join(l.Dirs, " or "))
	default:
		return usage.UnknownChoice("environment", l.Environment, known)
	}
	lists, found, err := parse.OutsideLists(folders, l.Environment)
	if err != nil {
		return err
	}
	set.Lists, set.Environment, set.listDirs, set.Found = lists, l.Environment, l.Dirs, append(set.Found, found...)
	set.countFailed(found)
	shown := lists.Files()
	for _, d := range found {
		shown = append(shown, d.Range.File)
	}
	for _, file := range shown {
		set.keepListFile(file, folders, l.Dirs)
	}
	if l.Environment != "" {
		fmt.Fprintf(s.Err, "environment %s: %s of its own, of %d\n", diag.Visible(l.Environment), plural.Count(lists.OfEnvironment(), "list"), len(lists.Files()))
	}
	return nil
}

// countFailed counts the files, and folders, that have an error.
func (set *Set) countFailed(found diag.Diagnostics) {
	failed := map[string]bool{}
	for _, d := range found {
		if d.Severity == diag.Error {
			failed[d.Range.File] = true
		}
	}
	set.Failed += len(failed)
}

// keepListFile makes the text of a list file available to findings in it.
func (set *Set) keepListFile(shown string, folders []*source.Folder, dirs []string) {
	for i, folder := range folders {
		if file, ok := folder.Inside(shown); ok {
			set.KeepFile(shown, File{Folder: folder, Disk: dirs[i], Path: file})
		}
	}
}

func openListDir(dir string) (*source.Folder, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("no such folder")
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, errors.New("not a folder")
	}
	return source.OpenFolder(filepath.Clean(dir))
}
