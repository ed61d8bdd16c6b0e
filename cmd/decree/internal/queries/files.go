package queries

import (
	"fmt"
	"path"

	"decree/cmd/decree/internal/output"
)

// Path is the rule's path below a target's folder, without extension.
func (c Result) Path() string { return c.path }

// Files gives the query and its assets as files of an output folder. A refused rule has none.
func (c Result) Files() []output.File {
	if c.Query == nil {
		return nil
	}
	base, from := path.Join(c.Target.Name, c.path), fmt.Sprintf("%q (%s)", c.Source.IR.Source.Title, c.Source.IR.Source.Range)
	files := []output.File{{Path: base + c.Target.Dialect.Extension(), Text: c.Query.Text, From: from}}
	for _, a := range c.Query.Assets {
		files = append(files, output.File{Path: path.Join(base+".assets", output.Name(a.Name)), Text: a.Content, From: from})
	}
	return files
}
