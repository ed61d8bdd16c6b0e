package rarity

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"decree/engine/event"
	"decree/rules/diag"
)

// Unread are the findings of a table's file, as an error that shows them all.
type Unread struct {
	File  string
	Found diag.Diagnostics
}

// Error lists the findings, each with its position and, if the file is text, its source line.
func (u *Unread) Error() string {
	text, err := os.ReadFile(u.File)
	if err != nil || slices.Contains(text, 0) {
		text = nil
	}
	return fmt.Sprintf("reputation table %s cannot be used\n%s", u.File, u.Found.Text(func(string) []byte { return text }))
}

// mostFindings are shown of a table, so that a column of wrong values does not fill the screen.
const mostFindings = 10

// LoadTable reads a table from CSV or NDJSON, plain or compressed. A table that answers less than it seems to would
// silence rules. So it is an error if a row has no key column, a column's name is misspelt (and no column beside it has
// the right name), or a value is not a number, time or truth value where it must be one.
func LoadTable(path string, columns Columns) (_ Reputation, err error) {
	var found diag.Diagnostics
	r, err := event.Open(path, event.Options{OnReject: func(j event.Reject) {
		found.Errorf("reputation-row", at(path, j.Line, 1), "", "%s", j.Reason)
	}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	t, c := newTable(), &tableChecker{path: path, columns: columns, checked: map[string]bool{}}
	for len(found)+len(c.found) < mostFindings {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if !t.add(c.row(r, ev)) {
			c.found.Errorf("no-reputation-key", at(path, ev.Line, 1), "add a column, or fill in the value", "%s", noKey())
		}
	}
	if found = append(found, c.found...); len(found) > 0 {
		found.Sort()
		return nil, &Unread{path, found}
	}
	return t, nil
}

// tableChecker finds what is wrong with the columns and the values of a table.
type tableChecker struct {
	path    string
	columns Columns
	checked map[string]bool // columns whose names were looked at
	found   diag.Diagnostics
}

// row gives the columns of a row that have a value.
func (c *tableChecker) row(r *event.Reader, ev *event.Event) map[string]string {
	row := map[string]string{}
	for _, column := range slices.Sorted(maps.Keys(ev.Fields())) {
		if v := ev.Fields()[column]; v != nil {
			row[column] = event.Text(v)
		}
		spaced := strings.ReplaceAll(column, "_", " ") // of which the reader makes a name without spaces, too
		if near := c.columns.Misspelt(column); near != "" && !c.checked[column] && (spaced == column || ev.Fields()[spaced] == nil) && !beside(r, ev, column, near) {
			line, col := r.NamePlace(ev, column)
			c.found.Errorf("reputation-column", at(c.path, line, col), fmt.Sprintf("did you mean `%s`?", near), "no data model reads the column %q", column)
		}
		c.checked[column] = true
		if want, example, wrong := c.columns.Wrong(column, row[column]); wrong && row[column] != "" {
			line, col := r.ValuePlace(ev, column)
			c.found.Errorf("reputation-value", at(c.path, line, col), example, "%s must be %s, not %q", column, want, row[column])
		}
	}
	return row
}

// beside tells whether a row has another column, too. Of a name with spaces the reader makes one without them.
func beside(r *event.Reader, ev *event.Event, column, other string) bool {
	return r.InHeader(other) || ev.Fields()[other] != nil && strings.ReplaceAll(column, " ", "") != other
}

func at(path string, line, column int) diag.Range {
	return diag.Range{File: path, Start: diag.Position{Line: line, Col: column}, End: diag.Position{Line: line, Col: column + 1}}
}
