package engine

import (
	"slices"
	"strings"
)

// slot gives the value of a slot on the current event.
func (m *matcher) slot(i int) *value {
	s := m.e.table.slots[i]
	if len(s.columns) == 1 && s.hash == "" && s.pair == nil && !s.emptyMissing && s.missing == "" {
		return m.column(s.columns[0])
	}
	v := &m.derived[i]
	if v.gen == m.doc.gen {
		return v
	}
	v.gen, v.since, v.present, v.texts = m.doc.gen, 0, false, v.texts[:0]
	for _, c := range s.columns {
		from := m.column(c)
		if !from.present {
			continue
		}
		v.present = true
		if len(s.columns) == 1 {
			v.since = from.since
		}
		for _, t := range from.texts {
			if s.missing != "" && t == s.missing {
				continue
			}
			if s.hash != "" {
				var ok bool
				if t, ok = hashIn(t, s.hash); !ok {
					continue
				}
			}
			if s.pair != nil {
				found := s.pair.FindStringSubmatch(t)
				if found == nil {
					continue
				}
				t = s.plain(found[1])
			}
			v.texts = append(v.texts, t)
		}
		if (s.hash != "" || s.pair != nil || s.missing != "") && len(v.texts) == 0 {
			v.present = false
		}
		if s.emptyMissing && !slices.ContainsFunc(v.texts, func(t string) bool { return t != "" }) {
			v.present, v.texts = false, v.texts[:0]
		}
		if v.present {
			break
		}
	}
	return v
}

var absent = &value{}

func (m *matcher) column(c int) *value {
	if v := &m.doc.cols[c]; v.gen == m.doc.gen {
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

// first gives the first text of a slot.
func (m *matcher) first(slot int) (string, bool) {
	v := m.slot(slot)
	if len(v.texts) == 0 {
		return "", false
	}
	return v.texts[0], true
}
