package catalogue

import (
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	"decree/compilers/pages/site"
	"decree/rules/diag"
)

// Files are those of a catalogue: a site, or Markdown.
func Files(s *stdio.Streams, p Parts, markdown bool) ([]output.File, error) {
	c, files, err := Gather(s, p)
	if err != nil {
		return nil, err
	}
	var list strings.Builder
	if err := diag.WriteJSON(&list, c.List()); err != nil {
		return nil, err
	}
	files = append(files, output.File{Path: "catalogue.json", Text: list.String(), From: "the catalogue"})
	written, err := site.Files(c)
	if err != nil {
		return nil, err
	}
	for _, f := range written {
		files = append(files, output.File{Path: f.Path, Text: f.Text, From: "the catalogue"})
	}
	return files, nil
}
