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
Where the folder has rules, in its folder rules or in others, as Sigma's
repository has windows and cloud, they are the project's, and no first rule is
written.

Use it once for each repository of rules. Every command then finds decree.yml in
its folder or above it, and takes rules, filters, lists and targets from it.
A file that is there is never overwritten: nothing is written then, or with
--keep what is not there.`,
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
	own, others, err := rulesThere(p.dir)
	if err != nil {
		return err
	}
	files, err := scaffold.Project(time.Now(), own)
	if err != nil {
		return err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(p.dir, filepath.FromSlash(f.Path))
	}
	there, err := output.Existing(paths, p.keep)
	if err != nil {
		return err
	}
	for i, f := range files {
		word := "wrote"
		if there[paths[i]] {
			word = "kept"
		} else if err := writeNew(paths[i], f); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "%-5s %s\n", word, diag.Visible(paths[i]))
	}
	if file := filepath.Join(p.dir, project.FileName); there[file] {
		err = sayUnread(s, file)
	} else {
		sayRules(s, own, others)
	}
	if err != nil {
		return err
	}
	around, err := project.Around(p.dir)
	if err != nil {
		return err
	}
	if around != "" {
		fmt.Fprintf(s.Err, "%s is a project already: within %s decree reads the new one alone, and none of its rules\n", diag.Visible(around), diag.Visible(p.dir))
	}
	into := ""
	if p.dir != "." {
		into = "cd " + usage.Argument(p.dir) + " && "
	}
	fmt.Fprintf(s.Out, "to check rules before each commit: git config core.hooksPath %s\n", usage.Argument(hooksPath(p.dir)))
	fmt.Fprintf(s.Out, "next: %sdecree build\n", into)
	return nil
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

// rulesThere gives the rules of a new project, if there are any: its folder rules, or without files in it each folder
// beside it that has rules. others are folders and files that have rules, too, and are not rules of the project.
func rulesThere(dir string) (own, others []string, err error) {
	folder, err := source.OpenFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	files, folders, err := folder.Entries(".")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range folders {
		switch in := path.Join(name, "a.yml"); { // any file of it
		case name == "rules":
			has, err := parse.HasRuleFile(folder, name)
			if err != nil {
				return nil, nil, err
			}
			if has {
				own = []string{name}
			}
		case name != "models" && name != "dist" && !strings.HasPrefix(name, ".") && parse.IsRuleFile(in) && parse.HasRules(folder, name):
			others = append(others, name)
		}
	}
	if own == nil {
		own, others = others, nil
	}
	for _, name := range files {
		if parse.IsRuleFile(name) && parse.HasRules(folder, name) {
			others = append(others, name)
		}
	}
	return own, others, nil
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

// sayUnread says which of the folders of a project its file, which was there before, does not name. What is wrong with
// the file is for every other command to say.
func sayUnread(s *stdio.Streams, file string) error {
	p, found, _, err := project.Read(file)
	if err != nil || found.HasErrors() {
		return err
	}
	var unread []string
	for _, of := range []struct {
		key   string
		paths []string
	}{{"filters", p.Filters}, {"lists", p.Lists}, {"models", p.ModelPaths()}} {
		if !slices.Contains(of.paths, filepath.Join(p.Dir(), of.key)) {
			unread = append(unread, fmt.Sprintf("`%[1]s: [%[1]s]`", of.key))
		}
	}
	if len(unread) > 0 {
		fmt.Fprintf(s.Err, "%s names none of these folders, so nothing reads them: add %s\n", diag.Visible(file), strings.Join(unread, ", "))
	}
	return nil
}

// writeNew writes a file of the project, and makes its folder.
func writeNew(path string, f scaffold.File) error {
	if err := output.MakeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := output.Write(path, f.Text, false); err != nil {
		return err
	}
	if f.Runs {
		return os.Chmod(path, 0o755)
	}
	return nil
}
