package kql

import (
	"fmt"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// between stands between the values of an extract that has several, where they are looked for together. inText stands
// for it inside of a value.
const between, inText = "\x01", "\ufdd0"

// hasSeveral tells whether a column is an extract with several values.
func hasSeveral(c schema.Column) bool { return c.Made != nil && c.Made.Extract.Spec.Any }

// allTogether writes all values of an extract as one text, each between two characters that values do not have.
func allTogether(spec *rules.Extract, x string) string {
	safe := fmt.Sprintf("translate(%s, %s, %s)", quote(between), quote(inText), x)
	together := fmt.Sprintf("strcat(%[1]s, strcat_array(%[2]s, %[1]s), %[1]s)", quote(between), array(spec, safe))
	return finished(together, &rules.Extract{Case: spec.Case})
}

func (w *writer) refuseSeveral(at diag.Range, name string) logic.Pred {
	w.found.Errorf("extract-any", at, lacks[compilers.ExtractSeveral].Hint,
		"kql: the values of %s can be looked for only by their letters", name)
	return logic.Never
}

// several writes a test of an extract with several values, of which one must pass. An empty value counts as missing.
func (w *writer) several(c schema.Column, m *ir.Match) logic.Pred {
	spec := c.Made.Extract.Spec
	if spec.TrimStart+spec.TrimEnd != "" {
		return w.refuseSeveral(m.Range(), c.Name)
	}
	all := w.made(c)
	present := matches(all, "[^"+between+"]")
	switch t := m.Test.(type) {
	case *ir.Exists:
		w.noteEmpty(m)
		if t.Value {
			return present
		}
		return logic.Not{Term: present}
	case *ir.Null:
		w.noteEmpty(m)
		return logic.Not{Term: present}
	case *ir.Text:
		return w.severalText(all, present, t, m)
	case *ir.Glob:
		return matches(all, severalGlob(t))
	}
	return w.refuseSeveral(m.Range(), c.Name)
}

func (w *writer) severalText(all string, present logic.Pred, t *ir.Text, m *ir.Match) logic.Pred {
	if len(t.Values) > maxTerms || t.Op == ir.Filename {
		return w.refuseSeveral(m.Range(), m.Field.Name)
	}
	begin, end := between, between
	if t.Op == ir.EndsWith || t.Op == ir.Contains {
		begin = ""
	}
	if t.Op == ir.StartsWith || t.Op == ir.Contains {
		end = ""
	}
	var either logic.Any
	for _, v := range t.Values {
		switch {
		case strings.ContainsAny(v, between+inText):
			return w.refuseSeveral(m.Range(), m.Field.Name)
		case v == "" && t.Op == ir.Equals:
			w.noteEmpty(m)
			either = append(either, logic.Not{Term: present})
		case v == "":
			either = append(either, present)
		case !t.Cased && compilers.FoldsBeyondASCII(v):
			either = append(either, matches(all, "(?i)"+literalRegex(begin+v+end, false)))
		default:
			either = append(either, logic.Atom(compare(all, ir.Contains, begin+v+end, t.Cased)))
		}
	}
	return either
}

// severalGlob matches a pattern against a whole value among several. Wildcards stay inside of a value.
func severalGlob(t *ir.Glob) string {
	inside := "[^" + between + "]"
	expr := between
	for _, p := range t.Parts {
		switch p.Wild {
		case '*':
			expr += inside + "*"
		case '?':
			expr += inside
		case ir.AnyDash:
			expr += "[" + ir.Dashes + "]"
		default:
			expr += literalRegex(p.Literal, t.Cased)
		}
	}
	if expr += between; t.Cased {
		return expr
	}
	return "(?i)" + expr
}
