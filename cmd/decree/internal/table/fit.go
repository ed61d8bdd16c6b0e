package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

const (
	gap       = 2  // columns between cells
	narrowest = 20 // columns that the last cells need to be broken in their place
)

// Width is how many columns the widest row takes as Text writes it.
func Width(rows [][]string) int {
	width := -gap
	for _, cell := range widest(rows) {
		width += cell + gap
	}
	return width
}

// widest are the widths of the widest cell of each column.
func widest(rows [][]string) []int {
	out := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			out[i] = max(out[i], uniseg.StringWidth(cell))
		}
	}
	return out
}

// Fit writes the rows as Text does, without spaces at the end, where they fit into so many columns, or where there is no such number. Otherwise the last cells are broken into lines: in their
// place, or below their rows where too little is left of these. What is still too wide is cut.
func Fit(w io.Writer, columns int, rows [][]string) error {
	widest := widest(rows)
	last := len(widest) - 1
	before := 0
	for _, width := range widest[:last] {
		before += width + gap
	}
	left := columns - before
	whole := columns == 0 || widest[last] <= left
	var out [][]string
	below := map[int]string{} // rows after which a cell stands below
	for i, row := range rows {
		row = slices.Clone(row)
		switch {
		case whole:
			out = append(out, row)
		case left >= narrowest:
			lines := strings.Split(Wrap(row[last], left, 0), "\n")
			row[last] = lines[0]
			out = append(out, row)
			for _, line := range lines[1:] {
				more := make([]string, len(row))
				more[last] = line
				out = append(out, more)
			}
		case i == 0:
			out = append(out, row[:last])
		default:
			out = append(out, row[:last])
			if row[last] != "" {
				below[len(out)-1] = Wrap("  "+row[last], columns, 2)
			}
		}
	}
	var b strings.Builder
	err := Text(&b, out)
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		_, more := fmt.Fprintln(w, Cut(strings.TrimRight(line, " "), columns))
		err = errors.Join(err, more)
		if text, ok := below[i]; ok {
			_, more := fmt.Fprintln(w, text)
			err = errors.Join(err, more)
		}
	}
	return err
}
