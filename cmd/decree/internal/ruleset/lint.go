package ruleset

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/progress"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/lint"
	"decree/rules/parse"
)

// Lint finds what is allowed in the rules and their filters but likely wrong.
func (set *Set) Lint(s *stdio.Streams) diag.Diagnostics {
	var files []lint.File
	for _, f := range set.parsed {
		files = append(files, f.file)
	}
	var unread diag.Diagnostics
	for _, f := range set.parsedFilters {
		data, found := f.from.Folder.Load(f.from.Path) // for the comments in it
		f.file.Data = data
		files, unread = append(files, f.file), append(unread, found...)
	}
	parts := map[diag.Range]bool{}
	for r := range set.parts() {
		parts[r.Range] = true
	}
	step, end := progress.Steps(s, "checks", len(files))
	all := lint.RunEach(files, step)
	end()
	found := slices.DeleteFunc(all, func(d diag.Diagnostic) bool { // a part of a correlation needs no id and no level
		return parts[d.Range] && (d.Code == "missing-id" || d.Code == "missing-level")
	})
	for _, f := range set.parsed {
		set.KeepFile(f.file.Path, f.from)
	}
	ofLists := set.Lists.Check()
	if !set.whole || set.Project.Exists() && !set.OfProject { // rules that were not read may use them
		ofLists = slices.DeleteFunc(ofLists, func(d diag.Diagnostic) bool { return d.Code == parse.UnusedListFile })
	}
	return set.Project.Lint.Judge(slices.Concat(found, unread, ofLists))
}

// parsedFile is a rule file in the form that lint reads.
type parsedFile struct {
	from  File
	file  lint.File
	lists *parse.Outside
}

// Fix changes the files, and says what it fixed. force overwrites write-protected files.
func (set *Set) Fix(s *stdio.Streams, force bool) error {
	total, changed, waiting := 0, 0, 0
	for _, f := range set.parsed {
		if f.from.Disk == "" {
			return errors.New("--fix needs files on disk: name them (the shipped library is part of the program)")
		}
		data, err := f.from.Folder.Read(f.from.Path)
		if err != nil {
			return err
		}
		f.file.Data = data
		fixed, done := lint.Fix(f.file, f.reread)
		waiting += lint.Waiting(f.reread(fixed))
		if bytes.Equal(fixed, data) {
			continue
		}
		if err := output.Write(f.from.path(), fixed, force); err != nil {
			return err
		}
		for _, d := range done {
			fmt.Fprintf(s.Err, "fixed %s: %s\n", diag.Visible(d.Range.String()), d.Code)
		}
		total += len(done)
		changed++
	}
	fmt.Fprintf(s.Err, "%s fixed in %s\n", plural.Count(total, "finding"), plural.Count(changed, "file"))
	if waiting > 0 {
		fmt.Fprintf(s.Err, "not fixed: %s of rules with errors: fix the errors and try again\n", plural.Count(waiting, "finding"))
	}
	return nil
}

// reread parses and lowers new bytes of the file.
func (f parsedFile) reread(data []byte) lint.File {
	parsed, found := parse.Documents(f.from.Path, data, f.from.Folder)
	out := lowered(parsed, found, f.lists)
	out.Path, out.Data = f.file.Path, data
	return out
}

// lowered is what was read of a file, with the lists from outside, lowered, and all that was found.
func lowered(parsed parse.File, found diag.Diagnostics, lists *parse.Outside) lint.File {
	out := lint.File{Rules: parsed.Rules, Written: parsed.Written, Broken: parsed.Broken, Correlations: parsed.Correlations, Found: found}
	for _, r := range slices.Concat(parsed.Rules, parsed.Broken) {
		lists.Answer(r)
	}
	for _, r := range parsed.Rules {
		one, more := ir.Lower(r)
		out.Lowered, out.Found = append(out.Lowered, one), append(out.Found, more...)
	}
	for _, r := range parsed.Broken {
		out.Found = append(out.Found, ir.Examine(r)...)
	}
	return out
}
