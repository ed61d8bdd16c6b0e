package lint

import (
	"slices"
	"strings"

	"decree/rules"
)

// escapes tells whether a backslash makes one of these wildcards a letter of a value.
func escapes(text, wildcards string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++ // to the letter behind it
		if strings.IndexByte(wildcards, text[i]) >= 0 {
			return true
		}
	}
	return false
}

// asterisks gives the length of each run of wildcard asterisks in a value, at most 2.
func asterisks(text string) []int {
	var runs []int
	run := 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '*':
			run++
			continue
		case text[i] == '\\' && i+1 < len(text) && strings.IndexByte(`\*?`, text[i+1]) >= 0:
			i++
		}
		if run > 0 {
			runs = append(runs, min(run, 2))
		}
		run = 0
	}
	if run > 0 {
		runs = append(runs, min(run, 2))
	}
	return runs
}

// wild tells whether a value of an item has wildcards.
func wild(it rules.Item) bool {
	return slices.ContainsFunc(it.Values, func(v rules.Value) bool {
		return v.Kind == rules.StringValue && (len(asterisks(v.Text)) > 0 || strings.Contains(strings.ReplaceAll(v.Text, `\?`, ""), "?"))
	})
}

// modifierFor finds the modifier that means the same as the wildcards at the ends of all values of an item. ok is false
// if there is no such modifier, or a value has other wildcards.
func modifierFor(it rules.Item) (name string, ok bool) {
	if it.Field == "" || len(it.Values) == 0 || slices.ContainsFunc(it.Modifiers, func(m rules.Modifier) bool { return m.Name != "all" && m.Name != "cased" }) {
		return "", false
	}
	for _, v := range it.Values {
		if v.Kind != rules.StringValue {
			return "", false
		}
		text := v.Text
		before, after := strings.HasPrefix(text, "*"), len(text) > 1 && endsWild(text)
		text = strings.TrimPrefix(text, "*")
		if after {
			text = strings.TrimSuffix(text, "*")
		}
		how := map[[2]bool]string{{true, true}: "contains", {true, false}: "endswith", {false, true}: "startswith"}[[2]bool{before, after}]
		if how == "" || text == "" || (name != "" && how != name) || wild(rules.Item{Values: []rules.Value{{Text: text}}}) {
			return "", false
		}
		name = how
	}
	return name, true
}

// endsWild tells whether the asterisk at the end of a value is a wildcard.
func endsWild(text string) bool {
	before, ends := strings.CutSuffix(text, "*")
	slashes := len(before) - len(strings.TrimRight(before, `\`))
	return ends && slashes%2 == 0
}
