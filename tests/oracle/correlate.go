package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Correlation is a correlation as its YAML says it: of a number of matches, of distinct values, or of rules that match
// near each other.
type Correlation struct {
	kind      string
	rules     []string
	groupBy   []string
	timespan  time.Duration
	bounds    map[string]any               // nil where the condition is a text
	condition string                       // of temporal: names with and, or, not
	aliases   map[string]map[string]string // name -> rule -> field
	suppress  map[string]any
}

// ReadCorrelation reads one correlation.
func ReadCorrelation(text []byte) (*Correlation, error) {
	var doc struct {
		Correlation struct {
			Type      string                       `yaml:"type"`
			Rules     []string                     `yaml:"rules"`
			GroupBy   []string                     `yaml:"group-by"`
			Timespan  string                       `yaml:"timespan"`
			Condition any                          `yaml:"condition"`
			Aliases   map[string]map[string]string `yaml:"aliases"`
		} `yaml:"correlation"`
		Suppress map[string]any `yaml:"suppress"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	of := doc.Correlation
	c := &Correlation{kind: of.Type, rules: of.Rules, groupBy: of.GroupBy, aliases: of.Aliases, suppress: doc.Suppress}
	c.bounds, _ = of.Condition.(map[string]any)
	c.condition, _ = of.Condition.(string)
	var err error
	c.timespan, err = duration(of.Timespan)
	return c, err
}

// completion is a match of a rule, or of a correlation: then with the values of its group, by name.
type completion struct {
	view
	when  time.Time
	group map[string]string
}

// member is a match of an input of a correlation, in a group.
type member struct {
	completion
	input int
}

// value is that of a field, or of a name that the matches are grouped by; "" if there is none.
func (m completion) value(name string) (string, error) {
	if value, grouped := m.group[name]; grouped {
		return value, nil
	}
	value, _, err := m.first(name)
	return value, err
}

// named gives the values of some names in a match of a rule; ok is false if one is missing.
func (c *Correlation) named(fields []string, rule string, m completion) (values []string, ok bool, err error) {
	for _, name := range fields {
		field := name
		if aliased, has := c.aliases[name][rule]; has {
			field = aliased
		}
		value, err := m.value(field)
		if err != nil || value == "" {
			return nil, false, err
		}
		values = append(values, value)
	}
	return values, true, nil
}

// completions are the matches of a rule or a correlation, by its name. Events without a time are in no window.
func (l *Log) completions(name string) (out []completion, err error) {
	if c, correlated := l.Correlations[name]; correlated {
		return l.complete(c)
	}
	r := l.Rules[name]
	for at := range l.Events {
		holds, err := l.matches(r, at)
		if err != nil {
			return nil, err
		}
		if when, dated := l.time(at); holds && dated {
			v, _ := l.view(r, at)
			out = append(out, completion{view: v, when: when})
		}
	}
	return out, nil
}

// groups are the matches of a correlation's inputs, by their values.
func (l *Log) groups(c *Correlation) (map[string][]member, error) {
	groups := map[string][]member{}
	for i, rule := range c.rules {
		all, err := l.completions(rule)
		if err != nil {
			return nil, err
		}
		for _, m := range all {
			values, ok, err := c.named(c.groupBy, rule, m)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			key := fmt.Sprintf("%q", values)
			in := member{completion{view: m.view, when: m.when, group: map[string]string{}}, i}
			for i, name := range c.groupBy {
				in.group[name] = values[i]
			}
			if c.kind == "value_count" { // before the values of an input's group are forgotten
				counted, ok, err := c.named(names(c.bounds["field"]), rule, m)
				if err != nil {
					return nil, err
				}
				if ok {
					in.group["\x00counted"] = fmt.Sprintf("%q", counted)
				}
			}
			groups[key] = append(groups[key], in)
		}
	}
	return groups, nil
}

// complete gives the events at which a correlation's condition holds, once for each group.
func (l *Log) complete(c *Correlation) (out []completion, err error) {
	groups, err := l.groups(c)
	if err != nil {
		return nil, err
	}
	for _, group := range groups {
		done := map[int]bool{}
		for _, m := range group {
			if done[m.place] || c.kind == "temporal_ordered" && m.input < len(c.rules)-1 { // the last rule's match completes it
				continue
			}
			done[m.place] = true
			var window []member
			for _, o := range group {
				if !o.when.After(m.when) && !o.when.Before(m.when.Add(-c.timespan)) {
					window = append(window, o)
				}
			}
			holds, err := c.holds(window, m)
			if err != nil {
				return nil, err
			}
			if holds {
				out = append(out, m.completion)
			}
		}
	}
	return out, nil
}

func (c *Correlation) holds(window []member, last member) (bool, error) {
	occurred, counted := map[string]bool{}, map[string]bool{}
	for _, m := range window {
		occurred[c.rules[m.input]] = true
		counted[m.group["\x00counted"]] = true
	}
	delete(counted, "")
	switch {
	case c.kind == "event_count":
		return bounded(c.bounds, float64(len(window)))
	case c.kind == "value_count":
		return bounded(c.bounds, float64(len(counted)))
	case c.kind == "temporal" && c.condition != "":
		return slices.ContainsFunc(strings.Split(c.condition, " or "), func(all string) bool {
			return !slices.ContainsFunc(strings.Split(all, " and "), func(one string) bool {
				name, not := strings.CutPrefix(one, "not ")
				return occurred[name] == not
			})
		}), nil
	case c.kind == "temporal" && c.bounds != nil:
		return bounded(c.bounds, float64(len(occurred)))
	case c.kind == "temporal":
		return len(occurred) == len(c.rules), nil
	case c.kind == "temporal_ordered":
		return inOrder(window, last.input-1, last.when), nil
	}
	return false, fmt.Errorf("the oracle knows no correlation of type %s", c.kind)
}

// inOrder tells whether the inputs up to one have matches, each at the time of the next or before.
func inOrder(window []member, input int, before time.Time) bool {
	return input < 0 || slices.ContainsFunc(window, func(m member) bool {
		return m.input == input && !m.when.After(before) && inOrder(window, input-1, m.when)
	})
}

// Correlated gives the places of the events that complete a correlation and alert, one for each group.
func (l *Log) Correlated(name string) (alerts []int, err error) {
	c := l.Correlations[name]
	all, err := l.complete(c)
	if err != nil {
		return nil, err
	}
	by := c.groupBy
	if c.suppress["by"] != nil {
		by = names(c.suppress["by"])
	}
	var matches []match
	for _, m := range all {
		one := match{at: m.place, when: m.when, dated: true}
		for _, name := range by {
			value, err := m.value(name)
			if err != nil {
				return nil, err
			}
			one.values += fmt.Sprintf("%q ", value)
		}
		matches = append(matches, one)
	}
	return alerting(matches, c.suppress)
}
