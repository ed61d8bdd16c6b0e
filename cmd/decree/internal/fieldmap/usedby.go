package fieldmap

import (
	"slices"
	"strings"

	"decree/cmd/decree/internal/ruleset"
	"decree/rules"
	"decree/rules/ir"
)

// prefixes are Sigma's names for fields of ancestors.
var prefixes = []string{"", "Parent", "GrandParent"}

// Used gives the fields and entities that the rules of a log source read: field -> names of rules. What a correlation
// reads of a rule counts as that rule's.
func Used(ls rules.LogSource, set *ruleset.Set) map[string][]string {
	out := map[string][]string{}
	for _, rule := range set.Rules {
		if !slices.ContainsFunc(rule.IR.Source.LogSources(), func(own rules.LogSource) bool { return within(lowerCase(own), ls) }) {
			continue
		}
		own := rule.Slug()
		for _, name := range readOf(rule.IR, set) {
			if !slices.Contains(out[name], own) {
				out[name] = append(out[name], own)
			}
		}
	}
	return out
}

// readOf gives the fields and entities of a rule's events that the rule, joins and correlations read.
func readOf(r *ir.Rule, set *ruleset.Set) []string {
	fields, entities := Reads(r)
	names := slices.Concat(fields, entities)
	for _, p := range OfOthers(r) {
		names = append(names, p.Value().Name)
	}
	for _, joining := range set.Rules {
		for _, f := range joining.IR.ReadOf(r) {
			names = append(names, Named(f))
		}
	}
	for _, c := range set.Correlations {
		for _, f := range c.Correlation.Reads(r) {
			names = append(names, Named(f))
		}
	}
	return names
}

// Named is a field as rules name it: ParentImage is that of the parent.
func Named(f ir.Field) string {
	if f.Level < len(prefixes) {
		return prefixes[f.Level] + f.Name
	}
	return f.Name
}

// Reads gives the fields and the entities that a rule and the filters on it read, each once, in the order of the rule.
// Of an extract they are those that it is made of. A name that may be a field's or an entity's, as in prevalence, is
// among the entities. What OfOthers tells is left out.
func Reads(r *ir.Rule) (fields, entities []string) {
	var names namesRead
	inspect(r, names.note)
	return names.fields, names.entities
}

// namesRead collects what nodes of a condition read, each name once.
type namesRead struct{ fields, entities []string }

func (names *namesRead) note(n ir.Node) bool {
	switch n := n.(type) {
	case *ir.Match:
		names.field(n.Field)
		if ref, ok := n.Test.(*ir.FieldRef); ok {
			names.field(ref.Other)
		}
	case *ir.Join:
		for _, f := range n.Mine {
			names.field(f)
		}
	case *ir.Prevalence:
		for _, f := range counted(n) {
			if f.Level > 0 || f.Extract != nil {
				names.field(f)
			} else {
				names.entities = added(names.entities, f.Name)
			}
		}
	}
	return true
}

func (names *namesRead) field(f ir.Field) {
	for _, read := range f.Reads() {
		names.fields = added(names.fields, Named(read))
	}
}

// added gives a list with a name, which it has once.
func added(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// counted gives what a prevalence condition counts of the event, and by what: fields or entities.
func counted(p *ir.Prevalence) (out []ir.Field) {
	if !ofOther(p) {
		out = append(out, p.Value())
	}
	if p.Spec.Local != nil {
		out = append(out, p.By())
	}
	return out
}

// OfOthers gives the prevalence conditions of a rule that ask about another process's value, such as the sha1 of the
// parent, for which Sigma has no field.
func OfOthers(r *ir.Rule) []*ir.Prevalence {
	var out []*ir.Prevalence
	inspect(r, func(n ir.Node) bool {
		if p, ok := n.(*ir.Prevalence); ok && ofOther(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
		return true
	})
	return out
}

func ofOther(p *ir.Prevalence) bool {
	f := p.Value()
	return p.Spec.Of == "actor" || f.Level > 0 && !ir.OfProcess(f.Name)
}

// inspect walks the condition of a rule and what filters require.
func inspect(r *ir.Rule, each func(ir.Node) bool) {
	ir.Inspect(r.Condition, each)
	for _, required := range r.Required() {
		ir.Inspect(required, each)
	}
}

func lowerCase(ls rules.LogSource) rules.LogSource {
	return rules.LogSource{Product: strings.ToLower(ls.Product), Category: strings.ToLower(ls.Category), Service: strings.ToLower(ls.Service)}
}

// Mark notes at each field which rules use it.
func (m *Map) Mark(used map[string][]string) {
	for i := range m.Fields {
		for field, by := range used {
			if strings.EqualFold(field, m.Fields[i].Name) {
				m.Fields[i].UsedBy = append(m.Fields[i].UsedBy, by...)
			}
		}
		slices.Sort(m.Fields[i].UsedBy)
		m.Fields[i].UsedBy = slices.Compact(m.Fields[i].UsedBy)
	}
}
