package event

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// rows reads CSV record by record, so that line numbers are exact and an unclosed quote does not fill the memory.
type rows struct {
	header []string
	comma  byte    // separator of cells
	viewer *viewer // of a file that the Event Viewer saved
	note   string  // what the table lacks

	headerText, last []byte // the header as it was read, and the row that was read last
	headerLine       int    // where the header begins
}

// separator gives the separator of a file by its first line. It is a comma. If the line has none, it is a tab, or the
// semicolon that spreadsheets write in countries with a decimal comma.
func separator(header []byte) byte {
	for _, c := range []byte(",\t;|") {
		if bytes.IndexByte(header, c) >= 0 {
			return c
		}
	}
	return ','
}

// separatorLine begins a line before the header that names the separator for spreadsheets.
var separatorLine = []byte("sep=")

// typeLine begins a line before the header that PowerShell's Export-Csv writes.
var typeLine = []byte("#TYPE ")

// errQuoteOpen says that the file ends inside a quoted cell.
var errQuoteOpen = errors.New("quote is never closed")

// nextRow reads a row. An empty cell is a missing field, because exports do not distinguish the two.
func (r *Reader) nextRow() (Raw, error) {
	for {
		record, begin, size, err := r.record()
		if errors.Is(err, io.EOF) {
			return Raw{}, io.EOF
		}
		if errors.Is(err, errQuoteOpen) {
			return r.bad(begin, trimEnd(record), "not CSV: a quote is never closed, so lines %d to %d are one row", begin, r.line-1)
		}
		if err != nil {
			return r.unreadable(begin, record, err)
		}
		if len(bytes.TrimSpace(record)) == 0 {
			continue
		}
		if size > r.opt.MaxLine {
			return r.long(begin, record, "row", size)
		}
		parse := csv.NewReader(bytes.NewReader(record))
		parse.LazyQuotes, parse.Comma = true, rune(r.rows.comma)
		row, err := parse.Read()
		if err == nil && r.rows.header == nil {
			r.takeHeader(row, record, begin)
			continue
		}
		switch {
		case err != nil:
			return r.bad(begin, trimEnd(record), "not CSV: %w", err)
		case len(row) != len(r.rows.header):
			return r.bad(begin, trimEnd(record), "the row has %d cells, but the header has %d", len(row), len(r.rows.header))
		}
		r.rows.last = record
		return r.encoded(begin, r.cells(row))
	}
}

// takeHeader takes the names of the columns from a row.
func (r *Reader) takeHeader(row []string, record []byte, begin int) {
	for i, name := range row {
		row[i], _ = strings.CutSuffix(name, " [UTC]") // as Azure's portals export a column of times
	}
	r.rows.header, r.rows.headerText, r.rows.headerLine = row, record, begin
	if historyForm.isTable(row) {
		r.rows.note = historyNote
	}
	if isViewer(row) {
		r.rows.header, r.rows.viewer = viewerColumns(row), &viewer{}
	}
}

// cells gives the fields of a row, which has as many cells as the header.
func (r *Reader) cells(row []string) map[string]any {
	fields := make(map[string]any, len(row))
	for i, cell := range row {
		if name := r.rows.header[i]; cell != "" {
			fields[name] = besides(fields[name], cell)
		}
	}
	if r.rows.viewer != nil {
		r.rows.viewer.add(fields)
	}
	return fields
}

// encoded gives the fields of a row as JSON. It is in the lent memory, if there is room.
func (r *Reader) encoded(line int, fields map[string]any) (Raw, error) {
	r.lines++
	return Raw{Line: line, Content: r.lent.encode(fields)}, nil
}

// besides adds a cell to what its column has: two columns of one name are one field, with several values if they
// differ.
func besides(had any, cell string) any {
	switch had := had.(type) {
	case string:
		if had != cell {
			return []string{had, cell}
		}
		return had
	case []string:
		if !slices.Contains(had, cell) {
			return append(had, cell)
		}
		return had
	}
	return cell
}

// record reads the lines of one row: a line, and further lines while a quoted cell is open.
func (r *Reader) record() (record []byte, begin, size int, err error) {
	open := false
	for {
		line, n, err := r.readLine()
		if begin == 0 {
			begin = r.line
		}
		if errors.Is(err, io.EOF) && len(record) > 0 {
			return record, begin, size, errQuoteOpen
		}
		if err != nil {
			return append(record, line...), begin, size, err
		}
		if r.rows.comma == 0 && r.rows.precedesHeader(line) {
			begin = 0
			continue
		}
		size += n
		record = append(record, line...)
		open = quoteOpen(line, open, r.rows.comma)
		if !open || size > r.opt.MaxLine {
			return record, begin, size, nil
		}
		size++ // the line's end is part of the cell
	}
}

// precedesHeader tells whether the first line of a file is not yet the header. The line tells the separator of cells,
// unless only a type precedes the header.
func (t *rows) precedesHeader(line []byte) bool {
	if bytes.HasPrefix(line, typeLine) {
		return true
	}
	own, named := bytes.CutPrefix(line, separatorLine)
	if named = named && len(trimEnd(own)) == 1; named {
		t.comma = own[0]
	} else {
		t.comma = separator(line)
	}
	return named
}

// quoteOpen tells whether a quoted cell continues after a line. As with LazyQuotes of encoding/csv, a quote opens a
// cell only at its beginning, and closes it only before a separator or the end of the line.
func quoteOpen(line []byte, open bool, comma byte) bool {
	s := strings.TrimRight(string(line), "\r\n")
	for {
		if !open {
			if !strings.HasPrefix(s, `"`) {
				i := strings.IndexByte(s, comma)
				if i < 0 {
					return false
				}
				s = s[i+1:]
				continue
			}
			s, open = s[1:], true
		}
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return true
		}
		s = s[i+1:]
		switch {
		case s == "":
			return false
		case s[0] == '"':
			s = s[1:]
		case s[0] == comma:
			s, open = s[1:], false
		}
	}
}

func trimEnd(line []byte) []byte { return bytes.TrimRight(line, "\r\n") }
