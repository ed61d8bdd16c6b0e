package pages

import (
	"maps"
	"slices"
	"strings"

	"decree/rules/attack"
	"decree/rules/diag"
	"decree/rules/wording"
)

// mapped is a technique of a detection under one of its tactics. A tactic that is tagged without a technique has none.
type mapped struct {
	tactic    attack.Tactic
	technique attack.Technique
}

// mappings pairs the techniques that a detection is tagged with and the tactics that they serve. If some of a
// technique's tactics are tagged, it stands under these alone.
func (d *Detection) mappings() []mapped {
	all := attack.Of(d.Source().Tags)
	var out []mapped
	used := map[string]bool{}
	for _, t := range all.Techniques {
		serves := all.TacticsOf(t)
		for _, tactic := range serves {
			used[tactic.Slug] = true
			out = append(out, mapped{tactic, t})
		}
	}
	for _, tactic := range all.Tactics {
		if all.IsTagged(tactic) && !used[tactic.Slug] {
			out = append(out, mapped{tactic: tactic})
		}
	}
	order := func(m mapped) int {
		return slices.IndexFunc(all.Tactics, func(t attack.Tactic) bool { return t.ID == m.tactic.ID })
	}
	slices.SortStableFunc(out, func(a, b mapped) int { return order(a) - order(b) })
	return out
}

// fullName is a technique's name, with that of its parent.
func fullName(t attack.Technique) string {
	if parent, ok := attack.TechniqueOf(t.Parent()); ok && t.IsSub() {
		return parent.Name + ": " + t.Name
	}
	return t.Name
}

func (m *maker) attack() []Block {
	t := Table{Head: []string{"Tactic", "Technique", "Sub-technique", "Technique name"}}
	for _, row := range m.mappings() {
		cells := []Cell{url(row.tactic.URL(), row.tactic.ID+" - "+row.tactic.Name), nil, nil, nil}
		if row.technique.ID != "" {
			cells[1] = url("https://attack.mitre.org/techniques/"+row.technique.Parent()+"/", row.technique.Parent())
			if row.technique.IsSub() {
				cells[2] = url(row.technique.URL(), strings.TrimPrefix(row.technique.ID, row.technique.Parent()+"."))
			}
			cells[3] = plain(fullName(row.technique))
		}
		t.Rows = append(t.Rows, cells)
	}
	var out []Block
	if len(t.Rows) > 0 {
		out = append(out, t)
	}
	tags := m.Source().Tags
	var unknown []Cell
	for _, i := range attack.Of(tags).Unknown {
		unknown = append(unknown, Literal(tags[i]))
	}
	if len(unknown) > 0 {
		out = append(out, Paragraph{append(Cell{{Text: "Not in ATT&CK " + attack.Version + ", or no longer: "}}, joined(unknown, ", ")...)})
	}
	return out
}

// otherTags are those of other things than ATT&CK's tactics and techniques.
func otherTags(tags []string) []string {
	var out []string
	for _, t := range tags {
		name, ok := strings.CutPrefix(strings.ToLower(t), "attack.")
		_, tactic := attack.TacticOf(name)
		_, technique := attack.TechniqueOf(name)
		if !ok || !tactic && !technique {
			out = append(out, t)
		}
	}
	return out
}

// matrixPath is the page of ATT&CK's matrix.
const matrixPath = "matrix"

// matrix is the page of the tactics and techniques that detections are of, with their numbers.
func (c *Catalogue) matrix() Page {
	by := map[string]map[string][]*Detection{} // tactic -> technique -> detections; "" is not a technique
	techniques := map[string]bool{}
	for _, d := range c.Detections {
		for _, m := range d.mappings() {
			if by[m.tactic.Slug] == nil {
				by[m.tactic.Slug] = map[string][]*Detection{}
			}
			by[m.tactic.Slug][m.technique.ID] = append(by[m.tactic.Slug][m.technique.ID], d)
			if m.technique.ID != "" {
				techniques[m.technique.ID] = true
			}
		}
	}
	p := Page{Path: matrixPath, Title: "ATT&CK matrix", Columns: true,
		Lead: plain(wording.Counted(len(techniques), "technique") + " of ATT&CK Enterprise " + attack.Version + " in " + wording.Counted(len(c.Detections), "detection") + ". A sub-technique counts by itself.")}
	if c.Layer != "" {
		p.Lead = append(p.Lead, Span{Text: " The same as a "}, Span{Text: "layer of ATT&CK Navigator", File: c.Layer}, Span{Text: ", and for "}, Span{Text: "DeTT&CT", File: c.DeTTECT}, Span{Text: "."})
	}
	for _, tactic := range attack.Tactics() {
		p.Sections = append(p.Sections, tacticSection(tactic, by[tactic.Slug]))
	}
	return p
}

// tacticSection lists the detections of a tactic by technique.
func tacticSection(tactic attack.Tactic, by map[string][]*Detection) Section {
	distinct := map[*Detection]bool{}
	for _, of := range by {
		for _, d := range of {
			distinct[d] = true
		}
	}
	s := Section{ID: tactic.Slug, Title: tactic.Name,
		Blocks: []Block{Paragraph{append(url(tactic.URL(), tactic.ID), Span{Text: ": " + wording.Counted(len(distinct), "detection")})}}}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		title := "No technique"
		if t, ok := attack.TechniqueOf(id); ok {
			title = id + " " + fullName(t)
		}
		var items []Cell
		for _, d := range by[id] {
			items = append(items, append(d.link(), levelOf(d)...))
		}
		s.Blocks = append(s.Blocks, Fold{Title: title, Count: len(items), Blocks: []Block{Bullets{items}}})
	}
	return s
}

// link leads to a detection's page.
func (d *Detection) link() Cell { return to(d.Path(), d.Source().Title) }

// levelOf is a detection's level behind its name.
func levelOf(d *Detection) Cell {
	if d.Source().Level == "" {
		return nil
	}
	return Cell{{Text: " "}, {Text: diag.Visible(d.Source().Level), Kind: "level"}}
}
