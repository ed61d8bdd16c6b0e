package fieldmap

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
)

const (
	none    = "-"         // nothing to name
	missing = "(missing)" // in place of a column

	notAsked = "(not asked)" // in place of a source
)

// Show writes the map as text: the logs of each model, then the fields. usedBy adds the rules that use each field.
func (m *Map) Show(s *stdio.Streams, usedBy bool) error {
	logs := [][]string{{"model", "source", "any other field", "table"}}
	for _, model := range m.Models {
		for _, one := range model.Sources {
			at := cmp.Or(one.Table, none)
			if one.Requires != "" {
				at += "; needs this: " + one.Requires
			}
			logs = append(logs, []string{model.Name, one.Name, cmp.Or(one.AnyOther, none), at})
		}
		for _, one := range model.NotAsked {
			logs = append(logs, []string{model.Name, notAsked, none, one.Table + ": a model file may add " + one.Name})
		}
	}
	err := table.Fit(s.Out, s.Columns, logs)
	_, more := fmt.Fprintln(s.Out)
	return errors.Join(err, more, table.Fit(s.Out, s.Columns, m.rows(usedBy)))
}

// rows are one for each field and model, or for each source of a model where they differ.
func (m *Map) rows(usedBy bool) [][]string {
	rows := [][]string{{"field", "model", "column", "held"}}
	if usedBy {
		rows[0][3] = "held, and used by"
	}
	for _, f := range m.Fields {
		rows = append(rows, f.rows(usedBy)...)
	}
	if len(m.Models) == 1 && len(m.Models[0].Sources) == 1 { // there is nothing to tell apart
		for i, row := range rows {
			rows[i] = slices.Delete(row, 1, 2)
		}
	}
	return rows
}

func (f Field) rows(usedBy bool) (rows [][]string) {
	name := f.Name
	if f.Entity {
		name += " (entity)"
	}
	for i, c := range f.Columns {
		in := c.Model
		if f.differs(c) {
			in += "/" + c.Source
		} else if i > 0 && f.Columns[i-1].Model == c.Model {
			continue // told
		}
		column := cmp.Or(c.Column, none)
		if c.Lacks {
			column = missing
		}
		notes := c.Notes
		if usedBy && len(f.UsedBy) > 0 && i == 0 {
			notes = append(slices.Clone(notes), "used by "+strings.Join(f.UsedBy, ", "))
		}
		rows = append(rows, []string{name, in, column, strings.Join(notes, "; ")})
	}
	return rows
}

// differs tells whether another source of a column's model holds the field in another way.
func (f Field) differs(c Column) bool {
	return slices.ContainsFunc(f.Columns, func(other Column) bool { return other.Model == c.Model && !same(c, other) })
}

func same(a, b Column) bool {
	return a.Column == b.Column && a.Lacks == b.Lacks && slices.Equal(a.Notes, b.Notes)
}

// ShowList writes log sources as text. Of a search for one of several logs it has the first and the number of the
// others.
func ShowList(s *stdio.Streams, all []Listed) error {
	rows := [][]string{{"log source", "model", "table"}}
	for _, one := range all {
		rows = append(rows, []string{one.LogSource, one.Model, cmp.Or(brief(one.Table), none)})
	}
	return table.Fit(s.Out, s.Columns, rows)
}
