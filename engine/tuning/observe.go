package tuning

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/anycase"
	"decree/rules/ir"
	"decree/rules/schema"
)

// observe runs the rule on recordings and gives its matches, with what each event has in every field that a filter may
// test.
func observe(r *ir.Rule, recordings []Recording) ([]*Match, error) {
	var out []*Match
	for i, rec := range recordings {
		prepared, results, err := rec.results(r)
		if err != nil {
			return nil, err
		}
		found := map[int]*Match{}
		var events []*event.Event
		for _, res := range results {
			m := &Match{Source: res.Event.Source, Line: res.Event.Line, ID: res.EventID, Raw: res.Event.Raw, recording: i, order: res.Order(), texts: map[string][]string{}}
			found[m.order] = m
			events = append(events, res.Event)
			out = append(out, m)
		}
		if len(found) == 0 {
			continue
		}
		if err := rec.fill(prepared, candidates(rec.Options.Model, r, events), found); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// eventKey names an event: the number of its recording, and its order there.
type eventKey struct{ recording, order int }

func (m *Match) key() eventKey { return eventKey{m.recording, m.order} }

// matched gives the events that the rule matches.
func matched(r *ir.Rule, recordings []Recording) (map[eventKey]bool, error) {
	out := map[eventKey]bool{}
	for i, rec := range recordings {
		_, results, err := rec.results(r)
		if err != nil {
			return nil, err
		}
		for _, res := range results {
			out[eventKey{i, res.Order()}] = true
		}
	}
	return out, nil
}

func (rec Recording) prepared(r *ir.Rule) (*ir.Rule, error) {
	if rec.Prepare == nil {
		return r, nil
	}
	return rec.Prepare(r)
}

// results gives the rule as the recording's events are asked for it, and its matches.
func (rec Recording) results(r *ir.Rule) (prepared *ir.Rule, results []engine.Result, err error) {
	if prepared, err = rec.prepared(r); err != nil {
		return nil, nil, err
	}
	results, err = rec.run(prepared)
	return prepared, results, err
}

// run gives the matches of a rule. A rule that does not see all events is an error, because a filter would rest on what
// is missing.
func (rec Recording) run(r *ir.Rule) ([]engine.Result, error) {
	e, found := engine.New([]*ir.Rule{r}, rec.Options)
	if found.HasErrors() {
		return nil, found[0]
	}
	if err := rec.Read(e.Add); err != nil {
		return nil, err
	}
	results, stats, err := e.Finish()
	switch {
	case err != nil:
		return nil, err
	case len(stats.Suspended) > 0:
		return nil, fmt.Errorf("%s: %s", rec.Name, stats.Suspended[0].Describe())
	case stats.Evicted+stats.Dropped+stats.Uncounted > 0:
		return nil, fmt.Errorf("%s: the rule did not see all events: give fewer", rec.Name)
	}
	return results, nil
}

// fill reads the fields of matches as conditions read them, on the event and on the processes above it. It asks the
// engine to explain the rule together with a test of each field.
func (rec Recording) fill(r *ir.Rule, names []string, found map[int]*Match) error {
	probe := *r
	terms := make([]ir.Node, len(names), len(names)+1)
	for i, name := range names {
		terms[i] = &ir.Match{Base: ir.Base{At: r.Condition.Range()}, Field: ir.FieldNamed(name), Test: &ir.Exists{Value: true}}
	}
	probe.Condition = &ir.And{Base: ir.Base{At: r.Condition.Range()}, Terms: []ir.Node{r.Condition, &ir.Or{Terms: append(terms, &ir.Const{Value: true})}}}
	x, problems := engine.NewExplainer(&probe, rec.Options)
	if x == nil {
		return problems[0]
	}
	order := 0
	err := rec.Read(func(ev *event.Event) error {
		order++
		return x.Add(ev, found[order-1] != nil)
	})
	if err != nil {
		return err
	}
	explained, _, err := x.Finish()
	if err != nil {
		return err
	}
	for i, at := range slices.Sorted(maps.Keys(found)) {
		if explained[i].Condition == nil {
			continue
		}
		for j, step := range explained[i].Condition.Steps[1].Steps[:len(names)] {
			if len(step.Texts) > 0 {
				found[at].texts[names[j]] = step.Texts
			}
		}
		asSigmaSays(rec.Options.Model, r, found[at].texts)
	}
	return nil
}

// asSigmaSays replaces the product's own words and prefixes by Sigma's, and puts domains before the names of accounts
// and paths before their last parts, so that a filter holds for other products too.
func asSigmaSays(m *schema.Model, r *ir.Rule, texts map[string][]string) {
	for name, values := range texts {
		for _, s := range m.Asked(r) {
			c, ok := s.Fields[name]
			if !ok {
				continue
			}
			for i, v := range values {
				values[i] = inSigma(c, v, texts[cmp.Or(c.Under, c.Domain)])
			}
			break
		}
	}
}

// inSigma gives a column's value as Sigma writes it. before are the values of what is before its backslash in another
// column.
func inSigma(c schema.Column, v string, before []string) string {
	for _, sigma := range slices.Sorted(maps.Keys(c.Values)) {
		if anycase.Contains(c.Values[sigma], v) {
			return sigma
		}
	}
	if len(before) == 1 && !strings.Contains(v, `\`) {
		v = before[0] + `\` + v
	}
	for _, sigma := range slices.Sorted(maps.Keys(c.Written)) {
		if rest, ok := anycase.CutPrefix(v, c.Written[sigma]); ok {
			return sigma + rest
		}
	}
	return v
}

// above are the fields of the parent process. Events that do not carry them have them of the parent's own creation.
var above = []string{"ParentImage", "ParentCommandLine", "ParentUser"}

// candidates names the fields that matches may have: those that the model maps, the parent's, and other keys of the
// events. A column has the name that Sigma gives it.
func candidates(m *schema.Model, r *ir.Rule, events []*event.Event) []string {
	names, columns := map[string]bool{}, map[string]bool{}
	for _, s := range m.Asked(r) {
		for name, c := range s.Fields {
			names[name] = true
			for _, column := range append([]string{c.Name, c.OrElse, c.Instead.Column}, c.Also...) {
				columns[column] = true
			}
		}
	}
	for _, name := range above {
		names[name] = true
	}
	for _, ev := range events {
		keys(ev.Fields(), "", func(path string) {
			if columns[path] {
				return
			}
			names[path] = true
			names[path[strings.LastIndexByte(path, '.')+1:]] = true
		})
	}
	maps.DeleteFunc(names, func(name string, _ bool) bool { return classOf(name) == unreadable })
	return slices.Sorted(maps.Keys(names))
}

// maxKeyDepth limits how deep keys are looked for.
const maxKeyDepth = 4

// keys gives the paths of an event's values.
func keys(fields map[string]any, prefix string, each func(path string)) {
	for name, v := range fields {
		path := prefix + name
		if inner, ok := v.(map[string]any); ok {
			if strings.Count(path, ".") < maxKeyDepth {
				keys(inner, path+".", each)
			}
			continue
		}
		each(path)
	}
}
