package engine

import (
	"slices"

	"decree/rules/diag"
	"decree/rules/ir"
)

// correlation is a compiled correlation. What it reads is known once the input has ended: matches of rules are kept
// as occurrences until then.
type correlation struct {
	ir     *ir.Correlation
	rule   *rule // what its results name: its metadata, after the rules in order
	inputs []correlationInput
	silent bool // it is only read by others

	carried []ir.Field           // what those that read it need of the events that complete it
	shown   map[int][]shownField // unit -> what results tell of its events, beside what those of rules do
}

// shownField is a field that `fields:` of a correlation names, where a source has it.
type shownField struct {
	name  string
	reads watchedSlots
}

// correlationInput is one of rule and correlation.
type correlationInput struct {
	rule        *rule
	correlation *correlation
}

// addCorrelations compiles correlations, which come after those they read. One of which some input is not run is reported and left out.
func (e *Engine) addCorrelations(cs []*ir.Correlation, found *diag.Diagnostics) {
	byRule := map[*ir.Rule]*rule{}
	for _, r := range e.rules {
		byRule[r.ir] = r
	}
	done := map[*ir.Correlation]*correlation{}
	for _, c := range cs {
		body := c.Source.Body
		out := &correlation{ir: c, shown: map[int][]shownField{}, rule: &rule{ir: &ir.Rule{Source: body, Condition: &ir.Const{Base: ir.Base{At: body.Range}, Value: true}}, order: len(e.rules) + len(e.correlations)}}
		whole := true
		for i, in := range c.Inputs {
			input := correlationInput{byRule[in.Rule], done[in.Correlation]}
			if input.rule == nil && input.correlation == nil {
				found.Warnf("correlation-input-not-run", c.Source.Inputs[i].Range, "choose another --model, or give that rule to the command too",
					"the correlation reads %q, which is not run; the correlation is not run", in.Name)
				whole = false
			}
			out.inputs = append(out.inputs, input)
		}
		e.hush(out)
		if !whole {
			continue
		}
		done[c] = out
		e.correlations = append(e.correlations, out)
	}
	for _, c := range e.correlations {
		for _, in := range c.inputs {
			if in.rule != nil {
				in.rule.watching = true
			}
		}
		for _, columns := range [][]ir.Column{c.ir.GroupBy, c.ir.Values} {
			for _, column := range columns {
				for i := range c.inputs {
					e.watch(c, i, column.Name, column.Fields[i])
				}
			}
		}
	}
	for _, u := range e.units {
		e.watchUnit(u, found)
	}
	for _, c := range e.correlations {
		e.show(c)
		if !c.silent {
			c.reachBack()
		}
	}
}

// reachBack has the rules below a correlation read as far back as its windows reach from its lookback.
func (c *correlation) reachBack() {
	reach := unbounded
	if lookback := c.rule.ir.Source.Schedule.Lookback; lookback > 0 {
		reach = lookback + c.ir.Reach()
	}
	for _, r := range c.rules() {
		if r.reach != unbounded && (reach == unbounded || reach > r.reach) {
			r.reach = reach
		}
	}
}

// chain are the correlations that a correlation reads, by itself or by others, each after those it reads; itself is the last.
func (c *correlation) chain() []*correlation {
	var out []*correlation
	var visit func(*correlation)
	visit = func(c *correlation) {
		if slices.Contains(out, c) {
			return
		}
		for _, in := range c.inputs {
			if in.correlation != nil {
				visit(in.correlation)
			}
		}
		out = append(out, c)
	}
	visit(c)
	return out
}

// rules are those that a correlation reads, by itself or by others, each once.
func (c *correlation) rules() []*rule {
	var out []*rule
	for _, below := range c.chain() {
		for _, in := range below.inputs {
			if in.rule != nil && !slices.Contains(out, in.rule) {
				out = append(out, in.rule)
			}
		}
	}
	return out
}

// show finds what results of a correlation tell of the event that completes it.
func (e *Engine) show(c *correlation) {
	below := c.ir.Rules()
	for i, u := range e.units {
		if u.rare != nil || !slices.Contains(below, u.rule.ir) {
			continue
		}
		for _, name := range c.ir.Source.Body.Fields {
			f := ir.FieldNamed(name)
			if reads := e.reads(e.sources[u.source], f); len(reads.slots) > 0 {
				c.shown[i] = append(c.shown[i], shownField{name, reads})
			}
		}
	}
}

// reads are the slots of a field.
func (e *Engine) reads(s *source, f ir.Field) watchedSlots {
	columns, domain := e.opt.Model.Whole(s.Source, f.Name, f.Level)
	reads := watchedSlots{domain: -1}
	for _, column := range columns {
		reads.slots = append(reads.slots, e.layout.Slot(column))
	}
	if domain != nil {
		reads.domain = e.layout.Slot(*domain)
	}
	return reads
}

// placeOf is where some correlation that reads a rule names a field.
func (e *Engine) placeOf(r *rule, f ir.Field) diag.Range {
	for _, c := range e.correlations {
		if slices.Contains(c.ir.Rules(), r.ir) {
			if at := c.ir.PlaceOf(f); at != c.ir.Source.TypeRange {
				return at
			}
		}
	}
	return r.ir.Source.LogSource.Range
}

// hush makes silent what a correlation of the same file reads, whether it is run or not: it is a part of that correlation, unless
// it says `generate: true`.
// https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md#correlation-rules
func (e *Engine) hush(c *correlation) {
	if c.ir.Source.Generate {
		return
	}
	for _, in := range c.inputs {
		switch {
		case in.rule == nil && in.correlation == nil: // which is not run
		case in.rule != nil:
			in.rule.silent = in.rule.silent || in.rule.ir.Source.Range.File == c.rule.ir.Source.Range.File
		default:
			in.correlation.silent = in.correlation.silent || in.correlation.rule.ir.Source.Range.File == c.rule.ir.Source.Range.File
		}
	}
}

// watch has the rules below an input take down a field. A field that an inner correlation is grouped by is known of it.
func (e *Engine) watch(c *correlation, input int, name string, f ir.Field) {
	in := c.inputs[input]
	if in.correlation == nil || in.correlation.grouped(c.ir.Source.FieldOf(name, input)) < 0 {
		in.watch(f)
	}
}

func (in correlationInput) watch(f ir.Field) {
	if c := in.correlation; c != nil {
		if slices.Contains(c.carried, f) {
			return
		}
		c.carried = append(c.carried, f)
		for _, below := range c.inputs {
			below.watch(f)
		}
	} else if !slices.Contains(in.rule.watched, f) {
		in.rule.watched = append(in.rule.watched, f)
	}
}

// grouped is the position of a name among what a correlation is grouped by; -1 if it is not.
func (c *correlation) grouped(name string) int {
	return slices.IndexFunc(c.ir.GroupBy, func(column ir.Column) bool { return column.Name == name })
}

// watchUnit finds the slots of what a unit's rule takes down.
func (e *Engine) watchUnit(u *unit, found *diag.Diagnostics) {
	if u.rare != nil {
		return
	}
	for _, f := range u.rule.watched {
		reads := e.reads(e.sources[u.source], f)
		if len(reads.slots) == 0 {
			found.Warnf("correlation-field", e.placeOf(u.rule, f), "choose another --model, or another field",
				"data model %s has no field %s in the log source of %q; a correlation counts none of its events", e.opt.Model.Name, f.Name, u.rule.ir.Source.Title)
		}
		u.watched = append(u.watched, reads)
	}
}
