package catalogue

import (
	"strings"

	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/stdio"
	markdownpages "decree/compilers/pages/markdown"
	"decree/compilers/pages/site"
	"decree/rules/diag"
)

// Form is what the pages of a catalogue are written in.
type Form int

// The forms.
const (
	Site Form = iota
	Markdown
)

// Files are those of a catalogue.
func Files(s *stdio.Streams, p Parts, form Form) ([]output.File, error) {
	c, files, err := gather(s, p)
	if err != nil {
		return nil, err
	}
	if form == Markdown {
		for _, d := range c.Detections {
			d.ByName = true // people read the names of its files
		}
	}
	var list strings.Builder
	if err := diag.WriteJSON(&list, c.List()); err != nil {
		return nil, err
	}
	files = append(files, output.File{Path: "catalogue.json", Text: list.String(), From: "the catalogue"})
	if form == Markdown {
		for _, f := range markdownpages.Files(c) {
			files = append(files, output.File{Path: f.Path, Text: f.Text, From: "the catalogue"})
		}
		return files, nil
	}
	written, err := site.Files(c)
	if err != nil {
		return nil, err
	}
	for _, f := range written {
		files = append(files, output.File{Path: f.Path, Text: f.Text, From: "the catalogue"})
	}
	return files, nil
}
