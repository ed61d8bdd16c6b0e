package parse

import (
	"slices"

	"decree/rules"
)

// checkUnused warns of lists that no item uses, directly or through another list.
func (p *parser) checkUnused(r *rules.Rule) {
	byName := map[string]*rules.List{}
	for i := range r.Lists {
		byName[r.Lists[i].Name] = &r.Lists[i]
	}
	used := map[string]bool{}
	var use func(name string)
	use = func(name string) {
		l := byName[name]
		if l == nil || used[name] {
			return
		}
		used[name] = true
		for _, part := range slices.Concat(l.Union, l.Except) {
			use(part)
		}
	}
	for _, name := range placeholders(r) {
		use(name)
	}
	for _, l := range r.Lists {
		if !used[l.Name] {
			p.Warnf("unused-list", l.Range, "use it as `Field|expand: '%"+l.Name+"%'`, or remove it", "nothing uses the list %q", l.Name)
		}
	}
}

// placeholders gives the names of lists that the items of a rule use, each once and in the rule's order.
func placeholders(r *rules.Rule) []string {
	var names []string
	seen := map[string]bool{}
	r.EachItemWithElements(func(it rules.Item) {
		if !slices.ContainsFunc(it.Modifiers, func(m rules.Modifier) bool { return m.Name == "expand" }) {
			return
		}
		for _, v := range it.Values {
			for _, m := range rules.Placeholder.FindAllStringSubmatch(v.Text, -1) {
				if !seen[m[1]] {
					seen[m[1]] = true
					names = append(names, m[1])
				}
			}
		}
	})
	return names
}
