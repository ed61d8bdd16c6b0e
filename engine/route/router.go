package route

import (
	"slices"
	"strings"

	"decree/engine/document"
	"decree/engine/fold"
)

// Router routes the events that a document reads. It is for one goroutine.
type Router struct {
	Of []int // log sources of the current event

	table      *Table
	gen        uint32                 // number of the event
	yes        []uint32               // question -> event that answers it
	there      []uint32               // slot -> event that has the column
	known      []map[string]scopeText // by slot, as in slots: what was found for a text before
	last       []lastScope            // by slot, as in slots: what was found for the text it had last
	applies    []uint32               // source -> event that is of it
	considered []int                  // sources that the main column's texts call for
}

// lastScope is what a slot's one text has said since an event.
type lastScope struct {
	since uint32
	says  scopeText
}

// scopeText is what a text of a scope column says.
type scopeText struct {
	answers []int // the questions it answers
	sources []int // to consider, if the column is the main one
}

// NewRouter makes a router. The table must be finished.
func (s *Table) NewRouter() *Router {
	r := &Router{table: s, yes: make([]uint32, len(s.questions)), there: make([]uint32, s.layout.Slots()), applies: make([]uint32, len(s.sources)), last: make([]lastScope, len(s.slots))}
	for range s.slots {
		r.known = append(r.known, map[string]scopeText{})
	}
	return r
}

// maxKnown bounds how many texts of a scope column are remembered.
const maxKnown = 1000

// asks tells what a text of a scope column says, which may be the one it has had since an event: only a value of one text has
// such. Of such texts there are few.
func (s *Table) asks(r *Router, i int, since uint32, t string) scopeText {
	last := &r.last[i]
	if since != 0 && since == last.since {
		return last.says
	}
	last.since, last.says = since, s.lookUp(r.known[i], i, t)
	return last.says
}

func (s *Table) lookUp(known map[string]scopeText, i int, t string) scopeText {
	if found, ok := known[t]; ok {
		return found
	}
	f := fold.Text(t)
	found := scopeText{answers: s.answers[i][f]}
	if s.slots[i] == s.main {
		found.sources = s.byValue[f]
	}
	if len(known) < maxKnown {
		known[strings.Clone(t)] = found
	}
	return found
}

// Route finds the sources that the current event is of.
func (r *Router) Route(d *document.Document) {
	r.Of, r.considered = r.Of[:0], r.considered[:0]
	s := r.table
	r.gen++
	for i, slot := range s.slots {
		v := d.Slot(slot)
		if !v.Present {
			continue
		}
		r.there[slot] = r.gen
		for _, t := range v.Texts {
			says := s.asks(r, i, v.Since, t)
			for _, q := range says.answers {
				r.yes[q] = r.gen
			}
			r.considered = append(r.considered, says.sources...)
		}
	}
	for _, src := range r.considered {
		r.consider(src)
	}
	for _, src := range s.others {
		r.consider(src)
	}
	slices.Sort(r.Of)
}

func (r *Router) consider(i int) {
	if r.applies[i] == r.gen {
		return
	}
	for _, t := range r.table.sources[i] {
		if r.yes[t.question] == r.gen {
			continue
		}
		if !t.optional || r.there[r.table.questions[t.question].slot] == r.gen {
			return
		}
	}
	r.applies[i] = r.gen
	r.Of = append(r.Of, i)
}

// Is tells whether the current event is of a log source.
func (r *Router) Is(source int) bool { return r.applies[source] == r.gen }
