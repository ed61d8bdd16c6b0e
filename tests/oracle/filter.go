package oracle

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Filter is a filter as its YAML says it: of which rules events are left out, and which.
type Filter struct {
	of    []string // names or ids; nil: every rule of the log source
	names *Rule    // its selections and conditions
}

// ReadFilter reads one filter.
func ReadFilter(text []byte) (*Filter, error) {
	var doc struct {
		LogSource map[string]string         `yaml:"logsource"`
		Filter    map[string]any            `yaml:"filter"`
		Ancestry  map[string]map[string]any `yaml:"ancestry"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	condition, ok := doc.Filter["condition"].(string)
	if !ok {
		return nil, fmt.Errorf("the oracle knows one condition of a filter, not %v", doc.Filter["condition"])
	}
	f := &Filter{names: &Rule{Product: doc.LogSource["product"], Category: doc.LogSource["category"], Service: doc.LogSource["service"],
		ancestry: doc.Ancestry, detection: map[string]any{}, conditions: []string{condition}}}
	for name, body := range doc.Filter {
		if name != "condition" && name != "rules" {
			f.names.detection[name] = body
		}
	}
	if rules := doc.Filter["rules"]; rules != nil && rules != "any" {
		f.of = names(rules)
	}
	return f, nil
}

// covers tells whether a filter is for a rule: each part of the filter's log source is one of the rule's.
func (f *Filter) covers(r *Rule) bool {
	for _, part := range [][2]string{{f.names.Product, r.Product}, {f.names.Category, r.Category}, {f.names.Service, r.Service}} {
		if part[0] != "" && part[0] != part[1] {
			return false
		}
	}
	return f.of == nil || slices.ContainsFunc(f.of, func(name string) bool { return name == r.ID || name == r.name })
}

// passes tells whether an event that a rule found is left after the filters: `not x` says what must be, and any other
// condition what must not.
func (v view) passes(filters []*Filter) (bool, error) {
	for _, f := range filters {
		if !f.covers(v.rule) {
			continue
		}
		of := v
		of.rule, of.tree = f.names, v.rule
		holds, err := of.matches()
		if err != nil || holds != strings.HasPrefix(f.names.conditions[0], "not ") {
			return false, err
		}
	}
	return true, nil
}
