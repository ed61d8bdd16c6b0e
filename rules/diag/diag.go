// Package diag holds the findings about a user's files: what is wrong, where, and what to do next. Packages collect
// findings and never print them. Rendering is separate (text.go, sarif.go, github.go).
package diag

import (
	"fmt"
	"sort"
)

// Position is a position in a file. Line and Col count from 1, and Col counts characters.
type Position struct {
	Line int `json:"line"`
	Col  int `json:"col"`
}

// Range is a part of one file. End is the position after the last character. A zero Start means the whole file.
type Range struct {
	File  string   `json:"file"`
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// String gives file:line:col, or the file alone when no position is known.
func (r Range) String() string {
	if r.Start.Line == 0 {
		return r.File
	}
	return fmt.Sprintf("%s:%d:%d", r.File, r.Start.Line, r.Start.Col)
}

// Severity grades a finding. Only Error makes a command fail.
type Severity int

// The severities, most serious first.
const (
	Error Severity = iota
	Warning
	Info
)

var severityNames = [...]string{"error", "warning", "info"}

// String gives the lower-case name of the severity.
func (s Severity) String() string { return severityNames[s] }

// MarshalText writes the severity's name into JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Diagnostic is one finding. Code is stable and kebab-case (e.g. "unknown-modifier").
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Range    Range    `json:"range"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
	// replacement for the text at Range that keeps the meaning; "" if there is none
	Fix string `json:"fix,omitempty"`
}

// Error makes a finding usable as a Go error.
func (d Diagnostic) Error() string {
	return fmt.Sprintf("%s: %s[%s]: %s", d.Range, d.Severity, d.Code, d.Message)
}

// Diagnostics are all findings about some input.
type Diagnostics []Diagnostic

// Errors counts the findings that are errors.
func (ds Diagnostics) Errors() int {
	n := 0
	for _, d := range ds {
		if d.Severity == Error {
			n++
		}
	}
	return n
}

// OnlyErrors are the findings that are errors.
func (ds Diagnostics) OnlyErrors() Diagnostics {
	var out Diagnostics
	for _, d := range ds {
		if d.Severity == Error {
			out = append(out, d)
		}
	}
	return out
}

// Distinct leaves out findings that were there before, such as those of each part of a query about one place of the
// rule, or of several targets of one language.
func (ds Diagnostics) Distinct() Diagnostics {
	var out Diagnostics
	seen := map[Diagnostic]bool{}
	for _, d := range ds {
		if !seen[d] {
			out = append(out, d)
		}
		seen[d] = true
	}
	return out
}

// HasErrors tells whether any finding is an Error.
func (ds Diagnostics) HasErrors() bool { return ds.Errors() > 0 }

// Errorf adds an error.
func (ds *Diagnostics) Errorf(code string, r Range, hint, format string, args ...any) {
	*ds = append(*ds, Diagnostic{Severity: Error, Code: code, Range: r, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// Warnf adds a warning.
func (ds *Diagnostics) Warnf(code string, r Range, hint, format string, args ...any) {
	*ds = append(*ds, Diagnostic{Severity: Warning, Code: code, Range: r, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// Sort orders findings by file, then position, then code.
func (ds Diagnostics) Sort() {
	sort.SliceStable(ds, func(i, j int) bool {
		a, b := ds[i], ds[j]
		if a.Range.File != b.Range.File {
			return a.Range.File < b.Range.File
		}
		if a.Range.Start.Line != b.Range.Start.Line {
			return a.Range.Start.Line < b.Range.Start.Line
		}
		if a.Range.Start.Col != b.Range.Start.Col {
			return a.Range.Start.Col < b.Range.Start.Col
		}
		return a.Code < b.Code
	})
}
