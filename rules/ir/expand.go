package ir

import (
	"regexp"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
)

// expanded replaces each %list% in a value by each value of the list. The values of a list are literal: wildcards,
// expressions and placeholders have no meaning in them.
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
	case c.opSet == "cidr" || c.opSet == "bits" || c.compare != "" || c.part != "":
		quote = func(s string) string { return s }
	}
	forms, bytes, ok := l.countExpansions(v.Text, v.Range)
	if !ok || !l.spend(forms, bytes, v.Range) {
		return nil
	}
	texts := l.expansions(v.Text, quote, v.Range)
	plain := *c
	plain.expand, plain.listed = false, true
	var out [][]Test
	for _, text := range texts {
		out = append(out, l.tests(&plain, rules.Value{Kind: rules.StringValue, Text: text, Range: v.Range}, level))
	}
	return out
}

// countExpansions counts the texts that a text with placeholders expands to, and their bytes. ok is false if a list
// does not exist.
func (l *lowerer) countExpansions(text string, at diag.Range) (forms, bytes float64, ok bool) {
	forms, ok = 1, true
	average := float64(len(text))
	for _, m := range rules.Placeholder.FindAllStringSubmatch(text, -1) {
		list, known := l.list(m[1], at)
		ok = ok && known
		size := 0
		for _, value := range list.Values {
			size += len(value)
		}
		forms *= float64(len(list.Values))
		average += float64(size) / max(1, float64(len(list.Values)))
	}
	return forms, forms * average, ok
}

// expansions gives a text with its placeholders replaced, in every combination. The caller must count them first.
func (l *lowerer) expansions(text string, quote func(string) string, at diag.Range) []string {
	m := rules.Placeholder.FindStringSubmatchIndex(text)
	if m == nil {
		return []string{text}
	}
	list, _ := l.list(text[m[2]:m[3]], at)
	rests := l.expansions(text[m[1]:], quote, at)
	out := make([]string, 0, len(list.Values)*len(rests))
	for _, value := range list.Values {
		for _, rest := range rests {
			out = append(out, text[:m[0]]+quote(value)+rest)
		}
	}
	return out
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
	if !strings.ContainsAny(name, `/\:*?"<>|`) {
		hint += ", or write its values, a line each, into " + name + ".txt in a folder that --list-dir or decree.yml names"
	}
	names = append(names, l.rule.Elsewhere...)
	if slices.Contains(l.rule.Elsewhere, name) {
		hint = "fix the list file that answers it"
	} else {
		hint = diag.Suggest("did you mean `%%%s%%`?", name, names, hint)
	}
	l.errorf("no-such-list", at, hint, "the rule has no list %q", name)
	return rules.List{}, false
}
