// Package findings sums up findings: it selects the severe ones and counts codes. In: findings. Out: fewer of them, or
// a table of their codes.
package findings

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/rules/diag"
)

// Severities are the names of the severities, the worst first.
var Severities = []string{diag.Error.String(), diag.Warning.String(), diag.Info.String()}

// hintIndent is the indent of the lines of a message or hint after its first.
const hintIndent = 4

// Write shows findings as text for people, in so many columns. With none a message is one line, as in a pipe, where it
// may be searched for. source gives a file's bytes, or nil.
func Write(w io.Writer, found diag.Diagnostics, source func(file string) []byte, color bool, columns int) {
	diag.WriteWrapped(w, found, source, color, func(text string) string { return table.Words(text, columns, hintIndent) })
}

// AtLeast gives the findings that are at least as severe as a level.
func AtLeast(found diag.Diagnostics, level string) diag.Diagnostics {
	least := diag.Info
	for _, s := range []diag.Severity{diag.Error, diag.Warning} {
		if s.String() == level {
			least = s
		}
	}
	return slices.DeleteFunc(slices.Clone(found), func(d diag.Diagnostic) bool { return d.Severity > least })
}

// CountByCode shows how often each code was found, the most frequent first. A few findings need no table.
func CountByCode(s *stdio.Streams, found diag.Diagnostics) error {
	if len(found) < 10 {
		return nil
	}
	counts := map[diag.Diagnostic]int{}
	for _, d := range found {
		counts[diag.Diagnostic{Code: d.Code, Severity: d.Severity}]++
	}
	kinds := make([]diag.Diagnostic, 0, len(counts))
	for d := range counts {
		kinds = append(kinds, d)
	}
	slices.SortFunc(kinds, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Severity, b.Severity))
	})
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	_, err := fmt.Fprintln(w, "FOUND\tSEVERITY\tCODE")
	for _, d := range kinds {
		_, more := fmt.Fprintf(w, "%d\t%s\t%s\n", counts[d], d.Severity, d.Code)
		err = errors.Join(err, more)
	}
	return errors.Join(err, w.Flush())
}
