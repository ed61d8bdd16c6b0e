package ir

import (
	"regexp"

	"decree/rules"
	"decree/rules/diag"
)

// expanded replaces each %list% of a value by each of the list's values. They are literal text:
// neither wildcards, nor expressions, nor placeholders have a meaning in them.
func (l *lowerer) expanded(c *chain, v rules.Value, level int) [][]Test {
	m := rules.Placeholder.FindStringSubmatchIndex(v.Text)
	if _, textual := textOps[c.opSet]; (textual || c.opSet == "") && len(c.encoders) == 0 && !c.all && c.compare == "" && c.part == "" && m[0] == 0 && m[1] == len(v.Text) {
		list, ok := l.list(v.Text[m[2]:m[3]], v.Range)
		if !ok {
			return nil
		}
		l.used[list.Name] = true
		return [][]Test{{&Text{Op: c.op, Values: list.Values, Cased: c.cased, List: list.Name}}}
	}
	quote := escape
	switch {
	case c.opSet == "re":
		quote = regexp.QuoteMeta
	case c.opSet == "cidr" || c.compare != "" || c.part != "":
		quote = func(s string) string { return s }
	}
	texts, ok := l.expansions(v.Text, quote, v.Range)
	if !ok {
		return nil
	}
	plain := *c
	plain.expand = false
	var out [][]Test
	for _, text := range texts {
		out = append(out, l.tests(&plain, rules.Value{Kind: rules.StringValue, Text: text, Range: v.Range}, level))
	}
	return out
}

// expansions gives a text with its placeholders replaced, in every combination.
func (l *lowerer) expansions(text string, quote func(string) string, at diag.Range) ([]string, bool) {
	m := rules.Placeholder.FindStringSubmatchIndex(text)
	if m == nil {
		return []string{text}, true
	}
	list, ok := l.list(text[m[2]:m[3]], at)
	rests, okRest := l.expansions(text[m[1]:], quote, at)
	if !ok || !okRest {
		return nil, false
	}
	if len(list.Values)*len(rests) > maxValues {
		l.errorf("too-many-values", at, "split the item", "this value expands to %d values; the most is %d", len(list.Values)*len(rests), maxValues)
		return nil, false
	}
	var out []string
	for _, value := range list.Values {
		for _, rest := range rests {
			out = append(out, text[:m[0]]+quote(value)+rest)
		}
	}
	return out, true
}

// list finds a list of the rule.
func (l *lowerer) list(name string, at diag.Range) (rules.List, bool) {
	var names []string
	for _, list := range l.rule.Lists {
		if list.Name == name {
			return list, true
		}
		names = append(names, list.Name)
	}
	hint := "define it under `lists:`"
	if near := diag.Closest(name, names); near != "" {
		hint = "did you mean `%" + near + "%`?"
	}
	l.errorf("no-such-list", at, hint, "the rule has no list %q", name)
	return rules.List{}, false
}
