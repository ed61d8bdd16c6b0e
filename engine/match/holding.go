package match

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"decree/engine/fold"
	"decree/rules"
	"decree/rules/ir"
)

// Holding is a text of the current event of which an atom holds.
type Holding struct {
	Text  string
	At    int      // the letter, from 0, at which what the test looks for begins
	Wants []string // of a text test: the values that hold of it, folded unless the test is cased
}

// Holding gives the texts of which an atom holds, and copies them. It is for results: the matching itself only asks
// whether an atom holds.
func (m *Matcher) Holding(i int) []Holding {
	a := m.atoms.list[i]
	if t, ok := a.Test.(*ir.Elements); ok {
		return m.holdingElements(a, t)
	}
	texts, wants := m.textsOf(a), m.wants(i, a)
	out := make([]Holding, 0, min(len(texts), 1))
	asked := m.askedIn(a, texts)
	for n, text := range texts {
		if h, ok := m.holding(a, wants, text, asked[n]); ok {
			out = append(out, h)
		}
	}
	return out
}

// holdingElements gives the elements that a test of an array's elements holds of, as JSON.
func (m *Matcher) holdingElements(a *Atom, t *ir.Elements) []Holding {
	var out []Holding
	all := m.doc.Elements(a.Slot)
	for i, e := range all {
		if t.Which == rules.ElementAt && i != t.At && i-len(all) != t.At {
			continue
		}
		if a.program.body(e, m.atoms.layout.EmptyIsMissing(a.Slot)) {
			text, err := json.Marshal(e)
			if err != nil {
				panic(err) // it was read from JSON
			}
			out = append(out, Holding{Text: string(text)})
		}
	}
	return out
}

// textsOf gives the texts that an atom's test is asked of.
func (m *Matcher) textsOf(a *Atom) []string {
	if a.Ancestor {
		texts, _ := m.ancestors(a.Field)
		return texts
	}
	texts, _ := m.askedOf(a)
	return texts
}

// wants gives the values of a text test that may hold: of a long list, those that the index found in the event.
func (m *Matcher) wants(i int, a *Atom) []string {
	if a.patterns == nil {
		return a.program.values
	}
	s, before := m.first[a.Slot], 0
	if m.atoms.ways[i].by == byLater {
		s = m.later[a.Slot]
		if s == m.first[a.Slot] { // they are joined
			before = len(m.atoms.first[a.Slot].literals.patterns)
		}
	}
	if s.event != m.gen || s.pass == 0 { // an index that was just joined has searched nothing
		return a.program.values
	}
	var found []string
	for _, n := range a.patterns {
		if n := before + int(n); s.seen[n] == s.pass {
			found = append(found, s.patterns[n].text)
		}
	}
	return found
}

// askedIn gives texts in the form in which an atom's test is asked of them.
func (m *Matcher) askedIn(a *Atom, texts []string) []string {
	switch {
	case !a.program.folds:
		return texts
	case a.Ancestor:
		return foldedEach(texts)
	}
	return m.foldedTexts(a.Slot, texts)
}

// holding tells whether a test holds of one text, which it asks in another form, and where. Of a text test it asks the
// values that may hold.
func (m *Matcher) holding(a *Atom, wants []string, text, asked string) (h Holding, ok bool) {
	h.Text = strings.Clone(text)
	if a.program.name {
		defer func(at int) { h.At += at }(utf8.RuneCountInString(text) - utf8.RuneCountInString(lastPart(text)))
		text, asked = lastPart(text), lastPart(asked)
	}
	switch t := a.program.test.(type) {
	case *ir.Null, *ir.Exists:
		return h, true
	case *ir.FieldRef:
		return h, m.equalsOther(a, t, text)
	case *ir.Text:
		h.At = -1
		for _, want := range wants {
			if compareText(t.Op, asked, want) {
				h.Wants = append(h.Wants, want)
				if at := begins(t.Op, asked, want); h.At < 0 || at < h.At {
					h.At = at
				}
			}
		}
		return h, len(h.Wants) > 0
	case *ir.Regex:
		if a.program.slow != nil {
			return h, m.backtracks(a.program, []string{text})
		}
		at := m.finder(a.program).Find(text)
		if at < 0 {
			return h, false
		}
		h.At = utf8.RuneCountInString(text[:at])
		return h, true
	}
	return h, a.program.holds(asked)
}

// equalsOther tells whether a comparison with another field holds of one text.
func (m *Matcher) equalsOther(a *Atom, t *ir.FieldRef, text string) bool {
	if a.Ancestor {
		others, _ := m.ancestors(t.Other)
		return compareFields(t, []string{text}, others)
	}
	return compareFields(t, []string{text}, m.doc.Slot(a.Other).Texts)
}

// begins is the letter at which a value begins in a text that it holds of.
func begins(op ir.TextOp, text, want string) int {
	at := 0
	switch op {
	case ir.Contains:
		at = strings.Index(text, want)
	case ir.Word:
		at = ir.WordIndex(text, want)
	case ir.EndsWith, ir.Filename:
		at = len(text) - len(want)
	}
	return utf8.RuneCountInString(text[:at])
}

// Narrowed gives a text test with only those of its values that are among some wanted ones, or the test itself if it
// has none of them.
func Narrowed(t *ir.Text, wants []string) *ir.Text {
	out := &ir.Text{Op: t.Op, Cased: t.Cased}
	for _, v := range t.Values {
		if slices.ContainsFunc(wants, func(want string) bool { return v == want || !t.Cased && foldsTo(v, want) }) {
			out.Values = append(out.Values, v)
		}
	}
	if len(out.Values) == 0 {
		return t
	}
	return out
}

// foldsTo tells whether a text's folded form is another. It makes the form only of letters beyond ASCII.
func foldsTo(v, folded string) bool {
	return len(v) == len(folded) && equalLower(v, folded) || utf8.RuneCountInString(v) < len(v) && fold.Text(v) == folded
}
