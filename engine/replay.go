package engine

import (
	"slices"
	"time"

	"decree/engine/correlate"
	"decree/rules"
)

// correlationReplay is one correlation's schedule over the matches of its rules.
type correlationReplay struct {
	*Engine
	rules.Schedule
	of      *correlate.Correlation
	read    []*replayedRule       // those whose matches depend on the run
	once    *correlate.Evaluation // of all that does not depend on the run
	always  [][]int32
	times   []time.Time // at which all is known that its rules may match, in order
	reached map[reachedMatch]bool
}

// reachedMatch is a match that some run has raised: of an event in a group.
type reachedMatch struct {
	event int32
	group string
}

// replayedRule is a rule with a prevalence condition: its matches depend on the run.
type replayedRule struct {
	*replay
	kept map[int]int32 // number of a moment that matched in some run -> position of the match
}

// replayCorrelations raises the alerts of correlations. Rules without a prevalence condition find the same in every
// run, and so do correlations of such rules, so those are evaluated once.
func (e *Engine) replayCorrelations(moments [][]moment, schedule func(*rules.Rule) (rules.Schedule, error), alerts *raisedAlerts) error {
	once := e.correlations.Evaluate(e.matches, e.matches.ByRule())
	once.FindAll()
	for _, c := range e.correlations.All {
		if c.Silent {
			continue
		}
		s, err := schedule(c.IR.Source.Body)
		if err != nil {
			return err
		}
		r := &correlationReplay{Engine: e, Schedule: s, of: c, once: once, always: e.matches.ByRule(), reached: map[reachedMatch]bool{}}
		if !slices.ContainsFunc(c.Rules(), func(below int) bool { return len(e.rules[below].rare) > 0 }) {
			err = r.raise(once, nil, alerts)
		} else if err = r.prepare(moments); err == nil {
			err = r.run(alerts)
		}
		if err != nil {
			return err
		}
	}
	e.lacking = e.lackingOf(once)
	return nil
}

// replayRead keeps the matches of rules that correlations and joins read, those of a rule after those that it joins.
// Rules whose matches depend on the run are left out: no rule joins them.
func (e *Engine) replayRead(moments [][]moment) error {
	e.keepMatchesIn(&e.pending.store)
	for level := 0; level <= e.joinLevels; level++ {
		e.indexJoins(level)
		for _, r := range e.rules {
			if r.level != level || !r.correlated.Read || len(r.rare) > 0 {
				continue
			}
			replayed := &replay{e: e, rule: r, moments: moments[r.order]}
			if err := replayed.matches(); err != nil {
				return err
			}
		}
	}
	return nil
}

// matches keeps all matches of the rule for correlations and joins.
func (r *replay) matches() error {
	for i := range r.moments {
		m := &r.moments[i]
		out, err := r.askRule(m)
		if err != nil {
			return err
		}
		for _, found := range out.matches {
			r.e.keepMatch(found, m.Origin, m.ref)
		}
	}
	return nil
}

// prepare finds what the runs of the correlation read.
func (r *correlationReplay) prepare(moments [][]moment) error {
	delay := r.of.IR.Delay()
	for _, number := range r.of.Rules() {
		below := r.rules[number]
		for _, m := range moments[below.order] {
			r.times = append(r.times, m.at.Add(delay-below.delay))
		}
		if len(below.rare) == 0 {
			continue
		}
		read := &replayedRule{&replay{r.Engine, below, r.Schedule, moments[below.order]}, map[int]int32{}}
		if err := read.sight(); err != nil {
			return err
		}
		r.read = append(r.read, read)
	}
	slices.SortFunc(r.times, time.Time.Compare)
	return nil
}

// run evaluates the correlation in each run that sees something.
func (r *correlationReplay) run(alerts *raisedAlerts) error {
	next := (&replay{Schedule: r.Schedule}).next
	if len(r.times) == 0 {
		return nil
	}
	at := next(r.times[0])
	for from := 0; from < len(r.times); {
		v, err := r.seen(at)
		if err == nil {
			err = r.raise(v, &at, alerts)
		}
		if err != nil {
			return err
		}
		at = at.Add(r.Every)
		for from < len(r.times) && r.times[from].Before(at.Add(-r.Lookback)) {
			from++
		}
		if from < len(r.times) && r.times[from].After(at) {
			at = next(r.times[from])
		}
	}
	return nil
}

// seen evaluates the correlation over what the run at a time sees.
func (r *correlationReplay) seen(at time.Time) (*correlate.Evaluation, error) {
	byRule := make([][]int32, len(r.rules))
	begin := at.Add(-r.Lookback - r.of.IR.Delay() - r.of.IR.Reach())
	for below, kept := range r.always {
		byRule[below] = r.matches.Between(kept, begin, at)
	}
	for _, read := range r.read {
		first, end := read.between(begin.Add(read.rule.delay), at)
		read.judge(at, first, end)
		matches := []int32{}
		for i := first; i < end; i++ {
			m := &read.moments[i]
			out, err := read.askRule(m)
			if err != nil {
				return nil, err
			}
			for _, found := range out.matches {
				kept, known := read.kept[i]
				if !known {
					kept, known = r.keepMatch(found, m.Origin, m.ref)
				}
				if known {
					read.kept[i] = kept
					matches = append(matches, kept)
				}
			}
		}
		byRule[read.rule.order] = matches
	}
	v := r.correlations.Evaluate(r.matches, byRule)
	v.Find(r.of)
	r.once.SawAlso(v)
	return v, nil
}

// firstSince is the number of the first moment at a time or after it.
func (r *replay) firstSince(begin time.Time) int {
	first, _ := slices.BinarySearchFunc(r.moments, begin, func(m moment, at time.Time) int { return m.at.Compare(at) })
	return first
}

// between gives the moments from a time to another, both included.
func (r *replay) between(begin, end time.Time) (first, after int) {
	first = r.firstSince(begin)
	after = first
	for after < len(r.moments) && !r.moments[after].at.After(end) {
		after++
	}
	return first, after
}

// raise adds an alert for each match in the lookback of a run. Without a run it is the first run that sees the match.
func (r *correlationReplay) raise(v *correlate.Evaluation, run *time.Time, alerts *raisedAlerts) error {
	next := (&replay{Schedule: r.Schedule}).next
	delay := r.of.IR.Delay()
	for found := range v.Completions(r.of) {
		known := found.At.Add(delay)
		at := next(known)
		if run != nil {
			at = *run
		}
		if known.After(at) || known.Before(at.Add(-r.Lookback)) {
			continue
		}
		if run == nil {
			like, err := r.likenessOf(found)
			if err != nil {
				return err
			}
			alerts.addCompletion(r.Engine, found, like, at)
			continue
		}
		reached := reachedMatch{found.Position(), found.GroupKey()}
		if r.reached[reached] {
			continue
		}
		r.reached[reached] = true
		result, err := r.correlationResult(found)
		if err != nil {
			return err
		}
		alerts.addResult(result, found.At, at)
	}
	return nil
}

// likenessOf says which alerts suppress each other. It is empty if the correlation suppresses none.
func (r *correlationReplay) likenessOf(found correlate.Completion) (like likeness, err error) {
	if r.of.IR.Source.Body.Suppress == nil {
		return like, nil
	}
	result, err := r.correlationResult(found)
	if err != nil {
		return like, err
	}
	return result.like, nil
}
