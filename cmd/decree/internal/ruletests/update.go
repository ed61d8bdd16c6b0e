package ruletests

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// Update replaces what the test files on disk expect by what the rules find.
func (t *Tests) Update(s *stdio.Streams, force bool) error {
	written := map[string]bool{}
	for i, outcomes := range t.Run() {
		file, in := t.Tested[i].file, t.Tested[i].Rule.File
		if file == nil {
			continue
		}
		text, changed, left, err := file.Update(outcomes)
		if err != nil {
			return fmt.Errorf("%s: %w", file.Shown, err)
		}
		if len(left) > 0 {
			fmt.Fprintf(s.Err, "not updated in %s, edit by hand: %s\n", diag.Visible(file.Shown), diag.Visible(strings.Join(left, ", ")))
		}
		if len(changed) == 0 {
			continue
		}
		if in.Disk == "" {
			return errors.New("--update: the shipped library cannot be written; name a folder")
		}
		to := filepath.Join(in.Disk, filepath.FromSlash(file.Path))
		if written[to] { // another rule of the same file
			fmt.Fprintf(s.Err, "not updated in %s, edit by hand: %s\n", diag.Visible(file.Shown), diag.Visible(strings.Join(changed, ", ")))
			continue
		}
		written[to] = true
		if err := output.Write(to, text, force); err != nil {
			return err
		}
		fmt.Fprintf(s.Err, "updated %s: %s\n", diag.Visible(file.Shown), diag.Visible(strings.Join(changed, ", ")))
	}
	return nil
}
