package spl

import (
	"reflect"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules/ir"
	"decree/rules/schema"
)

var connectives = map[string]bool{"AND": true, "OR": true, "NOT": true}

// baseSearch is a model's own search as a predicate: the conjunction of its terms, or the whole search in parentheses
// if it joins them differently.
func baseSearch(table string) logic.Pred {
	var all logic.All
	terms, ok := searchTerms(table)
	for _, t := range terms {
		ok = ok && !connectives[strings.ToUpper(t)]
		all = append(all, logic.Atom(t))
	}
	if !ok {
		return logic.Atom("(" + table + ")")
	}
	return all
}

// searchTerms splits a search at the spaces outside quotes, macros and parentheses. ok is false if a parenthesis is
// inside a word or unbalanced.
func searchTerms(text string) (terms []string, ok bool) {
	depth, quote, from := 0, byte(0), 0
	ok = true
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || (text[i] == ' ' && depth == 0 && quote == 0):
			if i > from {
				terms = append(terms, text[from:i])
			}
			from = i + 1
		case quote != 0 && text[i] == '\\':
			i++
		case quote != 0:
			if text[i] == quote {
				quote = 0
			}
		case text[i] == '"' || text[i] == '`':
			quote = text[i]
		case text[i] == '(':
			ok = ok && (depth > 0 || i == from)
			depth++
		case text[i] == ')':
			depth--
			ok = ok && depth >= 0 && (depth > 0 || i+1 == len(text) || text[i+1] == ' ')
		}
	}
	return terms, ok && depth == 0 && quote == 0
}

// scope is the base search of the log source.
func (w *writer) scope() logic.All {
	if len(w.sources) == 1 {
		return w.scopeOf(w.sources[0])
	}
	shared, own := w.sharedScope()
	var each logic.Any
	for _, s := range own.sources {
		terms := own.scopeOf(s)
		if len(shared) > 0 && len(terms) == 0 {
			return shared // the scope alone limits this source
		}
		if !slices.ContainsFunc(each, func(p logic.Pred) bool { return reflect.DeepEqual(p, terms) }) {
			each = append(each, terms)
		}
	}
	return append(shared, each)
}

// sharedScope is the organisation's scope if it is the same for all sources, and the writer for what remains of each.
func (w *writer) sharedScope() (shared logic.All, own *writer) {
	text := w.plan.ScopeOf(w.sources[0])
	if text == "" || slices.ContainsFunc(w.sources, func(s *schema.Source) bool { return w.plan.ScopeOf(s) != text }) {
		return nil, w
	}
	rest := *w
	rest.plan = w.plan.WithoutPlaces()
	return logic.All{logic.Atom(searchTerm(text))}, &rest
}

// searchTerm is a search as one term.
func searchTerm(text string) string {
	if terms, ok := searchTerms(text); ok && len(terms) == 1 {
		return text
	}
	return "(" + text + ")"
}

func (w *writer) scopeOf(s *schema.Source) logic.All {
	var terms logic.All
	if text := w.plan.ScopeOf(s); text != "" {
		terms = append(terms, logic.Atom(searchTerm(text)))
	}
	if s.Table != "" && w.dataset == nil {
		terms = append(terms, baseSearch(s.Table))
	}
	for _, t := range s.Scope {
		if t.EngineOnly {
			continue
		}
		values := make([]string, len(t.Values))
		for i, v := range t.Values {
			values[i] = `"` + escaper.Replace(v) + `"`
		}
		name := w.dataset.fieldName(t.Column)
		is := searchIn(name, values)
		if t.Optional {
			is = logic.Any{is, presence(name, "", false)}
		}
		terms = append(terms, is)
	}
	if len(terms) == 0 && w.dataset == nil {
		w.found.Errorf("no-scope", w.plan.Rule.Source.LogSource.Range, "give the source a table (a base search) in a model file, or a scope in the project",
			"data model %s does not limit %s: the search would read every index", w.plan.Model.Name, s.Name)
	}
	return terms
}

// inScope tests in where's language the terms of a source's base search, from an index on.
func (w *writer) inScope(from int) logic.All {
	if len(w.sources) == 1 {
		return w.inScopeOf(w.sources[0], from)
	}
	shared, own := w.sharedScope()
	if from > len(shared) {
		return nil
	}
	var all logic.All
	if from == 0 && len(shared) > 0 {
		all = append(all, w.searchMatch(w.plan.ScopeOf(w.sources[0])))
	}
	var either logic.Any
	for _, s := range own.sources {
		either = append(either, own.inScopeOf(s, 0))
	}
	w.found = own.found
	return append(all, either)
}

func (w *writer) inScopeOf(s *schema.Source, from int) logic.All {
	var all logic.All
	at := 0
	for _, text := range []string{w.plan.ScopeOf(s), s.Table} {
		if text == "" {
			continue
		}
		if at >= from {
			all = append(all, w.searchMatch(text))
		}
		at++
	}
	for _, t := range s.Scope {
		if t.EngineOnly {
			continue
		}
		if at >= from {
			name := evalName(t.Column)
			is := anyValueMatches(name, textRegex(&ir.Text{Op: ir.Equals, Values: t.Values}))
			if t.Optional {
				is = logic.Any{is, logic.Atom("isnull(" + name + ")")}
			}
			all = append(all, is)
		}
		at++
	}
	return all
}

// searchMatch tests in where's language whether an event satisfies a search. Splunk does not expand a macro inside a
// string.
func (w *writer) searchMatch(text string) logic.Pred {
	if strings.Contains(text, "`") {
		w.found.Errorf("scope-macro", w.plan.Rule.Source.LogSource.Range, "give all log sources of the query one scope, or write out the macro "+text,
			"spl: sources with different scopes are told apart after the base search, where a macro cannot be tested")
	}
	return logic.Atom("searchmatch(" + evalString(text) + ")")
}
