package pages

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"decree/rules"
	"decree/rules/attack"
	"decree/rules/ir"
)

func number(n int) string { return strconv.Itoa(n) }

// index finds detections.
type index struct {
	byID        map[string]*Detection
	byRule      map[*rules.Rule]*Detection
	byTechnique map[string][]*Detection
	readBy      map[*rules.Rule][]*Detection // correlations
	joinedBy    map[*rules.Rule][]*Detection // rules
	mentionedBy map[string][]mention         // id -> what is related to it
}

// mention is a detection that says it is related to another.
type mention struct {
	by  *Detection
	how string
}

func newIndex(c *Catalogue) *index {
	x := &index{map[string]*Detection{}, map[*rules.Rule]*Detection{}, map[string][]*Detection{}, map[*rules.Rule][]*Detection{}, map[*rules.Rule][]*Detection{}, map[string][]mention{}}
	for _, d := range c.Detections {
		r := d.Source()
		x.byRule[r] = d
		if r.ID != "" && x.byID[strings.ToLower(r.ID)] == nil {
			x.byID[strings.ToLower(r.ID)] = d
		}
		for _, t := range attack.Of(r.Tags).Techniques {
			x.byTechnique[t.ID] = append(x.byTechnique[t.ID], d)
		}
		if d.Correlation != nil {
			for _, in := range d.Correlation.Inputs {
				if body := inputBody(in.Rule, in.Correlation); body != nil {
					x.readBy[body] = append(x.readBy[body], d)
				}
			}
		}
		if d.Rule != nil {
			for _, other := range joins(d.Rule) {
				x.joinedBy[other.Source] = append(x.joinedBy[other.Source], d)
			}
		}
		for _, related := range r.Related {
			id := strings.ToLower(related.ID)
			x.mentionedBy[id] = append(x.mentionedBy[id], mention{d, related.Type})
		}
	}
	return x
}

// inputBody is the metadata of what a correlation reads.
func inputBody(r *ir.Rule, c *ir.Correlation) *rules.Rule {
	switch {
	case r != nil:
		return r.Source
	case c != nil:
		return c.Source.Body
	}
	return nil
}

// mostAlike bounds how many detections of the same technique a page names.
const mostAlike = 8

func (m *maker) related() []Block {
	t := Table{Head: []string{"Detection", "How it is related"}}
	seen := map[*Detection]bool{m.Detection: true}
	add := func(d *Detection, how string) {
		if !seen[d] {
			seen[d] = true
			t.Rows = append(t.Rows, []Cell{append(d.link(), levelOf(d)...), plain(how)})
		}
	}
	if c := m.Correlation; c != nil {
		for _, in := range c.Inputs {
			body := inputBody(in.Rule, in.Correlation)
			if d := m.all.byRule[body]; d != nil {
				add(d, "this correlation reads it")
			} else if body != nil {
				t.Rows = append(t.Rows, []Cell{plain(cmp.Or(body.Title, in.Name)), plain("a part of this correlation")})
			}
		}
	}
	for _, d := range m.all.readBy[m.Source()] {
		add(d, "a correlation that reads this")
	}
	if m.Rule != nil {
		for _, other := range joins(m.Rule) {
			if d := m.all.byRule[other.Source]; d != nil {
				add(d, "this detection joins it")
			} else {
				t.Rows = append(t.Rows, []Cell{plain(nameOf(other)), plain("a part of this detection")})
			}
		}
	}
	for _, d := range m.all.joinedBy[m.Source()] {
		add(d, "joins this detection")
	}
	for _, r := range m.Source().Related {
		if d := m.all.byID[strings.ToLower(r.ID)]; d != nil {
			add(d, "related: "+r.Type)
		} else {
			t.Rows = append(t.Rows, []Cell{code(r.ID), plain("related: " + r.Type + " (not in this catalogue)")})
		}
	}
	for _, mentioned := range m.all.mentionedBy[strings.ToLower(m.Source().ID)] {
		add(mentioned.by, "says that this is related: "+mentioned.how)
	}
	alike := 0
	for _, technique := range attack.Of(m.Source().Tags).Techniques {
		others := slices.Clone(m.all.byTechnique[technique.ID])
		near := func(d *Detection) int { // those of the same log source first
			if d.LogSource() == m.LogSource() {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(others, func(a, b *Detection) int { return near(a) - near(b) })
		for _, d := range others {
			if !seen[d] && alike < mostAlike {
				alike++
				add(d, "the same technique, "+technique.ID)
			}
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Block{t}
}
