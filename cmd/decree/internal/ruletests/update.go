package ruletests

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/engine/regression"
	"decree/rules/diag"
)

// failed are the failed cases of a test file.
type failed struct {
	of       Tested
	outcomes []regression.Outcome
	again    []string // cases that fail for a further rule of the file, of which one expectation can be written
}

// Update replaces what the test files on disk expect by what the rules find.
func (t *Tests) Update(s *stdio.Streams, force bool) error {
	for _, f := range t.failed() {
		file, in := f.of.file, f.of.Rule.File
		text, changed, left, err := file.Update(f.outcomes)
		if err != nil {
			return fmt.Errorf("%s: %w", file.Shown, err)
		}
		if len(changed) > 0 {
			if in.Disk == "" {
				return errors.New("--update: the shipped library cannot be written; name a folder")
			}
			if err := output.Write(filepath.Join(in.Disk, filepath.FromSlash(file.Path)), text, force); err != nil {
				return err
			}
			fmt.Fprintf(s.Err, "updated %s: %s\n", diag.Visible(file.Shown), diag.Visible(strings.Join(changed, ", ")))
		}
		if left = append(left, f.again...); len(left) > 0 {
			fmt.Fprintf(s.Err, "not updated in %s, edit by hand: %s\n", diag.Visible(file.Shown), diag.Visible(strings.Join(left, ", ")))
		}
	}
	return nil
}

// failed runs the tests, and gives the failed cases of each test file.
func (t *Tests) failed() (out []*failed) {
	byFile := map[*regression.File]*failed{}
	for i, outcomes := range t.Run() {
		file := t.Tested[i].file
		if file == nil {
			continue
		}
		f := byFile[file]
		if f == nil {
			f = &failed{of: t.Tested[i]}
			byFile[file], out = f, append(out, f)
		}
		for _, o := range outcomes {
			switch {
			case o.Passed() || !file.Has(o):
			case slices.ContainsFunc(f.outcomes, func(other regression.Outcome) bool { return other.Case == o.Case }):
				f.again = append(f.again, o.Case)
			default:
				f.outcomes = append(f.outcomes, o)
			}
		}
	}
	return out
}
