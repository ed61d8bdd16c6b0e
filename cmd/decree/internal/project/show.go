package project

import (
	"fmt"
	"path/filepath"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/findings"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// open reads a project file, names it, and shows what is wrong with it.
func open(s *stdio.Streams, file string) (*Project, error) {
	fmt.Fprintf(s.Err, "project: %s\n", diag.Visible(filepath.ToSlash(file)))
	p, found, texts, err := Read(file)
	if err != nil {
		return nil, err
	}
	findings.Write(s.Err, found, func(file string) []byte { return texts[file] }, s.ErrTerminal, s.Columns)
	if found.HasErrors() {
		return nil, exit.ErrFindings
	}
	return p, nil
}
