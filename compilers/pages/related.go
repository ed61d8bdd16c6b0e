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
	x := &index{
		byID: map[string]*Detection{}, byRule: map[*rules.Rule]*Detection{}, byTechnique: map[string][]*Detection{},
		readBy: map[*rules.Rule][]*Detection{}, joinedBy: map[*rules.Rule][]*Detection{}, mentionedBy: map[string][]mention{},
	}
	for _, d := range c.Detections {
		x.add(d)
	}
	return x
}

// add enters a detection under its own id and techniques, and under what it reads, joins or mentions.
func (x *index) add(d *Detection) {
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

// relations is the table of detections that are related to one, each once.
type relations struct {
	rows [][]Cell
	seen map[*Detection]bool
}

// add names a detection of the catalogue.
func (r *relations) add(d *Detection, how string) {
	if !r.seen[d] {
		r.seen[d] = true
		r.rows = append(r.rows, []Cell{append(d.link(), levelOf(d)...), plain(how)})
	}
}

// addOther names what has no page in the catalogue.
func (r *relations) addOther(what Cell, how string) {
	r.rows = append(r.rows, []Cell{what, plain(how)})
}

// related names the detections that this one is related to: by correlations, joins, its metadata and its techniques.
func (m *maker) related() []Block {
	r := &relations{seen: map[*Detection]bool{m.Detection: true}}
	m.relatedByCorrelation(r)
	m.relatedByJoin(r)
	m.relatedByMetadata(r)
	m.relatedByTechnique(r)
	if len(r.rows) == 0 {
		return nil
	}
	return []Block{Table{Head: []string{"Detection", "How it is related"}, Rows: r.rows}}
}

func (m *maker) relatedByCorrelation(r *relations) {
	if c := m.Correlation; c != nil {
		for _, in := range c.Inputs {
			body := inputBody(in.Rule, in.Correlation)
			if d := m.all.byRule[body]; d != nil {
				r.add(d, "this correlation reads it")
			} else if body != nil {
				r.addOther(plain(cmp.Or(body.Title, in.Name)), "a part of this correlation")
			}
		}
	}
	for _, d := range m.all.readBy[m.Source()] {
		r.add(d, "a correlation that reads this")
	}
}

func (m *maker) relatedByJoin(r *relations) {
	if m.Rule != nil {
		for _, other := range joins(m.Rule) {
			if d := m.all.byRule[other.Source]; d != nil {
				r.add(d, "this detection joins it")
			} else {
				r.addOther(plain(nameOf(other)), "a part of this detection")
			}
		}
	}
	for _, d := range m.all.joinedBy[m.Source()] {
		r.add(d, "joins this detection")
	}
}

func (m *maker) relatedByMetadata(r *relations) {
	for _, related := range m.Source().Related {
		if d := m.all.byID[strings.ToLower(related.ID)]; d != nil {
			r.add(d, "related: "+related.Type)
		} else {
			r.addOther(Literal(related.ID), "related: "+related.Type+" (not in this catalogue)")
		}
	}
	for _, mentioned := range m.all.mentionedBy[strings.ToLower(m.Source().ID)] {
		r.add(mentioned.by, "says that this is related: "+mentioned.how)
	}
}

// relatedByTechnique names detections of the same technique, those of the same log source first.
func (m *maker) relatedByTechnique(r *relations) {
	distance := func(d *Detection) int {
		if d.LogSource() == m.LogSource() {
			return 0
		}
		return 1
	}
	alike := 0
	for _, technique := range attack.Of(m.Source().Tags).Techniques {
		others := slices.Clone(m.all.byTechnique[technique.ID])
		slices.SortStableFunc(others, func(a, b *Detection) int { return distance(a) - distance(b) })
		for _, d := range others {
			if !r.seen[d] && alike < mostAlike {
				alike++
				r.add(d, "the same technique, "+technique.ID)
			}
		}
	}
}
