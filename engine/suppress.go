package engine

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/fold"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// likeness is by what a match of a rule with `suppress` is like another. The zero value is of a match that always
// alerts and suppresses nothing: its rule does not suppress, or its event has no time that can be read.
type likeness struct {
	values [16]byte // a digest of the values, in one case; a missing value is as an empty one
	at     time.Time
	length time.Duration // for which an alert suppresses
	lacks  string        // the first of the fields that has no value; "" if all have one
}

// suppresses tells whether the match takes part in suppression.
func (l likeness) suppresses() bool { return l.length > 0 }

// likenessOf digests the values of a match. lacks is the first field without one.
func likenessOf(s *rules.Suppress, at time.Time, values []string, lacks string) likeness {
	h := sha256.New()
	for _, v := range values {
		folded := fold.Text(v)
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(folded)))
		h.Write(size[:])
		h.Write([]byte(folded))
	}
	return likeness{[16]byte(h.Sum(nil)), at, s.For, lacks}
}

// suppressible is a match among those that may suppress each other.
type suppressible struct {
	likeness
	rule, order int
	by          int // the position of the alert that suppresses it; -1: it alerts
}

// suppress goes through the matches of each rule and its values in the order of time. A match alerts unless an alert
// came less than the rule's time before it. Of matches at one time the first event that was read counts. It sets by in
// all.
func suppress(all []suppressible) (suppressed int) {
	inOrder := make([]int, len(all))
	for i := range inOrder {
		inOrder[i], all[i].by = i, -1
	}
	like := func(a, b *suppressible) int { return cmp.Or(a.rule-b.rule, bytes.Compare(a.values[:], b.values[:])) }
	slices.SortStableFunc(inOrder, func(i, j int) int {
		a, b := &all[i], &all[j]
		return cmp.Or(like(a, b), a.at.Compare(b.at), a.order-b.order)
	})
	alert := -1
	for _, i := range inOrder {
		m := &all[i]
		if alert >= 0 && like(&all[alert], m) == 0 && m.at.Sub(all[alert].at) < m.length {
			m.by = alert
			suppressed++
		} else {
			alert = i
		}
	}
	return suppressed
}

// suppressedBy finds the slots of the values by which alerts of a rule or a correlation are suppressed, in events of a
// rule in a source. groups are names that need none.
func (p *plan) suppressedBy(of, read *ir.Rule, source int, groups []ir.Column, found *diag.Diagnostics) []document.Whole {
	s := of.Source.Suppress
	if s == nil {
		return nil
	}
	out := make([]document.Whole, len(s.By))
	for i, name := range s.By {
		if slices.ContainsFunc(groups, func(c ir.Column) bool { return c.Name == name.Name }) {
			continue
		}
		out[i] = p.layout.Whole(p.opt.Model, p.sources[source].Source, read.Own(ir.FieldNamed(name.Name)))
		if out[i].IsMissing() {
			found.Warnf("suppress-field", name.Range, "choose another --model, or another field",
				"data model %s has no field %s in the log source of %q; alerts are suppressed whatever its value", p.opt.Model.Name, name.Name, of.Source.Title)
		}
	}
	return out
}

// likeness is that of the current event's match.
func (m *matcher) likeness(u *unit) likeness {
	s := u.rule.ir.Source.Suppress
	if s == nil {
		return likeness{}
	}
	at, ok := m.time()
	if !ok {
		return likeness{}
	}
	values, lacks := make([]string, len(u.suppressBy)), ""
	for i, where := range u.suppressBy {
		values[i] = m.alike(where, s.By[i].Name, &lacks)
	}
	return likenessOf(s, at, values, lacks)
}

// alike reads a value by which the current event is like others. The first field without one is put into lacks.
func (m *matcher) alike(where document.Whole, field string, lacks *string) string {
	text, ok := m.doc.Whole(where)
	if !ok && *lacks == "" {
		*lacks = field
	}
	return text
}

// noteUnlike takes down of the rules that suppressed a match which field all of their matches lack: they are alike for
// want of it.
func (e *Engine) noteUnlike(all []suppressible) {
	suppressed := map[int]bool{}
	for _, m := range all {
		suppressed[m.rule] = suppressed[m.rule] || m.by >= 0
	}
	e.unlike = map[int]*correlate.Lack{}
	for _, m := range all {
		if !suppressed[m.rule] {
			continue
		}
		if e.unlike[m.rule] == nil {
			e.unlike[m.rule] = &correlate.Lack{}
		}
		e.unlike[m.rule].Note(m.lacks)
	}
}
