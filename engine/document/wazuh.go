package document

import (
	"bytes"
	"math/bits"
	"strings"
)

// Wazuh writes each backslash of an event's values twice, and one before a quote. event.Decode undoes that where all
// backslashes of an event are such; so does this file.

// eachValue visits the values of Wazuh's event at their beginnings. visit reads its value.
func (d *Document) eachValue(visit func() error) {
	d.at, d.depth = d.values, 0
	if err := d.members(func([]byte) error { return visit() }); err != nil {
		panic(err) // it was read before
	}
}

// readEscaping finds whether all backslashes of the values are such. It is left to event.Decode where their JSON does
// not show it.
func (d *Document) readEscaping() {
	some, single := false, false
	d.eachValue(func() error {
		from := d.at
		err := d.over()
		raw := d.data[from:d.at]
		d.wrapped = d.wrapped || raw[0] == '{' || raw[0] == '['
		for at := bytes.IndexByte(raw, '\\'); at >= 0; at = bytes.IndexByte(raw, '\\') {
			raw = raw[at:]
			switch {
			case bytes.HasPrefix(raw, []byte(`\\\\`)), bytes.HasPrefix(raw, []byte(`\\\"`)):
				some, raw = true, raw[4:]
			case raw[1] == '\\':
				single, raw = true, raw[2:]
				d.wrapped = d.wrapped || bytes.HasPrefix(raw, []byte(`\u`)) // which may be a second one
			default:
				d.wrapped = d.wrapped || raw[1] == 'u' && bytes.EqualFold(raw[2:6], []byte("005c"))
				raw = raw[2:]
			}
		}
		return err
	})
	d.halved = some && !single && !d.wrapped
}

// halve undoes the escapes of the values in their columns. What was one value may now be two, by the event's other
// values, so that the column's version is not known.
func (d *Document) halve() {
	for word, set := range d.has {
		for ; set != 0; set &= set - 1 {
			col := &d.cols[word*64+bits.TrailingZeros64(set)]
			if col.depth != liftedWazuh {
				continue
			}
			for i, text := range col.Texts {
				if half := d.half(text); len(half) < len(text) {
					col.Texts[i], col.Version = half, 0
				}
			}
		}
	}
}

// halvedWords adds such texts for keywords.
func (d *Document) halvedWords() {
	d.eachValue(func() error {
		if d.peek() != '"' {
			return d.over()
		}
		text, err := d.token()
		d.all = append(d.all, d.half(textOf(text)))
		return err
	})
}

// half is a text without the backslashes before others and before quotes.
func (d *Document) half(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	from := len(d.arena)
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
		}
		d.arena = append(d.arena, text[i])
	}
	return textOf(d.arena[from:])
}
