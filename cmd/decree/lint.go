package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/progress"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/lint"
)

// lint looks for what is allowed in the rules and still likely wrong.
func (set *ruleSet) lint(s *stdio.Streams) diag.Diagnostics {
	var files []lint.File
	for _, f := range set.parsed {
		files = append(files, f.file)
	}
	parts := map[diag.Range]bool{}
	for r := range set.parts() {
		parts[r.Range] = true
	}
	step, end := progress.Steps(s, "checks", len(files))
	all := lint.RunEach(files, step)
	end()
	found := slices.DeleteFunc(all, func(d diag.Diagnostic) bool { // a part of a correlation is not referred to, and does not alert
		return parts[d.Range] && (d.Code == "missing-id" || d.Code == "missing-level")
	})
	for _, f := range set.parsed {
		set.keepFile(f.file.Path, f.from)
	}
	return found
}

// parsedFile is a rule file as lint wants it.
type parsedFile struct {
	from ruleFile
	file lint.File
}

// fix changes the files and says what it did.
func (set *ruleSet) fix(s *stdio.Streams, force bool) error {
	total, changed := 0, 0
	for _, f := range set.parsed {
		if f.from.Disk == "" {
			return errors.New("--fix changes files on disk: name them; the shipped library is part of the program")
		}
		data, err := f.from.Folder.Read(f.from.Path)
		if err != nil {
			return err
		}
		f.file.Data = data
		fixed, done := lint.Fix(f.file, f.reread)
		if bytes.Equal(fixed, data) {
			continue
		}
		path := filepath.Join(f.from.Disk, filepath.FromSlash(f.from.Path))
		if err := output.Write(path, fixed, force); err != nil {
			return err
		}
		for _, d := range done {
			fmt.Fprintf(s.Err, "fixed %s: %s\n", diag.Visible(d.Range.String()), d.Code)
		}
		total += len(done)
		changed++
	}
	fmt.Fprintf(s.Err, "%d findings fixed in %d files\n", total, changed)
	return nil
}

// reread parses and lowers new bytes of the file.
func (f parsedFile) reread(data []byte) lint.File {
	parsed, found := rules.ParseFile(f.from.Path, data, f.from.Folder)
	out := lowered(parsed, found)
	out.Path, out.Data = f.file.Path, data
	return out
}

// lowered is what was read of a file, lowered, with all that was found.
func lowered(parsed rules.File, found diag.Diagnostics) lint.File {
	out := lint.File{Rules: parsed.Rules, Broken: parsed.Broken, Correlations: parsed.Correlations, Found: found}
	for _, r := range parsed.Rules {
		one, more := ir.Lower(r)
		out.Lowered, out.Found = append(out.Lowered, one), append(out.Found, more...)
	}
	for _, r := range parsed.Broken {
		out.Found = append(out.Found, ir.Examine(r)...)
	}
	return out
}

// explainCheck shows what one code means, or without a code lists them all.
func explainCheck(s *stdio.Streams, code string) error {
	if code != "" {
		text, err := lint.Explain(code)
		if err != nil {
			if _, compiling := compilers.ExplainGap(code); compiling == nil {
				return fmt.Errorf("compiling reports %q, not validating: decree compile --explain %s", code, code)
			}
			return err
		}
		fmt.Fprint(s.Out, text)
		return nil
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "CODE\tSEVERITY\tFIXED BY --fix")
	for _, page := range lint.Pages() {
		fixed := ""
		if lint.Fixable(page.Code) {
			fixed = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", page.Code, page.Severity, fixed)
	}
	return w.Flush()
}

// atLeast leaves out what is less severe.
func atLeast(found diag.Diagnostics, level string) diag.Diagnostics {
	least := diag.Info
	for _, s := range []diag.Severity{diag.Error, diag.Warning} {
		if s.String() == level {
			least = s
		}
	}
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Severity > least })
}

// countByCode shows how often each code was found, the most often first, when there are many findings.
func countByCode(s *stdio.Streams, found diag.Diagnostics) error {
	if len(found) < 10 {
		return nil
	}
	counts := map[diag.Diagnostic]int{}
	for _, d := range found {
		counts[diag.Diagnostic{Code: d.Code, Severity: d.Severity}]++
	}
	kinds := make([]diag.Diagnostic, 0, len(counts))
	for d := range counts {
		kinds = append(kinds, d)
	}
	slices.SortFunc(kinds, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Severity, b.Severity))
	})
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	_, err := fmt.Fprintln(w, "FOUND\tSEVERITY\tCODE")
	for _, d := range kinds {
		_, more := fmt.Fprintf(w, "%d\t%s\t%s\n", counts[d], d.Severity, d.Code)
		err = errors.Join(err, more)
	}
	return errors.Join(err, w.Flush())
}
