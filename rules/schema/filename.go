package schema

import (
	"strings"

	"decree/rules/ir"
)

// What a column holds of a path.
const (
	fileName     = "filename"      // the last component, behind a backslash
	unixFileName = "unix_filename" // the last component, behind a slash
)

// OfFilename turns a test of a path into an equivalent one of the file name, which is all that the column holds. t may
// be nil.
func (c Column) OfFilename(t ir.Test) (ir.Test, bool) {
	text, ok := t.(*ir.Text)
	if c.Holds != unixFileName || !ok || text.Op != ir.EndsWith {
		return ir.FilenameTest(t)
	}
	behind := &ir.Text{Op: text.Op, Cased: text.Cased, List: text.List}
	for _, v := range text.Values {
		name, ok := strings.CutPrefix(v, "/")
		if !ok {
			return nil, false
		}
		behind.Values = append(behind.Values, `\`+name)
	}
	return ir.FilenameTest(behind)
}
