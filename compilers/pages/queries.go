package pages

import (
	"fmt"
	"slices"

	"decree/compilers"
	"decree/rules/diag"
)

// queries are the detection's queries, a tab for each target.
func (m *maker) queries() []Block {
	tabs := Tabs{About: "Queries by target"}
	for i, q := range m.Queries {
		p := Panel{ID: fmt.Sprintf("query-%d", i+1), Title: q.Title}
		facts := Facts{{"Language", plain(q.Language)}, {"Fidelity", Cell{{Text: q.Fidelity, Kind: "fidelity"}, {Text: ": " + q.meaning()}}}}
		if q.Query != nil {
			if q.Model != "" {
				facts = append(facts, Fact{"Data model", plain(q.Model)})
			}
			if q.Query.Result != nil {
				facts = append(facts, searched(q.Query.Result)...)
			}
		}
		p.Blocks = append(p.Blocks, facts)
		p.Blocks = append(p.Blocks, q.gaps()...)
		if q.Query != nil {
			p.Blocks = append(p.Blocks, Code{What: "query", Text: q.Query.Text, File: q.File})
			for j, a := range q.Query.Assets {
				p.Blocks = append(p.Blocks, Fold{Title: "To deploy beside it: " + diag.Visible(a.Name), Blocks: []Block{Paragraph{plain(a.Purpose)}, Code{What: "file", Text: a.Content, File: q.Assets[j]}}})
			}
		}
		tabs.Panels = append(tabs.Panels, p)
	}
	if len(tabs.Panels) == 0 {
		return nil
	}
	return []Block{tabs}
}

// searched says where a query looks.
func searched(r *compilers.Result) Facts {
	var out Facts
	if len(r.Tables) > 0 {
		out = append(out, Fact{"Searches", joined(literals(r.Tables), ", ")})
	}
	if len(r.Indices) > 0 {
		out = append(out, Fact{"Index patterns", joined(literals(r.Indices), ", ")})
	}
	return out
}

// meanings say what the words of fidelity mean.
var meanings = map[string]string{
	"exact":        "it finds the events that the rule describes, and no others",
	"approximate":  "it differs from the rule as said below",
	"hand-written": "the query is written by hand: decree does not compare it with the rule",
	"refused":      "the target cannot say this rule, for the reasons below",
	"skipped":      "the target's product does not have this log source",
	"left out":     "the project leaves the rule out of this target on purpose",
}

// accepts is what a page adds where a query has gaps with which the target refuses a rule that does not accept them.
const accepts = ", and the rule, the project or the command accepts that"

// meaning says what the word of a query's fidelity means.
func (q Query) meaning() string {
	out := meanings[q.Fidelity]
	if q.Query != nil && slices.ContainsFunc(q.Query.Notes, func(n compilers.Note) bool { return gap(n.Code).Kind == "accepted" }) {
		out += accepts
	}
	return out
}

// gap is the page of a code. A code without one has an empty page.
func gap(code string) compilers.Gap {
	g, _ := compilers.GapOf(code)
	return g
}

// effects say what a gap changes.
var effects = map[string]string{"exact": "to know", "false-positives": "may find more", "false-negatives": "may find less", "cost": "costs more"}

// gaps says in words how a query differs from the rule, or why there is none.
func (q Query) gaps() []Block {
	var out []Block
	if q.Query != nil && len(q.Query.Notes) > 0 {
		t := Table{Head: []string{"Gap", "Effect", "What differs"}}
		for _, n := range q.Query.Notes {
			effect, known := effects[n.Effect]
			if !known {
				effect = n.Effect
			}
			t.Rows = append(t.Rows, []Cell{Literal(n.Code), {{Text: effect, Kind: "effect"}}, append(marked(n.Message), explained(n.Code)...)})
		}
		out = append(out, t)
	}
	if q.Query == nil && len(q.Why) > 0 {
		t := Table{Head: []string{"Reason", "Why", "What to do"}}
		for _, w := range q.Why {
			t.Rows = append(t.Rows, []Cell{Literal(w.Code), marked(w.Message), marked(w.Hint)})
		}
		out = append(out, t)
	}
	return out
}

// explained is the page of a gap, in words.
func explained(code string) Cell {
	if why := gap(code).Why; why != "" {
		return marked("\n" + why)
	}
	return nil
}

// holds tells whether the target has columns for the detection's fields.
func (q Query) holds() bool { return q.Fidelity != "skipped" && q.Fidelity != "left out" }

func (m *maker) fields() []Block {
	if len(m.Fields) == 0 {
		return nil
	}
	t := Table{Head: []string{"Field"}}
	for _, q := range m.Queries {
		if q.holds() {
			t.Head = append(t.Head, q.Title)
		}
	}
	for _, f := range m.Fields {
		name := Literal(f.Name)
		switch {
		case f.Of != "":
			name = append(name, Span{Text: " of the " + f.Of})
		case f.Entity:
			name = append(name, Span{Text: " (entity)"})
		}
		row := []Cell{name}
		for _, q := range m.Queries {
			if !q.holds() {
				continue
			}
			cell := joined(literals(f.Columns[q.Target]), ", ")
			if len(cell) == 0 {
				cell = plain("not held")
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return []Block{t}
}

func (m *maker) packages() []Block {
	t := Table{Head: []string{"Product", "Kind", "Name", "Version", "Files"}}
	left := Table{Head: []string{"Product", "Not packaged", "Why", "What to do"}}
	for _, p := range m.Packages {
		for _, w := range p.Why {
			left.Rows = append(left.Rows, []Cell{plain(p.Format), Literal(w.Code), marked(w.Message), marked(w.Hint)})
		}
		if len(p.Why) > 0 {
			continue
		}
		var files []Cell
		for _, f := range p.Files {
			files = append(files, Cell{{Text: diag.Visible(fileName(f)), File: f}})
		}
		t.Rows = append(t.Rows, []Cell{plain(p.Format), plain(p.Kind), plain(p.Name), plain(p.Version), joined(files, "\n")})
	}
	var out []Block
	for _, t := range []Table{t, left} {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}
