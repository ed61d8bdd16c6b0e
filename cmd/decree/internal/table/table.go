// Package table writes rows of cells as aligned text or as Markdown. The first row holds the heads. In: rows, and how
// many columns a terminal has. Out: text.
package table

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Text writes the rows aligned, with the heads in capitals.
func Text(w io.Writer, rows [][]string) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	var err error
	for i, row := range rows {
		line := strings.Join(row, "\t")
		if i == 0 {
			line = strings.ToUpper(line)
		}
		_, more := fmt.Fprintln(tw, line)
		err = errors.Join(err, more)
	}
	return errors.Join(err, tw.Flush())
}

// Cell escapes a text for a cell of a Markdown table.
func Cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(text)
}

// Markdown writes the rows as a table of GitHub's Markdown.
func Markdown(w io.Writer, rows [][]string) error {
	var err error
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = Cell(cell)
		}
		_, more := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
		err = errors.Join(err, more)
		if i == 0 {
			_, more = fmt.Fprintf(w, "|%s\n", strings.Repeat("---|", len(row)))
			err = errors.Join(err, more)
		}
	}
	return err
}
