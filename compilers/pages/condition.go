package pages

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/wording"
)

func (m *maker) condition() []Block {
	if m.Correlation != nil {
		return append([]Block{Words{wording.Correlation(m.Correlation)}}, inputs(m.Correlation)...)
	}
	if m.Source().OnlyWritten() {
		return []Block{Paragraph{plain("It has no condition that all targets share: its queries are written by hand.")}}
	}
	out := append([]Block{Words{wording.Rule(m.Rule)}}, extracts(m.Rule)...)
	out = append(out, joinedRules(m.Rule)...)
	if f, ok := chain(m.Rule); ok {
		out = append(out, f)
	}
	for _, c := range m.Source().Conditions {
		out = append(out, Facts{{"Condition", Literal(c.Text)}})
	}
	return out
}

// extracts says how the fields are made that a rule makes of others.
func extracts(r *ir.Rule) []Block {
	var out Facts
	for _, e := range r.Extracts {
		out = append(out, Fact{"Extracted field " + diag.Visible(e.Spec.Name), Literal(e.Spec.Describe())})
	}
	if len(out) == 0 {
		return nil
	}
	return []Block{out}
}

// The texts of a figure are bounded; the condition in words has all of them.
const (
	mostLines   = 5
	mostLetters = 80
	wholeChain  = rules.MaxAncestor + 1 // the level of a box for any process above
)

// chain draws the processes that a rule asks of, down to the event. ok is false if it asks of none but the event's own.
func chain(r *ir.Rule) (Figure, bool) {
	c := &chained{lines: map[int][]string{}, within: within(r.Source), negated: wording.Negated(r.Condition)}
	c.visit(r.Condition)
	levels := slices.Sorted(func(yield func(int) bool) {
		for level := range c.lines {
			if !yield(level) {
				return
			}
		}
	})
	if len(levels) == 0 || levels[len(levels)-1] == 0 {
		return Figure{}, false
	}
	out := Figure{About: "The chain of processes", Caption: "What the condition asks of each process. The words above say how that is combined."}
	for level := levels[len(levels)-1]; level >= 0; level-- {
		label := levelName(level, r.Source)
		if level == wholeChain {
			if label = "any process above"; len(c.lines[level]) == 0 {
				continue
			}
		} else if level == rules.MaxAncestor && levels[len(levels)-1] == wholeChain {
			level = lowest(levels, wholeChain)
			label = levelName(level, r.Source)
		}
		lines := c.lines[level]
		if len(lines) > mostLines {
			lines = append(slices.Clone(lines[:mostLines-1]), fmt.Sprintf("and %d more", len(lines)-mostLines+1))
		}
		if len(lines) == 0 {
			lines = []string{"any"}
		}
		out.Boxes = append(out.Boxes, Box{label, lines})
		out.About += fmt.Sprintf("; %s: %s", label, lines[0])
	}
	return out, true
}

// lowest is the highest level below another, or 0.
func lowest(levels []int, below int) int {
	at := 0
	for _, l := range levels {
		if l < below {
			at = max(at, l)
		}
	}
	return at
}

// levelName names a process of the chain. The last box has the fields of the event, which are those of its process only
// where the event is its creation.
func levelName(level int, r *rules.Rule) string {
	switch level {
	case 0:
		creation := func(ls rules.LogSource) bool { return strings.EqualFold(ls.Category, "process_creation") }
		if all := r.LogSources(); len(all) > 0 && !slices.ContainsFunc(all, func(ls rules.LogSource) bool { return !creation(ls) }) {
			return "the event's own process"
		}
		return "the event and the process that caused it"
	case 1:
		return "parent"
	case 2:
		return "grandparent"
	}
	return fmt.Sprintf("ancestor %d", level)
}

// within gives the ancestries that ask of any of several levels.
func within(r *rules.Rule) map[string]bool {
	out := map[string]bool{}
	for _, a := range r.Ancestry {
		out[a.Name] = slices.ContainsFunc(a.Levels, func(l rules.AncestryLevel) bool { return l.Within })
	}
	return out
}

// chained collects what a condition asks of each level.
type chained struct {
	lines   map[int][]string
	within  map[string]bool
	negated map[ir.Node]bool
	any     bool // below an ancestry that asks of any of several levels
}

func (c *chained) visit(n ir.Node) {
	switch n := n.(type) {
	case *ir.Named:
		before := c.any
		c.any = c.any || c.within[n.Name]
		c.visit(n.Body)
		c.any = before
		return
	case *ir.Match:
		level := n.Field.Level
		if c.any {
			if level != 1 {
				return // the same is asked of each
			}
			level = wholeChain
		}
		c.add(level, c.line(n, &ir.Match{Base: n.Base, Field: ir.Field{Name: n.Field.Name}, Test: n.Test}))
	case *ir.Keyword, *ir.Prevalence, *ir.Join: // they ask of the event
		c.add(0, c.line(n, n))
	}
	for _, below := range ir.Children(n) {
		c.visit(below)
	}
}

func (c *chained) add(level int, text string) {
	if !slices.Contains(c.lines[level], text) {
		c.lines[level] = append(c.lines[level], text)
	}
}

// line says in few letters what a leaf of the condition asks. shown is what is put into words.
func (c *chained) line(n, shown ir.Node) string {
	p := wording.Node(shown)
	text := p.Text
	switch {
	case p.List != "":
		text += " " + p.List
	case len(p.Values) > 0:
		text += " " + p.Values[0]
	}
	if len(p.Values) > 1 && p.List == "" {
		text += fmt.Sprintf(" … (%d)", len(p.Values))
	}
	if c.negated[n] {
		text = "in an exclusion: " + text
	}
	text = cut(diag.Visible(text), mostLetters)
	if j, ok := n.(*ir.Join); ok && !j.First {
		text += ", " + wording.Window(j)
	}
	return text
}

// cut bounds a text in letters.
func cut(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-1]) + "…"
}

func (m *maker) lists() []Block {
	var out []Block
	for _, l := range m.Source().Lists {
		title := fmt.Sprintf("%s: %s", diag.Visible(l.Name), wording.Counted(len(l.Values), "value"))
		blocks := prose(l.Description)
		switch {
		case len(l.Union) > 0 || len(l.Except) > 0:
			f := Facts{}
			if len(l.Union) > 0 {
				f = append(f, Fact{"Union of", joined(literals(l.Union), ", ")})
			}
			if len(l.Except) > 0 {
				f = append(f, Fact{"Without", joined(literals(l.Except), ", ")})
			}
			blocks = append(blocks, f)
		case l.File != "":
			blocks = append(blocks, Facts{{"File", Literal(l.File)}})
		}
		blocks = append(blocks, Paragraph{joined(literals(l.Values), ", ")})
		out = append(out, Fold{Title: title, Blocks: blocks})
	}
	return out
}

func literals(all []string) []Cell {
	out := make([]Cell, len(all))
	for i, text := range all {
		out[i] = Literal(text)
	}
	return out
}

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
	for _, g := range compilers.Gaps() {
		if g.Code == code {
			return g
		}
	}
	return compilers.Gap{}
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
