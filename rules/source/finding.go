package source

import (
	"fmt"
	"slices"

	"decree/rules/diag"
)

// Found gives all findings so far, in file order and without duplicates.
func (f *File) Found() diag.Diagnostics {
	out := slices.Clone(f.found)
	out.Sort()
	out = slices.Compact(out)
	if f.unsaid > 0 {
		out.Errorf("too-many-findings", f.At(1, 1), "fix these first", "%d more findings are not shown", f.unsaid)
	}
	return out
}

// Errors is the number of errors so far. Warnings and remarks do not count: they never make a document invalid.
func (f *File) Errors() int { return f.errors }

// Errorf adds an error.
func (f *File) Errorf(code string, at diag.Range, hint, format string, args ...any) {
	f.errors++
	f.add(diag.Error, code, at, hint, format, args...)
}

// Warnf adds a warning.
func (f *File) Warnf(code string, at diag.Range, hint, format string, args ...any) {
	f.add(diag.Warning, code, at, hint, format, args...)
}

// Infof adds an informational finding.
func (f *File) Infof(code string, at diag.Range, hint, format string, args ...any) {
	f.add(diag.Info, code, at, hint, format, args...)
}

// Fixable warns of a text that can be rewritten without a change of meaning.
func (f *File) Fixable(code string, at diag.Range, fix, format string, args ...any) {
	before := len(f.found)
	f.Warnf(code, at, "write `"+fix+"`", format, args...)
	if len(f.found) > before {
		f.found[before].Fix = fix
	}
}

func (f *File) add(severity diag.Severity, code string, at diag.Range, hint, format string, args ...any) {
	if len(f.found) >= f.limits.Findings {
		f.unsaid++
		return
	}
	f.found = append(f.found, diag.Diagnostic{Severity: severity, Code: code, Range: f.inside(at), Message: fmt.Sprintf(format, args...), Hint: hint})
}
