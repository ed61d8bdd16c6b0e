package parse

import (
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
)

// cell is a value of a table and its place.
type cell struct {
	value        string
	line, column int
}

// otherSeparators are those that spreadsheets write where a comma is the decimal sign, and that copied tables have.
const otherSeparators = ";\t"

// saysSeparator is the first line of a table by which a spreadsheet says its separator.
var saysSeparator = regexp.MustCompile(`^(?i:"?sep=)([,;\t])"?\r?\n`)

// rows reads the table. Its separator is what its first line says, else a comma. If its first line has no comma, it is
// the one of otherSeparators that cuts several lines, and each into the same number of cells.
func (r *listReader) rows() ([][]cell, *csv.ParseError) {
	text := strings.Join(r.Lines(), "\n")
	if said := saysSeparator.FindStringSubmatch(text); said != nil {
		return tableOf("\n"+text[len(said[0]):], rune(said[1][0]))
	}
	rows, err := tableOf(text, ',')
	if err == nil && (len(rows) == 0 || len(rows[0]) > 1) {
		return rows, nil
	}
	for _, separator := range otherSeparators {
		if other, wrong := tableOf(text, separator); wrong == nil && regular(other) {
			return other, nil
		}
	}
	return rows, err
}

// regular tells whether there are several rows, all with the same number of cells, of which there are several, too.
func regular(rows [][]cell) bool {
	for _, row := range rows {
		if len(row) < 2 || len(row) != len(rows[0]) {
			return false
		}
	}
	return len(rows) > 1
}

// tableOf reads a text as a table with some separator. Lines may have any number of cells. Spaces around a value are
// not part of it.
func tableOf(text string, separator rune) ([][]cell, *csv.ParseError) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.TrimLeadingSpace = separator, -1, separator != '\t'
	var rows [][]cell
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			return nil, wrong
		}
		row := make([]cell, len(fields))
		for i, f := range fields {
			line, column := in.FieldPos(i)
			row[i] = cell{strings.TrimSpace(f), line, column}
		}
		rows = append(rows, row)
	}
}
