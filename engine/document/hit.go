package document

import (
	"bytes"
	"errors"
	"slices"

	"decree/engine/event"
)

// A search hit of Elasticsearch has its event in _source. This file reads it as the event itself, as event.Decode does.

// errNoHit says that an object with the first keys of a hit is none. Nothing was read of it yet.
var errNoHit = errors.New("no search hit")

// idKey is a hit's own.
var idKey = []byte("_id")

// outermostObject reads the event at its brace.
func (d *Document) outermostObject() error {
	if start := d.at; bytes.HasPrefix(d.data[d.firstKey:], []byte(`"_`)) {
		if err := d.hit(); err != errNoHit {
			return err
		}
		d.at, d.depth = start, 0
	}
	return d.object(&d.top)
}

// hit reads a search hit. Its other keys are no fields of the event, except for the id.
func (d *Document) hit() error {
	isRead, id := false, -1
	err := d.members(func(key []byte) error {
		switch isKey := slices.Contains(event.HitKeys, string(key)); {
		case !isKey && !isRead:
			return errNoHit
		case string(key) == "_source" && !isRead && d.peek() == '{':
			isRead = true
			return d.object(&d.top)
		case !isKey || string(key) == "_source":
			d.wrapped = true
		case string(key) == "_id":
			id = d.at
		}
		return d.ignored()
	})
	if err != nil {
		return err
	}
	d.wrapped = d.wrapped || !isRead
	if end := d.at; id >= 0 && !d.wrapped {
		d.at, d.depth = id, 1
		err = d.member(&d.top, idKey, false)
		d.at, d.depth = end, 0
	}
	return err
}
