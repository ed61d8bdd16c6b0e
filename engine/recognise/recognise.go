// Package recognise chooses the data model of a file by its first events. In: the signs of models, and a reader before
// its first event. Out: the model that most of these events are of, and how many are of others.
//
// An event is of the model with the heaviest sign that it shows; where several weigh the same, of the one listed first.
// What must stay true: the reader gives every event afterwards, also on standard input, and the choice depends on the
// content alone.
package recognise

import (
	"maps"
	"slices"

	"decree/engine/event"
	"decree/rules/schema"
)

// How much of a file is read to choose: so many events, or so many bytes if they have more. What cannot be read is
// passed over: a damaged record may be the first of many. If something is, and no event shows a sign, it is more
// events.
const (
	sampleEvents = 64
	sampleBytes  = 1 << 20
	sampleLines  = 1 << 12 // events or not
)

// shownColumns bounds how many columns of an event that shows no sign are kept, and shownLetters how much of each name.
const (
	shownColumns = 8
	shownLetters = 60
)

// Choice says what a file's first events are.
type Choice struct {
	Model   string   // that most events are of; "" if no event shows a sign
	Events  int      // that were looked at
	Of      []Share  // the models that they are of, those with most events first
	Columns []string // some columns of the first event that shows no sign, sorted

	MessageOnly int // events that have their values only in the text of a message

	Rejected int   // lines or records that were looked at and are not events
	Why      error // of the first of them
}

// Share is how many events are of a model.
type Share struct {
	Model  string
	Events int
}

// File chooses the model of a file. among lists the models in order of preference.
func File(r *event.Reader, among []schema.Recognised) Choice {
	var c Choice
	counts, shown := make([]int, len(among)), 0
	r.Ahead(sampleBytes, func(line event.Raw) (enough bool) {
		if of := c.look(line, among); of >= 0 {
			counts[of]++
			shown++
		}
		return c.Events >= sampleEvents && (shown > 0 || c.Rejected == 0) || c.Events+c.Rejected >= sampleLines
	})
	for i, n := range counts {
		if n > 0 {
			c.Of = append(c.Of, Share{among[i].Model, n})
		}
	}
	slices.SortStableFunc(c.Of, func(a, b Share) int { return b.Events - a.Events })
	if len(c.Of) > 0 {
		c.Model = c.Of[0].Model
	}
	return c
}

// look looks at one line, and gives the place of the model that its event is of, or -1.
func (c *Choice) look(line event.Raw, among []schema.Recognised) (of int) {
	fields, err := map[string]any(nil), line.Err
	if err == nil {
		fields, err = line.Decode()
	}
	if err != nil { // the reader rejects it later
		if c.Rejected++; c.Why == nil {
			c.Why = err
		}
		return -1
	}
	c.Events++
	if event.MessageOnly(fields) {
		c.MessageOnly++
	}
	if of = Event(fields, among); of < 0 && c.Columns == nil {
		c.Columns = someColumns(fields)
	}
	return of
}

// someColumns gives the first names of an event's fields, cut where they are long.
func someColumns(fields map[string]any) []string {
	names := slices.Sorted(maps.Keys(fields))
	names = names[:min(len(names), shownColumns)]
	for i, name := range names {
		if letters := []rune(name); len(letters) > shownLetters {
			names[i] = string(letters[:shownLetters]) + "…"
		}
	}
	return names
}

// Event gives the place of the model that an event is of, or -1. The fields are as event.Decode gives them.
func Event(fields map[string]any, among []schema.Recognised) int {
	e := event.Of(fields)
	texts := func(column string) ([]string, bool) {
		v, ok := e.Lookup(column)
		if !ok {
			return nil, false
		}
		return textsOf(v)
	}
	best, weight := -1, 0
	for i, of := range among {
		for j := range of.Signs {
			if s := &of.Signs[j]; s.Weight() > weight && s.Shown(texts) {
				best, weight = i, s.Weight()
			}
		}
	}
	return best
}

// textsOf gives the texts of a value. Null and an empty text count as missing, because exports of tables have all
// columns in each row.
func textsOf(v any) (texts []string, ok bool) {
	switch v := v.(type) {
	case nil:
		return nil, false
	case string:
		return []string{v}, v != ""
	case []any:
		for _, one := range v {
			of, there := textsOf(one)
			texts = append(texts, of...)
			ok = ok || there
		}
		return texts, ok
	case map[string]any:
		return nil, len(v) > 0
	}
	return []string{event.Text(v)}, true
}
