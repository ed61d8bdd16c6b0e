package document

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"decree/rules/schema"
)

// Every is the slot of keywords: all texts of the event.
const Every = 0

// slot is where a field of Sigma stands: a column, the first present of several, a hash in a set of hashes, or a value
// after its name.
type slot struct {
	columns      []int
	hash         string
	pair         *regexp.Regexp      // finds the value in a longer text
	plain        func(string) string // what the found text stands for
	emptyMissing bool                // an empty text counts as missing
	missing      string              // the product's word for a missing value; "" = none
	instead      int                 // how many columns come before the one that has the value in some events
	when         int                 // the column that tells these events from others
	is           schema.Instead      // what it then holds
	made         *slotOfExtract      // the value is an extract's; columns are those that it is made of
	joined       schema.Type         // how texts of the event make the value; "" if each is one
	beside       int                 // of a directory or an account: the column with the file's name, or the domain
	inXML        int                 // the slot with the value where the column is empty; 0 = none
	insteadInXML int                 // the same of the column that has the value in some events
}

// isColumn tells whether the slot's value is simply that of its column.
func (s *slot) isColumn() bool {
	return s.made == nil && s.is.Column == "" && len(s.columns) == 1 && s.hash == "" && s.pair == nil && !s.emptyMissing && s.missing == "" && s.joined == "" && s.inXML == 0
}

// Slot numbers the slot of a column.
func (l *Layout) Slot(c schema.Column) int {
	if c.Made != nil {
		return l.slotMade(c)
	}
	names := append([]string{c.Name}, c.Also...)
	if c.OrElse != "" {
		names = append(names, c.OrElse)
	}
	key := strings.Join(names, "\x00")
	if i := c.Instead; i.Column != "" {
		key += "\x03" + strings.Join(append([]string{i.Column, i.When}, i.Is...), "\x03")
	}
	hash := ""
	if c.Type == schema.HashSet {
		hash = c.Key
		key += "\x01" + strings.ToUpper(c.Key)
	}
	var pair *regexp.Regexp
	if within := c.Within(); within != "" {
		pair = regexp.MustCompile(within)
		key += "\x02" + within
	}
	if c.Joins() {
		key += "\x04" + string(c.Type) + "\x04" + c.Key
	}
	if c.InXML != "" {
		key += "\x06" + c.InXML
	}
	if c.Missing != "" {
		key += "\x05" + c.Missing
	}
	if i, ok := l.bySlot[key]; ok {
		return i
	}
	s := &slot{hash: hash, pair: pair, plain: c.Plain, emptyMissing: l.emptyIsMissing, missing: cmp.Or(c.Missing, l.missing)}
	for _, n := range names {
		s.columns = append(s.columns, l.column(n))
	}
	if i := c.Instead; i.Column != "" {
		s.is, s.when = i, l.column(i.When)
		s.columns, s.instead = append(s.columns, l.column(i.Column)), len(s.columns)
	}
	if c.InXML != "" {
		s.inXML = l.Slot(c.ValueInXML(c.Name))
		if c.Instead.Column != "" {
			s.insteadInXML = l.Slot(c.ValueInXML(c.Instead.Column))
		}
	}
	if c.Joins() {
		s.joined = c.Type
	}
	if c.Type.InKeyToo() {
		s.beside = l.column(c.Key)
	}
	l.slots = append(l.slots, s)
	l.bySlot[key] = len(l.slots) - 1
	return len(l.slots) - 1
}

// Slots is how many slots there are.
func (l *Layout) Slots() int { return len(l.slots) }

// EmptyIsMissing tells whether an empty text of the slot counts as missing.
func (l *Layout) EmptyIsMissing(slot int) bool { return l.slots[slot].emptyMissing }

// ColumnsOf gives the columns that a slot reads, in order of preference.
func (l *Layout) ColumnsOf(slot int) []int {
	s := l.slots[slot]
	if s.inXML == 0 {
		return s.columns
	}
	return append(slices.Clone(s.columns), l.slots[s.inXML].columns...)
}

// Describe names what a slot reads.
func (l *Layout) Describe(slot int) string {
	if m := l.slots[slot].made; m != nil {
		return m.name
	}
	var names []string
	for _, c := range l.ColumnsOf(slot) {
		names = append(names, l.list[c])
	}
	text := strings.Join(names, " or ")
	if hash := l.slots[slot].hash; hash != "" {
		text += " (" + hash + ")"
	}
	if s := l.slots[slot]; s.joined.InKeyToo() {
		text += " and " + l.list[s.beside]
	}
	return text
}

// Slot gives the value of a slot on the current event.
func (d *Document) Slot(i int) *Value {
	if c := d.simple[i]; c >= 0 {
		return d.column(int(c))
	}
	s, v := d.layout.slots[i], &d.slots[i]
	if v.gen != d.gen {
		switch {
		case s.made != nil:
			d.make(v, s, &d.made[i])
		case s.joined != "":
			d.join(v, s, &d.made[i])
		default:
			d.derive(v, s)
		}
	}
	return v
}

// derive reads a slot that is not simply a column.
func (d *Document) derive(v *Value, s *slot) {
	v.gen, v.Version, v.Present, v.Texts = d.gen, 0, false, v.Texts[:0]
	for _, c := range d.columnsOf(s) {
		from := d.column(c)
		if !from.Present {
			continue
		}
		v.Present = true
		if len(s.columns) == 1 {
			v.Version = from.Version
		}
		for _, t := range from.Texts {
			if t, ok := s.within(t); ok {
				v.Texts = append(v.Texts, t)
			}
		}
		if (s.hash != "" || s.pair != nil || s.missing != "") && len(v.Texts) == 0 {
			v.Present = false
		}
		if s.emptyMissing && !slices.ContainsFunc(v.Texts, func(t string) bool { return t != "" }) {
			v.Present, v.Texts = false, v.Texts[:0]
		}
		if v.Present {
			return
		}
	}
	if inner := d.inXML(s); inner != 0 {
		from := d.Slot(inner)
		v.Present, v.Texts = from.Present, append(v.Texts, from.Texts...)
	}
}

// inXML is the slot with the value of another where its column is empty. 0 means that there is none.
func (d *Document) inXML(s *slot) int {
	if s.is.Column != "" && s.is.Holds(d.column(s.when).Texts) {
		return s.insteadInXML
	}
	return s.inXML
}

// columnsOf are the columns that a slot reads in the current event.
func (d *Document) columnsOf(s *slot) []int {
	switch {
	case s.is.Column == "":
		return s.columns
	case s.is.Holds(d.column(s.when).Texts):
		return s.columns[s.instead:]
	}
	return s.columns[:s.instead]
}

// within gives the part of a column's text that the slot reads.
func (s *slot) within(text string) (part string, ok bool) {
	if s.missing != "" && text == s.missing {
		return "", false
	}
	if s.hash != "" {
		if len(s.columns) > 1 && !strings.Contains(text, "=") {
			return text, true // one of the columns has the hash alone
		}
		if text, ok = hashIn(text, s.hash); !ok {
			return "", false
		}
	}
	if s.pair != nil {
		found := s.pair.FindStringSubmatch(text)
		if found == nil {
			return "", false
		}
		text = s.plain(found[1])
	}
	return text, true
}

var absent = &Value{}

func (d *Document) column(c int) *Value {
	if v := &d.cols[c]; v.gen == d.gen {
		return v
	}
	return absent
}

// hashIn takes one hash out of Sysmon's "SHA1=...,MD5=...".
func hashIn(set, name string) (string, bool) {
	for part := range strings.SplitSeq(set, ",") {
		if key, hash, ok := strings.Cut(part, "="); ok && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(hash), true
		}
	}
	return "", false
}

// First gives the first text of a slot.
func (d *Document) First(slot int) (string, bool) {
	v := d.Slot(slot)
	if len(v.Texts) == 0 {
		return "", false
	}
	return v.Texts[0], true
}
