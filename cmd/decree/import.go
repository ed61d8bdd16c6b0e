package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/imported"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/packaging"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/queries"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/targets"
	"decree/cmd/decree/internal/usage"
	"decree/compilers/deployed"
	"decree/rules/diag"
)

type importParams struct {
	export string
	out    string
	format string
	keep   bool
}

func newImport(s *stdio.Streams) *cobra.Command {
	var p importParams
	cmd := &cobra.Command{
		Use:   "import EXPORT",
		Short: "Start a project from rules that are deployed",
		Long: `Write a rule file for each deployed rule of an export, in Sigma's form: title,
description, level, ATT&CK, schedule, suppression, entities and details, and the
query as it is under "query". An export is what decree diff reads. decree.yml is
written if there is none. What a rule has no place for is listed, and so is what
would change if you deploy the rule with decree.

Use it to bring rules that were made in a product under version control. Then
replace each query by a detection, and test it. A file that is there is never
overwritten: nothing is written then, or with --keep what is not there.`,
		Example: `  decree import -o imported tests/examples/deployed/savedsearches.conf
  decree import -o made --format json tests/examples/deployed/kibana.ndjson`,
		Args: usage.Arguments(1, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			p.export = args[0]
			return importRules(s, p)
		},
	}
	cmd.Flags().StringVarP(&p.out, "out", "o", ".", "`DIR` of the project; the rules go into its folder rules")
	cmd.Flags().BoolVar(&p.keep, "keep", false, "keep the files that are there, and write the others")
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func importRules(s *stdio.Streams, p importParams) error {
	export, err := readExport(p.export)
	if err != nil {
		return err
	}
	if len(export.Rules) == 0 {
		return errors.New(strings.Join(append([]string{p.export + " has no rules to import: nothing is written"}, export.Remarks...), "\n"))
	}
	files, report := importedFiles(export)
	dir, projectFile, err := projectOf(p.out)
	if err != nil {
		return err
	}
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(dir, f.Name)
	}
	there, err := output.Existing(paths, p.keep)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return nothingImported(s, p, report)
	}
	if err := output.MakeFolder(dir); err != nil {
		return err
	}
	if projectFile != "" {
		if err := output.WriteNew(projectFile, []byte(imported.Project(export))); err != nil {
			return err
		}
		report.Project = filepath.ToSlash(projectFile)
	}
	if err := writeImported(files, paths, there, &report); err != nil {
		return err
	}
	found, err := compareImported(s, export, &report)
	if err != nil {
		return err
	}
	if err := showImported(s, p, dir, report); err != nil {
		return err
	}
	if p.format == "text" && len(report.Rules) > 0 {
		fmt.Fprintf(s.Out, "next: decree validate %s\n", usage.Argument(dir))
	}
	return exit.After(found)
}

// importedFiles gives the rule files of an export, and the report of what is not in them.
func importedFiles(export *deployed.Export) ([]imported.File, imported.Report) {
	for _, p := range export.Parts {
		export.Remarks = append(export.Remarks, fmt.Sprintf("not read: the %s %s", p.Kind, p.Name))
	}
	files, left := imported.Files(export)
	if left == nil {
		left = []imported.Left{}
	}
	return files, imported.Report{Product: export.Product, Rules: []imported.Written{}, Left: left, Remarks: export.Remarks}
}

// showImported writes the report of rules that are in a folder.
func showImported(s *stdio.Streams, p importParams, dir string, report imported.Report) error {
	if p.format == "json" {
		return s.WriteJSON(report)
	}
	report.Print(s, dir)
	return nil
}

// nothingImported says why no rule of an export can be imported. Without a rule there is no project either.
func nothingImported(s *stdio.Streams, p importParams, report imported.Report) error {
	if err := showImported(s, p, p.out, report); err != nil {
		return err
	}
	return fmt.Errorf("%s has no rules that can be imported: nothing is written", p.export)
}

// writeImported writes the files of rules to their paths, but those that are there, and reports both.
func writeImported(files []imported.File, paths []string, there map[string]bool, report *imported.Report) error {
	for i, f := range files {
		name := paths[i]
		if there[name] {
			report.Kept = append(report.Kept, filepath.ToSlash(name))
			continue
		}
		if err := output.WriteNew(name, []byte(f.Text)); err != nil {
			return err
		}
		report.Rules = append(report.Rules, imported.NewWritten(filepath.ToSlash(name), f.Of))
	}
	return nil
}

// projectOf gives the folder for the rules of an import, and the project file to write: "" if there is one in the
// folder or above it.
func projectOf(out string) (dir, file string, err error) {
	at, err := filepath.Abs(out)
	if err != nil {
		return "", "", err
	}
	for above := at; ; above = filepath.Dir(above) {
		_, err := os.Lstat(filepath.Join(above, project.FileName))
		switch {
		case err == nil && above == at:
			return filepath.Join(out, "rules"), "", nil
		case err == nil:
			return out, "", nil
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			return "", "", err
		case above == filepath.Dir(above):
			return filepath.Join(out, "rules"), filepath.Join(out, project.FileName), nil
		}
	}
}

// compareImported packages the rules that were written, and says how that differs from what is deployed.
func compareImported(s *stdio.Streams, export *deployed.Export, report *imported.Report) (diag.Diagnostics, error) {
	if len(report.Rules) == 0 {
		return nil, nil
	}
	chosen, err := targets.ChoosePackages(nil, []string{string(export.Product)})
	if err != nil {
		return nil, err
	}
	chosen[0].App.EnterpriseSecurity = imported.ForEnterpriseSecurity(export)
	var paths []string
	for _, r := range report.Rules {
		paths = append(paths, filepath.FromSlash(r.File))
	}
	set, err := ruleset.Load(&stdio.Streams{Out: io.Discard, Err: io.Discard}, &project.Project{}, ruleset.Selection{Paths: paths})
	if err != nil {
		return nil, err
	}
	made, err := packaging.Make(set, chosen, queries.Options{}, func(t targets.Target) string { return t.Name })
	if err != nil {
		return nil, err
	}
	found := append(set.Found, made.Found...)
	set.Show(s, slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Severity != diag.Error }))
	own, _, err := made.Deployable(chosen[0])
	if err != nil {
		return nil, err
	}
	changes, _ := deployed.Compare(export.Product, own.Rules, export.Rules, deployed.Settings{Target: chosen[0].Name, Partial: true})
	packaged := map[string]bool{}
	for _, p := range made.Packages {
		packaged[p.Source.IR.Source.Range.File] = true
	}
	report.Compare(changes, packaged)
	return found, nil
}
