package alerts

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"decree/engine"
	"decree/engine/event"
	"decree/engine/eventstore"
	"decree/rules/diag"
	"decree/rules/ir"
)

// sorted keeps matches, compressed, and gives them on by time when it is closed. Those without a time come last, each
// time in the order they were found.
type sorted struct {
	to    Sink
	room  int // bytes
	store eventstore.Store
	index []kept
	err   error
}

// kept is a match that waits.
type kept struct {
	at  int64 // microseconds since 1970
	ref eventstore.Ref
}

// keptSize is about how many bytes a match takes beside its text.
const keptSize = 32

// untimed is later than all times.
const untimed = 1<<63 - 1

// Add keeps a match, as long as there is room.
func (s *sorted) Add(a Alert) {
	if s.err != nil {
		return
	}
	if s.store.Size()+keptSize*len(s.index) > s.room {
		s.err = fmt.Errorf("%d matches that are to be sorted by time fill half of --max-memory: raise it, or leave out --sort and --suppress", len(s.index))
		return
	}
	text, err := diag.JSON(WithEvent(a, a))
	if err != nil {
		s.err = err
		return
	}
	at := int64(untimed)
	if when, err := time.Parse(time.RFC3339Nano, a.Time); err == nil {
		at = when.UnixMicro()
	}
	s.index = append(s.index, kept{at, s.store.Add(text)})
}

// Close gives the matches on.
func (s *sorted) Close(suspended []engine.Suspension, withoutReputation []*ir.Rule) error {
	if s.err != nil {
		return s.err
	}
	slices.SortStableFunc(s.index, func(a, b kept) int { return cmp.Compare(a.at, b.at) })
	for _, one := range s.index {
		text, err := s.store.Get(one.ref)
		if err != nil {
			return err
		}
		var a struct {
			Alert
			Event map[string]any `json:"event"`
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&a); err != nil {
			return fmt.Errorf("a match that was kept cannot be read: %w", err)
		}
		a.of = event.Of(a.Event)
		s.to.Add(a.Alert)
	}
	return s.to.Close(suspended, withoutReputation)
}
