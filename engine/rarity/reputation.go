package rarity

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Reputation looks up the reputation of a value. Entity is sha1, sha256, md5 or domain; value is
// lower-cased. Implementations must be safe for concurrent use.
type Reputation interface {
	Lookup(entity, value string) (Row, bool)
	Has(column string) bool // some row has a value in the column
}

// Row is one reputation row: column -> text, with the column names of the data model.
type Row map[string]string

// table is a reputation table in memory.
type table struct {
	rows    map[string]Row // by entity, NUL and value
	columns map[string]bool
}

// CalledOtherwise gives the column of a table that has the rule's word for a column as its name, such as Software for
// SoftwareName; "" if there is none.
func CalledOtherwise(t Reputation, column string) string {
	if of, ok := t.(table); ok {
		for _, name := range slices.Sorted(maps.Keys(of.columns)) {
			if Named(name) == column {
				return name
			}
		}
	}
	return ""
}

func newTable() table { return table{map[string]Row{}, map[string]bool{}} }

func (t table) Lookup(entity, value string) (Row, bool) {
	row, ok := t.rows[entity+"\x00"+strings.ToLower(value)]
	return row, ok
}

func (t table) Has(column string) bool { return t.columns[column] }

// HasKey tells whether a row of a reputation table has one of the key columns.
func HasKey(row map[string]string) bool { return newTable().add(row) }

// NewTable makes a table of rows. Each row is found by each entity column it has.
func NewTable(rows []map[string]string) Reputation {
	t := newTable()
	for _, row := range rows {
		t.add(row)
	}
	return t
}

func (t table) add(row map[string]string) bool {
	kept, added := Row{}, false
	for column, v := range row {
		if v != "" {
			kept[column] = v
			t.columns[column] = true
		}
	}
	for column, v := range kept {
		for _, entity := range entities {
			if strings.EqualFold(column, entity) {
				t.rows[entity+"\x00"+strings.ToLower(v)] = kept
				added = true
			}
		}
	}
	return added
}

// noKey says that a row names nothing that it is about.
func noKey() string {
	return fmt.Sprintf("a reputation row needs one of the columns %s", strings.Join(entities, ", "))
}
