// Package recognise chooses the data model of a file by its first events. In: the signs of models, and a reader before
// its first event. Out: the model that most of these events are of, and how many are of others.
//
// An event is of the model with the heaviest sign that it shows; where several weigh the same, of the one listed first.
// If other models list that very sign, they read the event as well, and it counts for each of them.
// What must stay true: the reader gives every event afterwards, also on standard input, and the choice depends on the
// content alone.
package recognise

import (
	"maps"
	"reflect"
	"slices"

	"decree/engine/event"
	"decree/rules/schema"
)

// How much of a file is read to choose: so many events, or so many bytes if they have more. What cannot be read is
// passed over: a damaged record may be the first of many. For each that is, up to sampleEvents more events are looked
// at, until one shows a sign.
const (
	sampleEvents = 64
	sampleBytes  = 1 << 20
	sampleLines  = 1 << 12 // events or not
	aheadBytes   = 1 << 24 // of events or not: they are kept in memory
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
	Of      []Share  // the model, and behind it what the events are of that are not its, those with most events first
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
	var seen [][]int // the models of each event that shows a sign
	bytes := 0       // of events
	r.Ahead(aheadBytes, func(line event.Raw) (enough bool) {
		rejected := c.Rejected
		if of := c.look(line, among); of != nil {
			seen = append(seen, of)
		}
		if c.Rejected == rejected {
			bytes += line.Size()
		}
		events := sampleEvents
		if len(seen) == 0 {
			events *= 1 + c.Rejected
		}
		return c.Events >= events || bytes >= sampleBytes || c.Events+c.Rejected >= sampleLines
	})
	if len(seen) == 0 {
		return c
	}
	counts := make([]int, len(among))
	for _, of := range seen {
		for _, i := range of {
			counts[i]++
		}
	}
	best := slices.Index(counts, slices.Max(counts))
	c.Model = among[best].Model
	c.Of = append([]Share{{c.Model, counts[best]}}, others(seen, best, among)...)
	return c
}

// others counts the events that are not of the model at a place, each for the first of its models.
func others(seen [][]int, best int, among []schema.Recognised) (all []Share) {
	counts := make([]int, len(among))
	for _, of := range seen {
		if !slices.Contains(of, best) {
			counts[of[0]]++
		}
	}
	for i, n := range counts {
		if n > 0 {
			all = append(all, Share{among[i].Model, n})
		}
	}
	slices.SortStableFunc(all, func(a, b Share) int { return b.Events - a.Events })
	return all
}

// look looks at one line, and gives the places of the models that its event is of.
func (c *Choice) look(line event.Raw, among []schema.Recognised) (of []int) {
	fields, err := map[string]any(nil), line.Err
	if err == nil {
		fields, err = line.Decode()
	}
	if err != nil { // the reader rejects it later
		if c.Rejected++; c.Why == nil {
			c.Why = err
		}
		return nil
	}
	c.Events++
	if event.MessageOnly(fields) {
		c.MessageOnly++
	}
	if of = Event(fields, among); of == nil && c.Columns == nil {
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

// Event gives the places of the models that an event is of, in their order. The fields are as event.Decode gives them.
func Event(fields map[string]any, among []schema.Recognised) (of []int) {
	e := event.Of(fields)
	texts := func(column string) ([]string, bool) {
		v, ok := e.Lookup(column)
		if !ok {
			return nil, false
		}
		return textsOf(v)
	}
	var best schema.Sign
	for i, m := range among {
		for _, s := range m.Signs {
			switch weight := s.Weight(); {
			case weight > best.Weight() && s.Shown(texts):
				best, of = s, []int{i}
			case of != nil && weight == best.Weight() && of[len(of)-1] != i && reflect.DeepEqual(s, best):
				of = append(of, i)
			}
		}
	}
	return of
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
