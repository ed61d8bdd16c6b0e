package rules

import (
	"regexp"
	"slices"
)

// Placeholder finds `%name%` in a value under `expand`; its group 1 is the list's name.
var Placeholder = regexp.MustCompile(`%([^%\s]+)%`)

// checkUnused warns of lists that neither an item nor a used list names.
func (p *parser) checkUnused(r *Rule) {
	byName := map[string]*List{}
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
	r.EachItem(func(it Item) {
		if !slices.ContainsFunc(it.Modifiers, func(m Modifier) bool { return m.Name == "expand" }) {
			return
		}
		for _, v := range it.Values {
			for _, m := range Placeholder.FindAllStringSubmatch(v.Text, -1) {
				use(m[1])
			}
		}
	})
	for _, l := range r.Lists {
		if !used[l.Name] {
			p.warnf("unused-list", l.Range, "use it as `Field|expand: '%"+l.Name+"%'`, or remove it", "nothing uses the list %q", l.Name)
		}
	}
}

// EachItem visits every item of the rule's search identifiers and ancestries.
func (r *Rule) EachItem(f func(Item)) {
	var visit func(Selection)
	visit = func(s Selection) {
		switch s := s.(type) {
		case AllOf:
			for _, it := range s.Items {
				f(it)
			}
		case AnyOf:
			for _, below := range s.Selections {
				visit(below)
			}
		case Keywords:
			f(s.Item)
		}
	}
	for _, s := range r.Searches {
		visit(s.Body)
	}
	for _, a := range r.Ancestry {
		for _, level := range a.Levels {
			visit(level.Body)
		}
	}
}
