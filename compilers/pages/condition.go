package pages

import (
	"fmt"

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
