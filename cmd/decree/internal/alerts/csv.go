package alerts

import (
	"encoding/csv"
	"fmt"
	"strings"

	"decree/cmd/decree/internal/stdio"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/ir"
)

// csvSink writes a row a match.
type csvSink struct {
	columns []column
	out     *csv.Writer
	row     []string
}

func newCSV(s *stdio.Streams, columns []column) *csvSink {
	c := &csvSink{columns: columns, out: csv.NewWriter(s.Out)}
	for _, name := range names(columns) {
		c.row = append(c.row, cell(name))
	}
	c.write()
	return c
}

// Add writes a match.
func (c *csvSink) Add(a Alert) {
	for _, column := range c.columns {
		c.row = append(c.row, cell(column.of(&a)))
	}
	c.write()
}

func (c *csvSink) write() {
	_ = c.out.Write(c.row) // Close gives its error
	c.row = c.row[:0]
}

// Close ends the output. A table has no place for suspended rules; the run names them.
func (c *csvSink) Close([]engine.Suspension, []*ir.Rule) error {
	c.out.Flush()
	if err := c.out.Error(); err != nil {
		return fmt.Errorf("cannot write CSV: %w", err)
	}
	return nil
}

// formula are the letters that a spreadsheet begins a formula with, in both widths.
// https://owasp.org/www-community/attacks/CSV_Injection
const formula = "=+-@＝＋－＠"

// cell makes a text safe in a spreadsheet: one line, nothing hidden, and never a formula.
func cell(text string) string {
	text = diag.Visible(text)
	if strings.IndexAny(text, formula) == 0 {
		return "'" + text
	}
	return text
}
