// Package oracle is a second, slow evaluator of Sigma rules, written from the specification alone,
// and from rules/README.md where Sigma has no words. In: a rule's YAML and a decoded event, or all
// events of a run. Out: whether the rule matches. It shares no matching code with the engine, so
// that where both agree a mistake would have to be made twice. Only which log an event is of, and
// which column holds a field, it asks the same data models.
//
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md
package oracle

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"decree/engine/event"
	"decree/rules/schema"
)

// Rule is a rule as its YAML says it.
type Rule struct {
	ID         string
	name       string
	Product    string
	Category   string
	Service    string
	detection  map[string]any
	ancestry   map[string]map[string]any
	extracts   map[string]map[string]any
	joins      map[string]map[string]any
	first      map[string]map[string]any // first_seen
	prevalence map[string]map[string]any
	suppress   map[string]any
	lookback   time.Duration
	conditions []string
	arrays     bool // brackets select elements
}

// Read reads one detection rule.
func Read(text []byte) (*Rule, error) {
	var doc struct {
		ID        string            `yaml:"id"`
		Name      string            `yaml:"name"`
		LogSource map[string]string `yaml:"logsource"`
		Detection map[string]any    `yaml:"detection"`

		Ancestry   map[string]map[string]any `yaml:"ancestry"`
		Extract    map[string]map[string]any `yaml:"extract"`
		Joins      map[string]map[string]any `yaml:"joins"`
		FirstSeen  map[string]map[string]any `yaml:"first_seen"`
		Prevalence map[string]map[string]any `yaml:"prevalence"`
		Suppress   map[string]any            `yaml:"suppress"`
		Schedule   map[string]string         `yaml:"schedule"`
		Version    int                       `yaml:"sigma-version"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	r := &Rule{ID: doc.ID, name: doc.Name, ancestry: doc.Ancestry, Product: doc.LogSource["product"], Category: doc.LogSource["category"], Service: doc.LogSource["service"], detection: doc.Detection}
	r.extracts, r.joins, r.first, r.prevalence, r.suppress, r.arrays = doc.Extract, doc.Joins, doc.FirstSeen, doc.Prevalence, doc.Suppress, doc.Version >= 3
	if back, scheduled := doc.Schedule["lookback"]; scheduled {
		var err error
		if r.lookback, err = duration(back); err != nil {
			return nil, err
		}
	}
	switch c := doc.Detection["condition"].(type) {
	case string:
		r.conditions = []string{c}
	case []any:
		for _, one := range c {
			r.conditions = append(r.conditions, fmt.Sprint(one))
		}
	default:
		return nil, errors.New("the rule has no condition")
	}
	return r, nil
}

// view is an event as one source of a data model shows it.
type view struct {
	model  *schema.Model
	source *schema.Source
	ev     *event.Event
	rule   *Rule

	log     *Log  // nil: only the event itself is known
	place   int   // the event's, in the log
	level   int   // of the process above the event's own that is asked of; 0: its own
	tree    *Rule // whose log source has the creations of processes; nil: the rule's
	element *any  // of an array, of which fields are asked
}

// SourceOf gives the first source of the rule's log source that the event is of; nil if none.
func (r *Rule) SourceOf(m *schema.Model, ev *event.Event) *schema.Source {
	for _, s := range m.Find(r.Category, r.Product, r.Service) {
		inScope := true
		for _, test := range s.Scope {
			v, ok := ev.Lookup(test.Column)
			if !ok || v == nil {
				inScope = inScope && test.Optional
				continue
			}
			one := false
			for _, want := range test.Values {
				one = one || strings.EqualFold(fmt.Sprint(v), want)
			}
			inScope = inScope && one
		}
		if inScope {
			return s
		}
	}
	return nil
}

// Matches tells whether the rule matches an event.
func (r *Rule) Matches(m *schema.Model, ev *event.Event) (bool, error) {
	s := r.SourceOf(m, ev)
	if s == nil {
		return false, nil
	}
	return view{model: m, source: s, ev: ev, rule: r}.matches()
}

// matches tells whether one of the rule's conditions holds.
func (v view) matches() (bool, error) {
	for _, text := range v.rule.conditions {
		c := &condition{words: words(text), names: v.rule.detection, view: v}
		holds, err := c.or()
		if err != nil {
			return false, err
		}
		if c.at != len(c.words) {
			return false, fmt.Errorf("%q is left over in the condition", c.words[c.at])
		}
		if holds {
			return true, nil
		}
	}
	return false, nil
}

var wordPattern = regexp.MustCompile(`\(|\)|[^\s()]+`)

func words(text string) []string { return wordPattern.FindAllString(text, -1) }

// condition evaluates while it reads: or of ands of nots.
type condition struct {
	words []string
	at    int
	names map[string]any // search identifiers
	view  view
}

func (c *condition) next(word string) bool {
	if c.at < len(c.words) && strings.EqualFold(c.words[c.at], word) {
		c.at++
		return true
	}
	return false
}

func (c *condition) or() (bool, error) {
	holds, err := c.and()
	for err == nil && c.next("or") {
		var more bool
		more, err = c.and()
		holds = holds || more
	}
	return holds, err
}

func (c *condition) and() (bool, error) {
	holds, err := c.not()
	for err == nil && c.next("and") {
		var more bool
		more, err = c.not()
		holds = holds && more
	}
	return holds, err
}

func (c *condition) not() (bool, error) {
	if c.next("not") {
		holds, err := c.not()
		return !holds, err
	}
	if c.next("(") {
		holds, err := c.or()
		if err == nil && !c.next(")") {
			err = errors.New("a parenthesis is not closed")
		}
		return holds, err
	}
	if c.at >= len(c.words) {
		return false, errors.New("the condition ends too early")
	}
	word := c.words[c.at]
	c.at++
	if c.next("of") {
		return c.of(word)
	}
	if body, ok := c.names[word]; ok {
		return c.view.selection(body)
	}
	return c.view.named(word)
}

// named evaluates a name of the rule.
func (v view) named(name string) (bool, error) {
	if body, ok := v.rule.detection[name]; ok {
		return v.selection(body)
	}
	if spec, ok := v.rule.ancestry[name]; ok {
		return v.descends(spec)
	}
	for _, section := range []struct {
		of    map[string]map[string]any
		holds func(map[string]any) (bool, error)
	}{{v.rule.joins, v.joined}, {v.rule.first, v.firstSeen}, {v.rule.prevalence, v.rare}} {
		if spec, ok := section.of[name]; ok {
			if v.log == nil {
				return false, fmt.Errorf("%s asks more than one event", name)
			}
			return section.holds(spec)
		}
	}
	return false, fmt.Errorf("the rule has no %q", name)
}

// of evaluates `1 of x*`, `all of them` and the like.
func (c *condition) of(quantifier string) (bool, error) {
	if c.at >= len(c.words) {
		return false, errors.New("nothing follows of")
	}
	pattern := c.words[c.at]
	c.at++
	count, of := 0, 0
	for name, body := range c.names {
		if name == "condition" || name == "timeframe" {
			continue
		}
		if strings.EqualFold(pattern, "them") {
			if strings.HasPrefix(name, "_") {
				continue
			}
		} else if ok, err := path.Match(pattern, name); err != nil || !ok {
			continue
		}
		of++
		holds, err := c.view.selection(body)
		if err != nil {
			return false, err
		}
		if holds {
			count++
		}
	}
	switch strings.ToLower(quantifier) {
	case "all":
		return of > 0 && count == of, nil
	case "any":
		return count > 0, nil
	}
	n, err := strconv.Atoi(quantifier)
	return count >= n, err
}

// selection evaluates a search identifier: a map is all its items, a list any of its members,
// and a value in a list a keyword.
func (v view) selection(body any) (bool, error) {
	switch body := body.(type) {
	case map[string]any:
		for key, values := range body {
			holds, err := v.entry(key, values)
			if err != nil || !holds {
				return false, err
			}
		}
		return true, nil
	case []any:
		for _, member := range body {
			var holds bool
			var err error
			if _, isMap := member.(map[string]any); isMap {
				holds, err = v.selection(member)
			} else {
				holds, err = v.item("", member)
			}
			if err != nil || holds {
				return holds, err
			}
		}
		return false, nil
	}
	return v.item("", body)
}
