package correlate

import (
	"cmp"
	"slices"
	"time"

	"decree/rules/ir"
)

// ReadByJoin has a rule, given by its number, read by a join: these fields are taken down of its matches, at least as
// far back as reach.
func (s *Set) ReadByJoin(rule int, fields []ir.Field, reach time.Duration) {
	r := s.rules[rule]
	for _, f := range fields {
		if !slices.Contains(r.Fields, f) {
			r.Fields = append(r.Fields, f)
		}
	}
	if r.Read = true; r.Reach != Unbounded && (reach == Unbounded || reach > r.Reach) {
		r.Reach = reach
	}
}

// Index finds the matches of a rule by their values and times.
type Index struct {
	ms    *Matches
	rule  int
	byKey map[string][]indexed // in the order of their times
	lack  Lack
	seen  []int32 // value -> the last question in which it was counted
	asked int32
}

// indexed is a match, by its position, with the number of the value that is counted; -1 without one. Its time is beside
// it, since searches read it where they go.
type indexed struct {
	second             int64
	nano, match, value int32
}

// compare tells whether the match came before a time or after it.
func (m indexed) compare(second int64, nano int32) int {
	return cmp.Or(cmp.Compare(m.second, second), cmp.Compare(m.nano, nano))
}

// Index sorts the matches of a rule, by its number, by what they have in some fields. A match without one of them is in
// no place. distinct is the field whose different values Count counts; nil if it counts matches.
func (ms *Matches) Index(rule int, keys []ir.Field, distinct *ir.Field) *Index {
	x := &Index{ms: ms, rule: rule, byKey: map[string][]indexed{}}
	values := map[string]int32{}
	texts := make([]string, len(keys))
	for _, at := range ms.byRule[rule] {
		if lacks := ms.valuesOf(at, keys, texts); lacks >= 0 {
			x.lack.Note(keys[lacks].String())
			continue
		}
		counts := ""
		k := ms.at(at)
		key, one := joinKey(texts), indexed{k.second, k.nano, at, -1}
		if distinct != nil {
			if text, ok := ms.value(at, *distinct); ok && text != "" {
				folded := joinKey([]string{text})
				number, known := values[folded]
				if !known {
					number = int32(len(values))
					values[folded] = number
				}
				one.value = number
			} else {
				counts = distinct.String()
			}
		}
		x.lack.Note(counts)
		x.byKey[key] = append(x.byKey[key], one)
	}
	if distinct != nil {
		x.seen = make([]int32, len(values))
	}
	for _, all := range x.byKey { // the matches were added in the order of the input
		slices.SortStableFunc(all, func(a, b indexed) int { return a.compare(b.second, b.nano) })
	}
	return x
}

// Lack counts the matches, and those of them that no count has since they have nothing in one of the fields.
func (x *Index) Lack() *Lack { return &x.lack }

// valuesOf reads fields of a match. It gives the first of them that is missing or empty, or -1.
func (ms *Matches) valuesOf(at int32, fields []ir.Field, to []string) (lacks int) {
	for i, f := range fields {
		text, ok := ms.value(at, f)
		if !ok || text == "" {
			return i
		}
		to[i] = text
	}
	return -1
}

// Found is the matches near an event.
type Found struct {
	x       *Index
	matches []indexed
}

// Between finds the matches with these values, ignoring case, from one time to another, both included.
func (x *Index) Between(values []string, from, to time.Time) Found {
	all := x.byKey[joinKey(values)]
	before := func(m indexed, at time.Time) int { return m.compare(at.Unix(), int32(at.Nanosecond())) }
	first, _ := slices.BinarySearchFunc(all, from, before)
	all = all[first:]
	after, _ := slices.BinarySearchFunc(all, to.Add(1), before)
	return Found{x, all[:after]}
}

// Count is how many matches there are, or how many different values they have.
func (f Found) Count() int {
	if f.x.seen == nil {
		return len(f.matches)
	}
	f.x.asked++
	n := 0
	for _, m := range f.matches {
		if m.value >= 0 && f.x.seen[m.value] != f.x.asked {
			f.x.seen[m.value] = f.x.asked
			n++
		}
	}
	return n
}

// Matches is how many matches there are, whatever is counted.
func (f Found) Matches() int { return len(f.matches) }

// Members names the first of them in time, at most 10.
func (f Found) Members() []Member {
	var out []Member
	title := f.x.ms.set.rules[f.x.rule].ir.Source
	for _, m := range f.matches[:min(len(f.matches), maxShown)] {
		k := f.x.ms.at(m.match)
		name := title.Name
		if name == "" {
			name = title.Title
		}
		out = append(out, Member{name, f.x.ms.id(m.match), f.x.ms.sources[k.source], k.line})
	}
	return out
}
