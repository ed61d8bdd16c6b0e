package eql

import (
	"strings"

	"decree/compilers"
	"decree/rules/ir"
	"decree/rules/schema"
)

// populationQuery selects the events that a transform counts, in Elasticsearch's query DSL: the log source, and the
// conditions of the population that the DSL supports. Others are left out, so that more events are counted and never
// fewer. Below a negation, this means that the whole negation is left out.
func (w *writer) populationQuery() []object {
	var all []object
	for _, t := range w.plan.Source.Scope {
		if t.EngineOnly {
			continue
		}
		is := anyValue(t.Column, "term", t.Values, func(v string) string { return v })
		if t.Optional {
			is = object{"bool": object{"should": []object{{"bool": object{"must_not": []object{{"exists": object{"field": t.Column}}}}}, is}}}
		}
		all = append(all, is)
	}
	if w.counted.Among == nil {
		return all
	}
	w.plan.Among([]ir.Node{w.counted.Among}, func() {
		for _, n := range compilers.FlatConjuncts([]ir.Node{w.counted.Among}) {
			if q, ok := w.dsl(n); ok {
				all = append(all, q)
			}
		}
	})
	return all
}

// dsl writes a node exactly, or not at all.
func (w *writer) dsl(n ir.Node) (object, bool) {
	switch n := n.(type) {
	case *ir.Named:
		return w.dsl(n.Body)
	case *ir.And:
		return w.dslBool("filter", n.Terms)
	case *ir.Or:
		return w.dslBool("should", n.Terms)
	case *ir.Not:
		return w.dslBool("must_not", []ir.Node{n.Term})
	case *ir.Match:
		col, native := w.plan.Column(n.Field)
		if !native || col.Second() || (col.Type != "" && col.Type != schema.String) {
			return nil, false
		}
		return dslMatch(col, n.Test)
	case *ir.AtLeast, *ir.Const:
		return nil, false
	}
	panic("eql: unknown node in a population")
}

func (w *writer) dslBool(clause string, terms []ir.Node) (object, bool) {
	var clauses []object
	for _, t := range terms {
		q, ok := w.dsl(t)
		if !ok {
			return nil, false
		}
		clauses = append(clauses, q)
	}
	return object{"bool": object{clause: clauses}}, true
}

func dslMatch(col schema.Column, test ir.Test) (object, bool) {
	if name, ok := ir.FilenameTest(test); ok {
		if col.Filename == "" {
			return nil, false
		}
		return dslMatch(schema.Column{Name: col.Filename}, name)
	}
	switch t := test.(type) {
	case *ir.Exists:
		exists := object{"exists": object{"field": col.Name}}
		if !t.Value {
			return object{"bool": object{"must_not": []object{exists}}}, true
		}
		return exists, true
	case *ir.Text:
		if t.Cased {
			return nil, false
		}
		switch t.Op {
		case ir.Equals:
			return anyValue(col.Name, "term", t.Values, literalValue), true
		case ir.StartsWith:
			return anyValue(col.Name, "prefix", t.Values, literalValue), true
		case ir.EndsWith:
			return anyValue(col.Name, "wildcard", t.Values, func(v string) string { return "*" + wildcardValue(v) }), true
		case ir.Contains:
			return anyValue(col.Name, "wildcard", t.Values, func(v string) string { return "*" + wildcardValue(v) + "*" }), true
		}
	}
	return nil, false
}

func literalValue(v string) string { return v }

// wildcardValue escapes what a wildcard query would read as a pattern.
func wildcardValue(v string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(v)
}

// anyValue holds if the field has one of the values, ignoring case.
func anyValue(field, query string, values []string, write func(string) string) object {
	each := make([]object, len(values))
	for i, v := range values {
		each[i] = object{query: object{field: object{"value": write(v), "case_insensitive": true}}}
	}
	if len(each) == 1 {
		return each[0]
	}
	return object{"bool": object{"should": each}}
}
