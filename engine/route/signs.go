package route

import (
	"cmp"
	"reflect"
	"slices"

	"decree/engine/document"
	"decree/rules/schema"
)

// signs tell the log sources of a data model whose files have events of several products, by what their events look
// like: an Okta rule is not asked of CloudTrail's. Of the signs that an event shows the heaviest decide.
type signs struct {
	all   []sign // the heaviest first
	slots map[string]int
	of    [][]int // the signs of each log source in the table; none if it has none
}

type sign struct {
	*schema.Sign
	of []*schema.Source
}

// newSigns takes the signs of all log sources of a model, also of those that no rule reads.
func newSigns(l *document.Layout, m *schema.Model) signs {
	out := signs{slots: map[string]int{}}
	for i := range m.Sources {
		s := &m.Sources[i]
		for j := range s.Recognise {
			like := func(other sign) bool { return reflect.DeepEqual(*other.Sign, s.Recognise[j]) }
			at := slices.IndexFunc(out.all, like)
			if at < 0 {
				at = len(out.all)
				out.all = append(out.all, sign{Sign: &s.Recognise[j]})
			}
			out.all[at].of = append(out.all[at].of, s)
		}
	}
	slices.SortStableFunc(out.all, func(a, b sign) int { return cmp.Compare(b.Weight(), a.Weight()) })
	for _, s := range out.all {
		for _, column := range s.Columns() {
			out.slots[column] = l.Slot(schema.Column{Name: column})
		}
	}
	return out
}

// add takes down the signs of a log source of the table.
func (s *signs) add(of *schema.Source) {
	var mine []int
	for i, one := range s.all {
		if slices.Contains(one.of, of) {
			mine = append(mine, i)
		}
	}
	s.of = append(s.of, mine)
}

// shown appends the heaviest signs that the current event shows.
func (s *signs) shown(d *document.Document, to []int) []int {
	texts := func(column string) ([]string, bool) {
		v := d.Slot(s.slots[column])
		return v.Texts, v.Present && (len(v.Texts) != 1 || v.Texts[0] != "")
	}
	for i, one := range s.all {
		if len(to) > 0 && one.Weight() < s.all[to[0]].Weight() {
			break
		}
		if one.Shown(texts) {
			to = append(to, i)
		}
	}
	return to
}

// deny tells whether the signs that an event shows are those of other log sources.
func (s *signs) deny(source int, shown []int) bool {
	mine := s.of[source]
	return len(mine) > 0 && !slices.ContainsFunc(shown, func(i int) bool { return slices.Contains(mine, i) })
}
