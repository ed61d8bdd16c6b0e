package source

import (
	"fmt"
	"slices"

	"decree/rules/diag"
)

// Found is all that was found so far, in the order of the file, each finding once.
func (f *File) Found() diag.Diagnostics {
	out := slices.Clone(f.found)
	out.Sort()
	out = slices.Compact(out)
	if f.unsaid > 0 {
		out.Errorf("too-many-findings", f.At(1, 1), "fix these first", "%d more findings are left out", f.unsaid)
	}
	return out
}

// Errors is how many errors were found so far: findings below are no reason to leave anything out.
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

// Infof adds a remark.
func (f *File) Infof(code string, at diag.Range, hint, format string, args ...any) {
	f.add(diag.Info, code, at, hint, format, args...)
}

// Fixable warns of what can be written otherwise without a change of meaning.
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
