package engine

import (
	"fmt"
	"slices"

	"decree/engine/correlate"
	"decree/engine/document"
	"decree/engine/event"
	"decree/engine/eventstore"
	"decree/rules/diag"
	"decree/rules/ir"
)

// correlation is a correlation as results show it.
type correlation struct {
	rule  *rule              // what its results name: its metadata, after the rules in order
	shown map[int][]nameable // unit -> what results tell of its events, beside what those of rules do

	// unit -> values by which alerts are suppressed; none where the correlation groups by the name
	suppressBy map[int][]document.Whole
}

// nameable is a field that `fields:` of a correlation names, where a source has it.
type nameable struct {
	name string
	at   document.Whole
}

// addCorrelations compiles the correlations of the rules.
func (p *plan) addCorrelations(opt Options, found *diag.Diagnostics) {
	p.correlations = correlate.Compile(opt.Correlations, p.Rules(), opt.Silent, found)
	for i, r := range p.rules {
		r.correlated = *p.correlations.Rule(i)
	}
	p.readForJoins()
	for _, u := range p.units {
		if u.rare == nil {
			p.takeDown(u, found)
		}
	}
	for _, c := range p.correlations.All {
		p.correlated = append(p.correlated, p.shownBy(c, found))
	}
}

// takeDown finds the slots of what correlations record of a unit's matches.
func (p *plan) takeDown(u *unit, found *diag.Diagnostics) {
	for _, f := range u.rule.correlated.Fields {
		at := p.layout.Whole(p.opt.Model, p.sources[u.source].Source, u.rule.ir.Own(f))
		switch j := p.joining(u.rule, f); {
		case !at.IsMissing():
		case j == nil:
			p.warnOfMissing("correlation-field", f.String(), p.correlations.RangeOf(u.rule.order, f), p.logOf(u.rule.ir, u.source), "a correlation counts none of its events", found)
		case j.First:
			p.warnOfMissing("first-seen-field", f.String(), j.At, p.logOf(u.rule.ir, u.source), "first_seen knows none of its events", found)
		default:
			p.warnOfMissing("join-field", f.String(), j.Rule.Source.LogSource.Range, p.logOf(u.rule.ir, u.source), "a join finds none of its events", found)
		}
		u.taken = append(u.taken, at)
	}
}

// shownBy finds the fields that results of a correlation show of the completing event.
func (p *plan) shownBy(c *correlate.Correlation, found *diag.Diagnostics) correlation {
	body := c.IR.Source.Body
	of := &ir.Rule{Source: body, Condition: &ir.Const{Base: ir.Base{At: body.Range}, Value: true}}
	out := correlation{rule: newRule(of, len(p.rules)+len(p.correlated)), shown: map[int][]nameable{}, suppressBy: map[int][]document.Whole{}}
	below := c.IR.Rules()
	for i, u := range p.units {
		if u.rare != nil || !slices.Contains(below, u.rule.ir) {
			continue
		}
		out.suppressBy[i] = p.suppressedBy(of, u.rule.ir, u.source, c.IR.GroupBy, found)
		for _, name := range body.Fields {
			if at := p.layout.Whole(p.opt.Model, p.sources[u.source].Source, u.rule.ir.Own(ir.FieldNamed(name))); !at.IsMissing() {
				out.shown[i] = append(out.shown[i], nameable{name, at})
			}
		}
	}
	return out
}

// correlationMatch records what correlations need of the current event; ok is false if it has no readable time.
func (m *matcher) correlationMatch(ui int) (found correlate.Match, ok bool) {
	at, ok := m.time()
	if !ok {
		return found, false
	}
	u := m.p.units[ui]
	found = correlate.Match{Rule: u.rule.order, Unit: ui, At: at, ID: m.id()}
	for _, field := range u.taken {
		text, present := m.doc.Whole(field)
		found.Values = append(found.Values, correlate.Value{Text: text, Present: present})
	}
	return found, true
}

// keepMatches keeps matches for correlations until the end of the input, as long as there is room. If there is room for
// a match but not for its event, a result shows only the values that its correlation was grouped by.
func (e *Engine) keepMatches(all []correlate.Match, in event.Input) {
	for _, found := range all {
		ref := eventstore.None
		data := in.JSON()
		shown := e.rules[found.Rule].correlated.Events
		room := e.matchEvents.Size()+len(data) <= e.opt.matchMemory()
		if shown && room {
			ref = e.matchEvents.Add(data)
		}
		if _, kept := e.keepMatch(found, in.Origin, ref); kept && shown && !room {
			e.stats.Textless++
		}
	}
}

// keepMatch keeps a match, whose event is at ref in the store, as long as there is room for it.
func (e *Engine) keepMatch(found correlate.Match, from event.Origin, ref eventstore.Ref) (at int32, ok bool) {
	if e.matches.Len() >= e.opt.MaxPending || e.matches.Size() > e.opt.matchMemory() {
		e.stats.Uncorrelated++
		return 0, false
	}
	return e.matches.Add(found, from, ref), true
}

// correlate evaluates all correlations, and gives the results of those that report, one by one.
func (e *Engine) correlate(give func(Result)) error {
	v := e.correlations.Evaluate(e.matches, e.matches.ByRule())
	if e.opt.Observe {
		v.ObserveAll(e.opt.Now)
	} else {
		v.FindAll()
	}
	e.lacking = e.lackingOf(v)
	e.progress = slices.DeleteFunc(v.Progress(), func(p correlate.Progress) bool { return e.opt.inner[p.Of] })
	for found := range v.Reports(e.opt.Now) {
		r, err := e.correlationResult(found)
		if err != nil {
			return err
		}
		give(r)
	}
	e.keepMatchesIn(&eventstore.Store{})
	return nil
}

// keepMatchesIn begins to keep matches of rules, whose events are in a store.
func (e *Engine) keepMatchesIn(store *eventstore.Store) {
	e.matchEvents, e.matches = store, e.correlations.NewMatches(store)
}

// correlationResult describes a match of a correlation. The result's event is the one that completed it.
func (e *Engine) correlationResult(found correlate.Completion) (Result, error) {
	in, id, ui, err := found.Event()
	if err != nil {
		return Result{}, err
	}
	of, window := &e.correlated[found.Number()], found.Window()
	r := Result{Rule: of.rule.ir, EventID: id, Correlated: &window, At: found.At, order: in.Order, rule: of.rule, model: e.opt.Model, source: e.sources[e.units[ui].source].Source, columns: e.decoded}
	if in.IsNone() {
		fields := map[string]any{}
		for _, group := range window.Group {
			fields[group.Name] = group.Value
		}
		r.Event = event.Of(fields)
		r.Event.Source, r.Event.Line = in.Source, in.Line
	} else {
		r.Event = event.Keep(in)
		if r.Facts, err = e.factsAbout(of, ui, in); err != nil {
			return Result{}, fmt.Errorf("%s: %w", in.Origin, err)
		}
	}
	r.like = e.correlationLikeness(of, ui, in, r)
	r.Log = Log{r.fieldOf("Channel"), r.fieldOf("EventID")}
	return r, nil
}

// correlationLikeness is that of a correlation's match, whose completing event is loaded. A match of whose event there
// was no room alerts, unless others are like it by the group alone.
func (e *Engine) correlationLikeness(of *correlation, ui int, in event.Input, r Result) likeness {
	s := of.rule.ir.Source.Suppress
	if s == nil {
		return likeness{}
	}
	var by suppressValues
	for i, name := range s.By {
		group := slices.IndexFunc(r.Correlated.Group, func(f event.Fact) bool { return f.Name == name.Name })
		switch {
		case group >= 0:
			by.add(r.Correlated.Group[group].Value, true)
		case in.IsNone():
			return likeness{}
		default:
			by.add(e.main.doc.Whole(of.suppressBy[ui][i]))
		}
	}
	return likenessOf(s, r.At, by)
}

// factsAbout lists what a result of a correlation shows of the completing event.
func (e *Engine) factsAbout(of *correlation, ui int, in event.Input) ([]event.Fact, error) {
	m := e.main
	if err := m.load(in); err != nil {
		return nil, err
	}
	facts := m.facts(e.sources[e.units[ui].source])
	for _, f := range of.shown[ui] {
		if text, ok := m.doc.Whole(f.at); ok && !slices.ContainsFunc(facts, func(other event.Fact) bool { return other.Name == f.name }) {
			facts = append(facts, event.Fact{Name: f.name, Value: text})
		}
	}
	return facts, nil
}

// Progress tells, after Finish and with Options.Observe, how near each correlation came, in their order.
func (e *Engine) Progress() []correlate.Progress { return e.progress }
