package rarity

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"decree/engine/event"
)

// Reputation looks up the reputation of a value. Entity is sha1, sha256, md5 or domain; value is
// lower-cased. Implementations must be safe for concurrent use.
type Reputation interface {
	Lookup(entity, value string) (Row, bool)
}

// Row is one reputation row: column -> text, with the column names of the data model.
type Row map[string]string

// entities are the columns that can be a reputation table's key.
var entities = []string{"sha1", "sha256", "md5", "domain"}

// truths are the columns that hold true or false, as the shipped data models name them.
var truths = []string{"IsCertificateValid", "IsRootSignerMicrosoft"}

type table map[string]Row

func (t table) Lookup(entity, value string) (Row, bool) {
	row, ok := t[entity+"\x00"+strings.ToLower(value)]
	return row, ok
}

// HasKey tells whether a row of a reputation table has one of the key columns.
func HasKey(row map[string]string) bool { return table{}.add(row) }

// NewTable makes a table of rows. Each row is found by each entity column it has.
func NewTable(rows []map[string]string) Reputation {
	t := table{}
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
		}
	}
	for column, v := range kept {
		for _, entity := range entities {
			if strings.EqualFold(column, entity) {
				t[entity+"\x00"+strings.ToLower(v)] = kept
				added = true
			}
		}
	}
	return added
}

// LoadTable reads a table from CSV or NDJSON, plain or compressed. A row without a key
// column is an error, and so is a word that is no truth value: a table that answers less than it seems to would silence rules.
func LoadTable(path string) (_ Reputation, err error) {
	var bad []string
	r, err := event.Open(path, event.Options{OnReject: func(j event.Reject) {
		bad = append(bad, fmt.Sprintf("%s:%d: %s", j.Source, j.Line, j.Reason))
	}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	t := table{}
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		row := map[string]string{}
		for column, v := range ev.Fields {
			if v != nil {
				row[column] = event.Text(v)
			}
		}
		for _, column := range truths {
			if v := row[column]; v != "" && !isFlag(v, true) && !isFlag(v, false) {
				return nil, fmt.Errorf("%s:%d: %s must be true or false, not %q", path, ev.Line, column, v)
			}
		}
		if !t.add(row) {
			return nil, fmt.Errorf("%s:%d: a reputation row needs one of the columns %s", path, ev.Line, strings.Join(entities, ", "))
		}
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("reputation table: %s", strings.Join(bad, "; "))
	}
	return t, nil
}
