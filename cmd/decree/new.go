package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/scaffold"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
)

type newParams struct {
	file                       string
	title                      string
	product, category, service string
}

func newNew(s *stdio.Streams) *cobra.Command {
	var p newParams
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Start a rule and its test file",
		Long: `Write a new rule, and beside it a test file with one event that matches and one
that does not. Both are valid and pass at once. The rule is of
windows/process_creation, unless --product, --category and --service name
another log source. The folder and the name of the file choose none. The
condition tests a field of that log source, or words anywhere in the event. In a
project the file is in one of its folders of rules.

Use it to start a rule: then change the condition and the events. An existing
file is never overwritten.`,
		Example: `  decree new my_rules/whoami.yml
  decree new --product aws --service cloudtrail my_rules/new_key.yml
  decree new --product azure --service auditlogs my_rules/azure/role.yml`,
		Args: usage.Arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			p.file = args[0]
			return begin(s, p)
		},
	}
	f := cmd.Flags()
	f.StringVar(&p.title, "title", "", "`TITLE` of the rule (default: made of the file name)")
	f.StringVar(&p.product, "product", "", "`PRODUCT` of the log source, such as windows, linux, aws")
	f.StringVar(&p.category, "category", "", "`CATEGORY` of the log source, such as process_creation")
	f.StringVar(&p.service, "service", "", "`SERVICE` of the log source, such as security, cloudtrail")
	return cmd
}

// fileName is the form of a rule's file name. The rule's name is made of it.
var fileName = regexp.MustCompile(`^[a-z0-9_]+\.ya?ml$`)

func begin(s *stdio.Streams, p newParams) error {
	base := filepath.Base(p.file)
	if !fileName.MatchString(base) {
		return fmt.Errorf("%s: name the file NAME.yml, with lower-case letters, digits and underscores in NAME, such as suspicious_child.yml", base)
	}
	in, err := project.Open(s)
	if err != nil {
		return err
	}
	if err := isRead(in, p.file); err != nil {
		return err
	}
	name := strings.TrimSuffix(strings.TrimSuffix(p.file, ".yaml"), ".yml")
	test := name + ".test.yml"
	texts, err := scaffold.Write(scaffold.Request{Name: filepath.Base(name), Title: p.title, Product: p.product, Category: p.category, Service: p.service, Date: time.Now()})
	if err != nil {
		return err
	}
	parsed, found := parse.Rules(p.file, texts.Rule, nil)
	if found.HasErrors() { // the title or the log source is not valid
		return found[0]
	}
	if err := output.MakeFolder(filepath.Dir(p.file)); err != nil {
		return err
	}
	for _, name := range []string{p.file, test} { // if one of them exists, nothing is written
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s exists; choose another name", name)
		}
	}
	for _, file := range []output.File{{Path: p.file, Text: string(texts.Rule)}, {Path: test, Text: string(texts.Test)}} {
		if err := output.WriteNew(file.Path, []byte(file.Text)); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "wrote %s\n", diag.Visible(file.Path))
	}
	if p.product+p.category+p.service == "" {
		fmt.Fprintln(s.Out, "the rule is of windows/process_creation; --product, --category and --service name another log source")
	}
	for _, d := range lint.Run([]lint.File{{Path: p.file, Data: texts.Rule, Rules: parsed, Lowered: make([]*ir.Rule, len(parsed))}}) {
		if d.Code == "unknown-log-source" { // a model of the user's may have it
			fmt.Fprintf(s.Err, "warning: %s: %s\n", diag.Visible(d.Message), d.Hint)
		}
	}
	fmt.Fprintf(s.Out, "next: decree test %s\n", usage.Argument(p.file))
	return nil
}

// isRead is an error if commands would not read a file of the project.
func isRead(in *project.Project, file string) error {
	missed, err := in.Misses(file)
	if err != nil || !missed {
		return err
	}
	err = fmt.Errorf("%s is in none of the folders that `rules` of %s names: commands would not read it", file, filepath.ToSlash(in.File))
	if folder := in.RulesFolder(); folder != "" {
		err = fmt.Errorf("%w. Write: decree new %s", err, usage.Argument(filepath.Join(folder, filepath.Base(file))))
	}
	return err
}
