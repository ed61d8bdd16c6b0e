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

// Used gives the fields and entities that the rules of a log source read: field -> names of rules. What a correlation reads of a rule counts as that rule's.
func Used(ls rules.LogSource, set *ruleset.Set) map[string][]string {
	out := map[string][]string{}
	for _, rule := range set.Rules {
		r := rule.IR
		if !slices.ContainsFunc(r.Source.LogSources(), func(own rules.LogSource) bool { return within(lowerCase(own), ls) }) {
			continue
		}
		use := func(field string) {
			if own := rule.Slug(); !slices.Contains(out[field], own) {
				out[field] = append(out[field], own)
			}
		}
		read := func(f ir.Field) {
			if f.Level < len(prefixes) {
				f.Name = prefixes[f.Level] + f.Name
			}
			use(f.Name)
		}
		each := func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Match:
				read(n.Field)
				if ref, ok := n.Test.(*ir.FieldRef); ok {
					read(ref.Other)
				}
			case *ir.Join:
				for _, f := range n.Mine {
					read(f)
				}
			case *ir.Prevalence:
				use(n.Spec.Field)
				if n.Spec.Local != nil {
					use(n.Spec.Local.Distinct)
				}
			}
			return true
		}
		ir.Inspect(r.Condition, each)
		if r.Filter != nil {
			ir.Inspect(r.Filter, each)
		}
		for _, joining := range set.Rules {
			for _, f := range joining.IR.ReadOf(r) {
				read(f)
			}
		}
		for _, c := range set.Correlations {
			for _, f := range c.Correlation.Reads(r) {
				read(f)
			}
		}
	}
	return out
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
