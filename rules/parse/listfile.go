package parse

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/source"
)

// listReader reads a list file of a folder of lists.
type listReader struct {
	*source.File
	notes diag.Diagnostics // what is worth knowing and never wrong
}

// yaml reads title, description, references and values.
func (r *listReader) yaml(l *rules.List) { readListFile(r.File, l) }

// text reads a value a line. Blank lines and lines that begin with # are no values.
func (r *listReader) text(l *rules.List) {
	if !r.isText() {
		return
	}
	told := false
	for i, line := range r.Lines() {
		value := strings.TrimSpace(line)
		if value == "" || value[0] == '#' {
			continue
		}
		l.Values = append(l.Values, value)
		if at := strings.Index(line, " # "); at >= 0 && !told {
			told = true
			r.Warnf("comment-in-value", r.At(i+1, utf8.RuneCountInString(line[:at])+2), "write a comment on a line of its own, before the value", "this is part of the value %q: only a line that begins with # is a comment", value)
		}
	}
}

// isText reports bytes that are not UTF-8, and the marks that git leaves where two versions are to be merged.
func (r *listReader) isText() bool {
	for i, line := range r.Lines() {
		switch {
		case !utf8.ValidString(line):
			r.Errorf("list-unreadable", r.At(i+1, 1), "save the file as UTF-8", "this line is not UTF-8")
			return false
		case strings.HasPrefix(line, "<<<<<<< "), strings.HasPrefix(line, ">>>>>>> "):
			r.Errorf("list-unreadable", r.At(i+1, 1), "keep the values that should stay, and remove the marks", "two versions of the list are not merged yet")
			return false
		}
	}
	return true
}

// csv reads one column of a table: the one that the first line names value or like the list, else the first.
func (r *listReader) csv(l *rules.List) {
	if !r.isText() {
		return
	}
	rows, wrong := r.rows()
	if wrong != nil {
		r.Errorf("list-unreadable", r.At(wrong.Line, wrong.Column), "put a value with quotes in quotes, and double those in it", "this line is not CSV: %v", wrong.Err)
		return
	}
	if len(rows) == 0 {
		return
	}
	column, header := r.header(l.Name, rows)
	if header {
		rows = rows[1:]
	}
	for _, row := range rows {
		if column < len(row) && row[column].value != "" {
			l.Values = append(l.Values, row[column].value)
			continue
		}
		r.Warnf("empty-cell", r.At(row[0].line, row[0].column), "remove the line, or fill in the value", "this line has no value and is passed over")
	}
}

// header finds the column of the values, and tells whether the first line is a header.
func (r *listReader) header(name string, rows [][]cell) (column int, header bool) {
	first := rows[0]
	column = slices.IndexFunc(first, func(c cell) bool {
		return strings.EqualFold(c.value, "value") || strings.EqualFold(c.value, "values") || strings.EqualFold(c.value, name)
	})
	misspelt, meant := misspeltHeader(name, first)
	switch {
	case column >= 0:
	case unlikeTheRest(rows) && misspelt <= 0:
		column = 0
	case misspelt >= 0:
		at := first[misspelt]
		r.Warnf("list-without-header", r.At(at.line, at.column), fmt.Sprintf("did you mean `%s`?", meant),
			"no column is named value or %s: the values come from the first column, also in this line", name)
		return 0, false
	case len(first) > 1:
		r.Warnf("list-without-header", r.At(first[0].line, first[0].column), "name the column of the values `value` in the first line",
			"no column is named value or %s: the values come from the first column, also in this line", name)
		return 0, false
	default:
		return 0, false
	}
	r.notes = append(r.notes, diag.Diagnostic{Severity: diag.Info, Code: "list-header", Range: r.At(first[column].line, first[column].column),
		Message: fmt.Sprintf("this line is a header: the values come from the column %q", first[column].value)})
	return column, true
}

// misspeltHeader finds a cell of the first line that is nearly a name of the column of values; -1 if there is none. Of
// a single column, whose first line may well be a value that is like the name of its list, only the words value and
// values count.
func misspeltHeader(name string, first []cell) (column int, meant string) {
	names := []string{"value", "values"}
	if len(first) > 1 {
		names = append(names, name)
	}
	for i, c := range first {
		if near := diag.Closest(c.value, names); near != "" {
			return i, near
		}
	}
	return -1, ""
}

// unlikeTheRest tells whether the first value of the first column is a word and all below it are networks, or all are
// numbers.
func unlikeTheRest(rows [][]cell) bool {
	return slices.ContainsFunc([]func(string) bool{isNetwork, isNumber}, func(is func(string) bool) bool {
		return len(rows) > 1 && !is(rows[0][0].value) && !slices.ContainsFunc(rows[1:], func(row []cell) bool { return !is(row[0].value) })
	})
}

func isNetwork(text string) bool {
	address, _, _ := strings.Cut(text, "/")
	_, err := netip.ParseAddr(address)
	return err == nil
}

func isNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// finish drops duplicates and reports a list that is empty or too long.
func (r *listReader) finish(l *rules.List) {
	l.Values = unique(l.Values)
	switch {
	case r.Errors() > 0:
	case len(l.Values) == 0:
		r.Errorf("empty-list", r.Range(nil), "add a value", "this list file has no values")
	case len(l.Values) > maxListValues:
		r.Errorf("list-too-large", r.Range(nil), "use a shorter list", "the lists of a rule may have at most %d values", maxListValues)
	}
}
