package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
pre-commit hook, and CI for GitHub and GitLab. decree build passes at once. If
the folder rules has rules, no first rule is written.

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
	files, err := scaffold.Project(time.Now())
	if err != nil {
		return err
	}
	if at, err := os.Stat(p.dir); err == nil && !at.IsDir() {
		return fmt.Errorf("%s: it is a file: name a folder for the project", p.dir)
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(p.dir, filepath.FromSlash(f.Path))
	}
	there, err := output.Existing(paths, p.keep)
	if err != nil {
		return err
	}
	own, err := hasRules(filepath.Join(p.dir, "rules"))
	if err != nil {
		return err
	}
	for i, f := range files {
		path := paths[i]
		if own && !there[path] && strings.HasPrefix(f.Path, "rules/") {
			continue
		}
		word := "wrote"
		if there[path] {
			word = "kept"
		} else if err := writeNew(path, f); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "%-5s %s\n", word, diag.Visible(path))
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
	for path := hooks; ; at, path = filepath.Dir(at), filepath.ToSlash(filepath.Join(filepath.Base(at), path)) {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return path
		}
		if at == filepath.Dir(at) {
			return hooks
		}
	}
}

// hasRules tells whether a folder has files of rules. A first rule among them would be deployed with them.
func hasRules(dir string) (bool, error) {
	folder, err := source.OpenFolder(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return parse.HasRuleFile(folder, ".")
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
