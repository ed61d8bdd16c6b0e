package spl

import (
	"fmt"
	"slices"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/ir"
)

// lists are the value lists in lookups, and the stages that look values up before any other stage. If a field has
// several values, each is looked up. decree_listed_<i> is present if one was found.
// https://help.splunk.com/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/9.4/use-the-configuration-files-to-configure-lookups/add-field-matching-rules-to-your-lookup-configuration
type lists struct {
	lookups []listLookup
	assets  []compilers.Asset
}

// listLookup is the look-up of one field in one list.
type listLookup struct {
	table, field string
	names        bool // the field's file name is looked up
}

// inList tests whether a field's value is in the list of a test, if a lookup has that list. Values whose letters a
// lookup would compare otherwise than rules do stay in the query.
func (w *writer) inList(field string, t *ir.Text) (logic.Pred, bool) {
	if !w.plan.Apart(t) || !slices.ContainsFunc(t.Values, func(v string) bool { return !foldsApart(v) }) {
		return nil, false
	}
	looked := *t
	looked.Values = slices.DeleteFunc(slices.Clone(t.Values), foldsApart)
	holds := logic.Any{w.lookedUp(field, &looked)}
	if apart := slices.DeleteFunc(slices.Clone(t.Values), func(v string) bool { return !foldsApart(v) }); len(apart) > 0 {
		holds = append(holds, w.inText(field, &ir.Text{Op: t.Op, Values: apart}))
	}
	return holds, true
}

// lookedUp tests whether a field's value is in the list of a test, in a lookup.
func (w *writer) lookedUp(field string, t *ir.Text) logic.Pred {
	values := t.Values
	if compilers.FitsWildcardLookup(t) {
		values = patterns(t)
	}
	l, a := w.lists, listLookup{compilers.TableOf(t.List, values), field, t.Op == ir.Filename}
	i := slices.Index(l.lookups, a)
	if i < 0 {
		if !slices.ContainsFunc(l.lookups, func(other listLookup) bool { return other.table == a.table }) {
			l.assets = append(l.assets, lookupDefinition(a.table+".transforms.conf", a.table, compilers.FitsWildcardLookup(t)), compilers.ListAsset(a.table, "the lookup's table: the list "+t.List, values))
		}
		l.lookups = append(l.lookups, a)
		i = len(l.lookups) - 1
	}
	return logic.Atom(fmt.Sprintf("isnotnull(decree_listed_%d)", i+1))
}

// stages write the look-ups.
func (l *lists) stages() []string {
	var stages []string
	for i, a := range l.lookups {
		value := a.field
		if a.names {
			value = fmt.Sprintf("decree_name_%d", i+1)
			stages = append(stages, fmt.Sprintf("eval %s=mvmap(%s, %s)", value, a.field, lastPart(a.field)))
		} else if value != searchName(value) { // quoted otherwise there
			value = fmt.Sprintf("decree_name_%d", i+1)
			stages = append(stages, fmt.Sprintf("eval %s=%s", value, a.field))
		}
		stages = append(stages, fmt.Sprintf("lookup %s %s AS %s OUTPUT %s AS decree_listed_%d", a.table, compilers.ListColumn, value, compilers.ListColumn, i+1))
	}
	return stages
}

// patterns are the values of a test in the form of a lookup with wildcards.
func patterns(t *ir.Text) []string {
	out := make([]string, len(t.Values))
	for i, v := range t.Values {
		if t.Op != ir.StartsWith {
			v = "*" + v
		}
		if t.Op != ir.EndsWith {
			v += "*"
		}
		out[i] = v
	}
	return out
}

// lookupDefinition is the stanza of a lookup that ignores case. wild means that its values are patterns.
func lookupDefinition(file, lookup string, wild bool) compilers.Asset {
	match := ""
	if wild {
		match = "match_type = WILDCARD(" + compilers.ListColumn + ")\n"
	}
	return compilers.Asset{Name: file, Purpose: "defines the lookup " + lookup,
		Content: fmt.Sprintf("[%s]\nfilename = %s.csv\ncase_sensitive_match = false\nmax_matches = 1\nmin_matches = 0\n%s", lookup, lookup, match)}
}
