package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/scaffold"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules/diag"
	"decree/rules/parse"
	"decree/rules/source"
)

type initParams struct {
	dir  string
	keep bool
}

func newInit(s *stdio.Streams) *cobra.Command {
	var p initParams
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Start a project: decree.yml, folders, a first rule, CI",
		Long: `Write a new project into a folder, by default this one: decree.yml, folders for
rules, filters, lists and models, a first rule with its test, .gitignore, a
pre-commit hook, and CI for GitHub and GitLab. decree build passes at once.
Where the folder has rules, in its folder rules or in others, such as windows
and cloud, they are the project's, and no first rule is written.

Use it once for each repository of rules. Every command then finds decree.yml in
its folder or above it, and takes rules, filters, lists and targets from it.
A file that is there is never overwritten, and nothing is written through a link
to a folder: nothing is written at all then, or with --keep the other files.`,
		Example: `  decree init detections
  decree init --keep detections`,
		Args: usage.Arguments(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			p.dir = "."
			if len(args) > 0 {
				p.dir = args[0]
			}
			return initialise(s, p)
		},
	}
	cmd.Flags().BoolVar(&p.keep, "keep", false, "keep the files that are there, and write the others")
	return cmd
}

func initialise(s *stdio.Streams, p initParams) error {
	if at, err := os.Stat(p.dir); err == nil && !at.IsDir() {
		return fmt.Errorf("%s: it is a file: name a folder for the project", p.dir)
	}
	file := filepath.Join(p.dir, project.FileName)
	before, err := project.Written(file)
	if err != nil {
		return err
	}
	there, err := rulesThere(p.dir)
	if err != nil {
		return err
	}
	own, others := there.split(before["rules"])
	kept, err := writeScaffold(s, p, own)
	if err != nil {
		return err
	}
	switch {
	case before != nil:
		sayUnread(s, file, before)
	case !kept[file]:
		sayRules(s, own, others)
	}
	around, err := project.Around(p.dir)
	if err != nil {
		return err
	}
	if around != "" {
		fmt.Fprintf(s.Err, "%s is a project already: within %s decree reads the new one alone, and none of its rules\n", diag.Visible(around), diag.Visible(p.dir))
	}
	sayNext(s, p.dir)
	return nil
}

// writeScaffold writes the files of a new project whose rules are in these folders, and tells which were there.
func writeScaffold(s *stdio.Streams, p initParams, own []string) (kept map[string]bool, err error) {
	files, err := scaffold.Project(time.Now(), own)
	if err != nil {
		return nil, err
	}
	if files, err = besideLinks(s, p, files); err != nil {
		return nil, err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(p.dir, filepath.FromSlash(f.Path))
	}
	if kept, err = output.Existing(paths, p.keep); err != nil {
		return nil, err
	}
	for i, f := range files {
		word := "wrote"
		if kept[paths[i]] {
			word = "kept"
		} else if err := writeNew(paths[i], f); err != nil {
			return nil, err
		}
		fmt.Fprintf(s.Out, "%-5s %s\n", word, diag.Visible(paths[i]))
	}
	return kept, nil
}

// sayNext names the commands that follow in a new project.
func sayNext(s *stdio.Streams, dir string) {
	fmt.Fprintf(s.Out, "to check rules before each commit: git config core.hooksPath %s\n", usage.Argument(hooksPath(dir)))
	next := "decree build"
	if dir != "." { // in lines of their own, since not every shell has &&
		next = "cd " + usage.Argument(dir) + "\n      " + next
	}
	fmt.Fprintf(s.Out, "next: %s\n", next)
}

// hooksPath is the folder of a project's hooks as git reads it: from the top of the repository that the project is in.
// A project that is in none becomes one itself.
func hooksPath(dir string) string {
	const hooks = ".githooks"
	at, err := filepath.Abs(dir)
	if err != nil {
		return hooks
	}
	for way := hooks; ; at, way = filepath.Dir(at), path.Join(filepath.Base(at), way) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return way
		}
		if at == filepath.Dir(at) {
			return hooks
		}
	}
}

// besideLinks gives the files that are not written through a link to a folder: what is behind it may be of others. Such
// a link is an error, unless what is there is kept.
func besideLinks(s *stdio.Streams, p initParams, files []scaffold.File) ([]scaffold.File, error) {
	var links []string
	files = slices.DeleteFunc(files, func(f scaffold.File) bool {
		for at := path.Dir(f.Path); at != "."; at = path.Dir(at) {
			link := filepath.Join(p.dir, filepath.FromSlash(at))
			if info, err := os.Lstat(link); err == nil && info.Mode()&fs.ModeSymlink != 0 {
				links = append(links, diag.Visible(link))
				return true
			}
		}
		return false
	})
	links = slices.Compact(links) // the files of a folder follow each other
	if len(links) > 0 && !p.keep {
		return nil, fmt.Errorf("nothing is written, because these are links, and what is behind them may be of others:\n  %s\n--keep keeps them and writes the other files", strings.Join(links, "\n  "))
	}
	for _, link := range links {
		fmt.Fprintf(s.Out, "kept  %s, which is a link\n", link)
	}
	return files, nil
}

// present is where rules are in the folder of a new project.
type present struct {
	rules  string   // its folder rules, or where the link of this name leads; "" if no rule file is there
	beside []string // other folders
	others []string // files, and folders of rules that nobody runs
}

// split tells the folders of the project's rules from what is not a rule of it. A project file that is there names its
// rules: its folder rules gets a first rule if it is one of them and has none.
func (p present) split(named []string) (own, others []string) {
	switch isRules := func(name string) bool { return path.Clean(name) == "rules" }; {
	case len(named) > 0 && !slices.ContainsFunc(named, isRules):
		return named, nil
	case p.rules != "":
		return []string{p.rules}, slices.Concat(p.beside, p.others)
	case len(named) > 0:
		return nil, nil
	}
	return p.beside, p.others
}

// rulesThere tells where rules are in a folder, which need not be there.
func rulesThere(dir string) (present, error) {
	var out present
	folder, err := source.OpenFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	files, folders, err := folder.Entries(".")
	if err != nil {
		return out, err
	}
	if out.rules, err = folderRules(dir); err != nil {
		return out, err
	}
	for _, name := range folders {
		switch in := path.Join(name, "a.yml"); { // any file of it
		case name == "rules" || name == out.rules || name == "models" || name == "dist" || strings.HasPrefix(name, "."):
		case !parse.IsRuleFile(in) || !parse.HasRules(folder, name):
		case name == "deprecated" || name == "unsupported": // as Sigma's repository has them
			out.others = append(out.others, name)
		default:
			out.beside = append(out.beside, name)
		}
	}
	for _, name := range files {
		if parse.IsRuleFile(name) && parse.HasRules(folder, name) {
			out.others = append(out.others, name)
		}
	}
	return out, nil
}

// folderRules gives the folder rules of a folder, or where the link of this name leads, relative to it: a project's
// rules are never behind a link that leads out. It is "" if there is no rule file.
func folderRules(dir string) (string, error) {
	at := filepath.Join(dir, "rules")
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		return "", nil // there is none, or a link to nothing
	}
	folder, err := source.OpenFolder(at)
	if err != nil {
		return "", err
	}
	if has, err := parse.HasRuleFile(folder, "."); err != nil || !has {
		return "", err
	}
	top, err := project.Resolved(dir)
	if err != nil {
		return "", err
	}
	if at, err = project.Resolved(at); err != nil {
		return "", err
	}
	name, err := filepath.Rel(top, at)
	return filepath.ToSlash(name), err
}

// sayRules says which folders are the rules of a new project, and which are not.
func sayRules(s *stdio.Streams, own, others []string) {
	if len(own) > 0 {
		fmt.Fprintf(s.Out, "the project's rules are those in %s\n", diag.Visible(strings.Join(own, ", ")))
	}
	if len(others) > 0 {
		fmt.Fprintf(s.Err, "rules are also in %s: decree reads them if `rules` of %s names their folder\n", diag.Visible(strings.Join(others, ", ")), project.FileName)
	}
}

// sayUnread says which of the folders of a project its file, which was there before, does not name.
func sayUnread(s *stdio.Streams, file string, named map[string][]string) {
	var unread []string
	for _, key := range []string{"filters", "lists", "models"} {
		paths, has := named[key]
		switch {
		case slices.ContainsFunc(paths, func(p string) bool { return path.Clean(p) == key }):
		case has:
			unread = append(unread, fmt.Sprintf("%[1]s to its list `%[1]s`", key))
		default:
			unread = append(unread, fmt.Sprintf("`%[1]s: [%[1]s]`", key))
		}
	}
	if len(unread) > 0 {
		fmt.Fprintf(s.Err, "%s names none of these folders, so nothing reads them: add %s\n", diag.Visible(file), strings.Join(unread, ", "))
	}
}

// writeNew writes a file of the project, and makes its folder.
func writeNew(path string, f scaffold.File) error {
	if err := output.MakeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := output.WriteNew(path, f.Text); err != nil {
		return err
	}
	if f.Runs {
		return os.Chmod(path, 0o755)
	}
	return nil
}
