package ruleset

import (
	"fmt"
	"strings"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/parse"
)

// passOver separates what a folder holds beside rules from what is wrong with its rules. A file in which nothing is
// meant as a rule gives one remark; so does such a document among rules. A file that the user named keeps all its
// findings.
func passOver(from File, read parse.File, found diag.Diagnostics) (left, passed diag.Diagnostics) {
	if from.Named {
		return found, nil
	}
	if read.Foreign {
		return nil, diag.Diagnostics{{Severity: diag.Info, Code: parse.NotARule, Range: found[0].Range,
			Message: "this file is passed over: it is not a rule", Hint: "name the file itself to have it read as a rule"}}
	}
	for _, d := range found {
		if d.Code != parse.NotARule {
			left = append(left, d)
			continue
		}
		d.Severity, d.Hint = diag.Info, "give it a file of its own, or the keys of a rule"
		d.Message = "this document is passed over: it is not a rule"
		passed = append(passed, d)
	}
	return left, passed
}

// emptyFile is the remark about a file without a document.
func emptyFile(shown string) diag.Diagnostics {
	start := diag.Position{Line: 1, Col: 1}
	return diag.Diagnostics{{Severity: diag.Info, Code: parse.NotARule, Range: diag.Range{File: shown, Start: start, End: start},
		Message: "this file is passed over: it holds no document"}}
}

// sayPassedOver counts, on the error stream, what was passed over.
func (set *Set) sayPassedOver(s *stdio.Streams) {
	if len(set.PassedOver) == 0 {
		return
	}
	fmt.Fprintf(s.Err, "passed over %s: decree validate --severity info names them\n", set.countPassedOver())
}

// countPassedOver counts files, and documents of files that have rules too.
func (set *Set) countPassedOver() string {
	var parts []string
	if n := set.foreign; n > 0 {
		parts = append(parts, plural.Count(n, "file"))
	}
	if n := len(set.PassedOver) - set.foreign; n > 0 {
		parts = append(parts, plural.Count(n, "document"))
	}
	what := "that are not rules"
	if len(set.PassedOver) == 1 {
		what = "that is not a rule"
	}
	return strings.Join(parts, " and ") + " " + what
}
