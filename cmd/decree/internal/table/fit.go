package table

import (
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

// Fit writes the rows as Text does, without spaces at the end, where they fit into so many columns, or where there is
// no such number. Otherwise the last cells are broken into lines: in their place, or below their rows where too little
// is left of these. A row that is still too wide goes on below, from the first cell that does not fit. Nothing is left
// out.
func Fit(w io.Writer, columns int, rows [][]string) error {
	widest := widest(rows)
	last := len(widest) - 1
	before := 0
	for _, width := range widest[:last] {
		before += width + gap
	}
	left := columns - before
	whole := columns == 0 || widest[last] <= left
	var b strings.Builder
	for i, row := range rows {
		row = slices.Clone(row)
		if i == 0 {
			for j, head := range row {
				row[j] = strings.ToUpper(head)
			}
		}
		switch {
		case whole:
			writeRow(&b, 0, widest, row)
		case left >= narrowest:
			lines := strings.Split(Wrap(row[last], left, 0), "\n")
			row[last] = lines[0]
			writeRow(&b, columns, widest, row)
			for _, line := range lines[1:] {
				b.WriteString(strings.Repeat(" ", before) + line + "\n")
			}
		default:
			writeRow(&b, columns, widest, row[:last])
			if i > 0 && row[last] != "" {
				b.WriteString(Wrap("  "+row[last], columns, 2) + "\n")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeRow writes cells in their columns. Those that do not fit into the line stand in lines below it.
func writeRow(b *strings.Builder, columns int, widest []int, row []string) {
	at, padding := 0, 0
	for i, cell := range row {
		width := uniseg.StringWidth(cell)
		switch {
		case cell == "":
		case columns > 0 && at > 0 && at+padding+width > columns:
			cell = Wrap("  "+cell, columns, 2)
			_, end, broken := strings.Cut(cell, "\n")
			if !broken {
				end = cell
			}
			b.WriteString("\n" + cell)
			at, padding = uniseg.StringWidth(end[strings.LastIndexByte(end, '\n')+1:]), gap
			continue
		default:
			b.WriteString(strings.Repeat(" ", padding) + cell)
			at, padding = at+padding+width, 0
		}
		padding += gap + widest[i]
		if cell != "" {
			padding -= width
		}
	}
	b.WriteString("\n")
}
