package engine

import (
	"fmt"

	"decree/engine/event"
	"decree/engine/eventstore"
)

// suppressibleMatches are the matches of rules with `suppress`. They wait for the end of the input, since an event that
// is read later may be earlier.
type suppressibleMatches struct {
	all   []suppressibleMatch
	store eventstore.Store
	size  int // bytes, beside the store
}

// suppressibleMatch is a match that waits. Its event is compressed in the store.
type suppressibleMatch struct {
	suppressible
	result Result // without its event, if the store has that
	event.Origin
	ref eventstore.Ref
}

// suppressibleSize is about how many bytes a match takes that waits, and each of its facts.
const (
	suppressibleSize = 700
	factSize         = 64
)

// Suppressed is an alert that suppresses a match.
type Suppressed struct {
	EventID string `json:"event_id"`
	Source  string `json:"source"`
	Line    int    `json:"line"`
}

// holdSuppressible keeps a match until all are known. If there is no room for it, it alerts.
func (e *Engine) holdSuppressible(r Result) {
	h, text := &e.suppressible, r.Event.Raw
	needs := suppressibleSize + factSize*len(r.Facts) + nameSize*len(r.Names) + figureSize*(len(r.Prevalence)+len(r.Reputation)) + size(r.Evidence)
	if h.size+h.store.Size()+needs+len(text) > e.opt.suppressibleMemory() {
		e.stats.Unsuppressed++
		e.handOn(r)
		return
	}
	h.size += needs
	kept := suppressibleMatch{suppressible{likeness: r.like, rule: r.rule.order, order: r.order}, r, event.Origin{Source: r.Event.Source, Line: r.Event.Line, Order: r.order}, eventstore.None}
	if len(text) > 0 { // a correlation's match may have no more of its event than the group
		kept.ref, kept.result.Event = h.store.Add(text), nil
	}
	h.all = append(h.all, kept)
}

// giveUnsuppressed hands on the matches that alert, in the order of events, then of rules.
func (e *Engine) giveUnsuppressed() error {
	h := e.suppressible
	e.suppressible = suppressibleMatches{}
	all := make([]suppressible, len(h.all))
	for i := range h.all {
		all[i] = h.all[i].suppressible
	}
	e.stats.Suppressed += suppress(all)
	e.noteUnlike(all)
	for i, m := range all {
		if m.by >= 0 {
			if alert := &h.all[m.by]; e.opt.explains {
				e.explained[m.order] = Suppressed{alert.result.EventID, alert.Source, alert.Line}
			}
			continue
		}
		r, err := h.recall(&h.all[i])
		if err != nil {
			return fmt.Errorf("%s: %w", h.all[i].Origin, err)
		}
		e.handOn(r)
	}
	return nil
}

// recall gives a match with its event.
func (h *suppressibleMatches) recall(m *suppressibleMatch) (Result, error) {
	r := m.result
	if m.ref.IsNone() {
		return r, nil
	}
	data, err := h.store.Get(m.ref)
	r.Event = event.Keep(event.Input{Origin: m.Origin, Content: event.TextContent(data)})
	return r, err
}
