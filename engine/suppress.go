package engine

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

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
	lacks  fieldSet      // fields without a value
}

// suppresses tells whether the match takes part in suppression.
func (l likeness) suppresses() bool { return l.length > 0 }

// likenessOf digests the values of a match.
func likenessOf(s *rules.Suppress, at time.Time, by suppressValues) likeness {
	h := sha256.New()
	for _, v := range by.texts {
		folded := fold.Text(v)
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(folded)))
		h.Write(size[:])
		h.Write([]byte(folded))
	}
	return likeness{[16]byte(h.Sum(nil)), at, s.For, by.lacks}
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
			p.warnOfMissing("suppress-field", name.Name, name.Range, p.logOf(read, source), "alerts are suppressed whatever its value", found)
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
	var by suppressValues
	for _, where := range u.suppressBy {
		by.add(m.doc.Whole(where))
	}
	return likenessOf(s, at, by)
}

// noteUnlike takes down of the rules that suppressed a match which field all of their matches lack: it tells none of
// them apart.
func (e *Engine) noteUnlike(all []suppressible) {
	e.unlike = map[int]unlike{}
	for _, m := range all {
		u, seen := e.unlike[m.rule]
		if !seen {
			u.lacks = m.lacks
		}
		e.unlike[m.rule] = unlike{matches: u.matches + 1, suppressed: u.suppressed || m.by >= 0, lacks: u.lacks & m.lacks}
	}
}

// unlike is what all matches of a rule lack of the fields that it suppresses by.
type unlike struct {
	matches    int
	suppressed bool // one of them
	lacks      fieldSet
}

// suppressValues are the values of a match of the fields that its rule suppresses by, in their order.
type suppressValues struct {
	texts []string
	lacks fieldSet
}

// add adds the value of the next field, which the match may lack.
func (v *suppressValues) add(text string, has bool) {
	if !has {
		v.lacks |= 1 << len(v.texts)
	}
	v.texts = append(v.texts, text)
}

// fieldSet is a set of the first 64 fields that a rule suppresses by.
type fieldSet uint64

// of names the fields.
func (s fieldSet) of(by []rules.NamedField) (names []string) {
	for i, field := range by {
		if i < 64 && s&(1<<i) != 0 {
			names = append(names, field.Name)
		}
	}
	return names
}
