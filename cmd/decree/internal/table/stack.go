package table

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// Stack writes the rows as Text does where they fit into so many columns. Otherwise each row is several lines: its
// first cell, and below it each other cell behind its head.
func Stack(w io.Writer, columns int, rows [][]string) error {
	if Width(rows) <= columns {
		return Text(w, rows)
	}
	heads := rows[0]
	widest := 0
	for _, head := range heads[1:] {
		widest = max(widest, uniseg.StringWidth(head))
	}
	_, err := fmt.Fprintln(w, strings.ToUpper(heads[0]))
	for _, row := range rows[1:] {
		lines := Wrap(row[0], columns, 0)
		for i, cell := range row[1:] {
			head := heads[i+1] + strings.Repeat(" ", widest-uniseg.StringWidth(heads[i+1]))
			lines += "\n" + Wrap("  "+head+"  "+cell, columns, widest+4)
		}
		_, more := fmt.Fprintln(w, lines)
		err = errors.Join(err, more)
	}
	return err
}
