package kql

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
)

// listLets writes the value lists. The parts of a union come before it.
func (w *writer) listLets() string {
	l := &listWriter{writer: w, used: map[string]bool{}, apart: map[string]bool{}, byName: map[string]ir.List{}}
	for _, list := range w.plan.Rule.Lists {
		l.byName[list.Name] = list
	}
	l.mark(w.plan.Rule.Condition)
	for _, p := range w.prevalences {
		if p.node.Among != nil {
			l.mark(p.node.Among)
		}
	}
	for _, list := range w.plan.Rule.Lists {
		if l.used[list.Name] {
			l.list(list.Name)
		}
	}
	return l.lets.String()
}

// listWriter writes the lists of a rule.
type listWriter struct {
	*writer
	byName map[string]ir.List
	used   map[string]bool // lists that a test uses
	apart  map[string]bool // lists in a watchlist beside the query
	lets   strings.Builder
}

func (l *listWriter) mark(n ir.Node) {
	ir.Inspect(n, func(below ir.Node) bool {
		if m, ok := below.(*ir.Match); ok {
			if t, ok := m.Test.(*ir.Text); ok && compilers.NamesList(t) && !l.plan.Inline() {
				l.known(t.List)
				l.used[t.List] = true
				l.apart[t.List] = l.apart[t.List] || l.plan.Apart(t)
			}
		}
		return true
	})
}

func (l *listWriter) known(name string) ir.List {
	list, known := l.byName[name]
	if !known {
		panic("kql: unknown list " + name)
	}
	return list
}

// list writes one, once, and gives its statement.
func (l *listWriter) list(name string) string {
	if v, done := l.lists[name]; done {
		return v
	}
	list := l.known(name)
	if l.apart[name] {
		return l.watchlist(&l.lets, list)
	}
	var parts []string
	if l.joinable(list) {
		for _, part := range list.Union {
			parts = append(parts, l.list(part))
		}
	}
	v := l.names.free(name)
	l.lists[name] = v
	if list.Comment != "" {
		l.lets.WriteString(comment(list.Comment))
	}
	if len(parts) > 0 {
		fmt.Fprintf(&l.lets, "let %s = array_concat(%s);\n", v, strings.Join(parts, ", "))
	} else {
		fmt.Fprintf(&l.lets, "let %s = dynamic([%s]);\n", v, compilers.Fill(quoteAll(list.Values), "  "))
	}
	return v
}

// joinable tells whether all parts of a union are arrays. A watchlist is not.
func (l *listWriter) joinable(list ir.List) bool {
	return !slices.ContainsFunc(list.Union, func(part string) bool { return l.apart[l.known(part).Name] })
}

// watchlist reads a list from a watchlist of the workspace: one column, for use with `in~`.
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists-queries
func (w *writer) watchlist(lets *strings.Builder, l ir.List) string {
	table := compilers.TableOf(l.Name, l.Values)
	v := w.names.free(l.Name)
	w.lists[l.Name] = v
	if l.Comment != "" {
		lets.WriteString(comment(l.Comment))
	}
	fmt.Fprintf(lets, "let %s = _GetWatchlist(%s)\n| project tostring(SearchKey);\n", v, quote(table))
	w.assets = append(w.assets, compilers.ListAsset(table, "the watchlist "+table+" is made of it, its search key is "+compilers.ListColumn, l.Values))
	return v
}
