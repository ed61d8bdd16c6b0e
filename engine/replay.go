package engine

import (
	"slices"
	"time"

	"decree/rules"
)

// correlationReplay is one correlation's schedule over the matches of its rules.
type correlationReplay struct {
	*Engine
	rules.Schedule
	of      *correlation
	read    []*replayedRule // those whose matches depend on the run
	always  map[*rule][]int32
	times   []time.Time // of all that its rules may match, in order
	reached map[reachedMatch]bool
}

// reachedMatch is a match that some run has raised: of an event in a group.
type reachedMatch struct {
	event int32
	group string
}

// replayedRule is a rule that asks how rare something is, with the position of each of its events among the kept, -1 where it is none.
type replayedRule struct {
	*replay
	sightings [][]sighting
	kept      []int32
}

// replayCorrelations raises the alerts of correlations. Rules that do not ask how rare something is find the same in every run, and
// so do correlations of them: those are evaluated once.
func (e *Engine) replayCorrelations(moments [][]moment, schedule func(*rules.Rule) (rules.Schedule, error)) ([]Alert, error) {
	e.occurrences = newOccurrences(&e.waiting.store)
	for _, r := range e.rules {
		if r.watching && len(r.rare) == 0 {
			replayed := &replay{e: e, rule: r, moments: moments[r.order]}
			if err := replayed.occurrences(); err != nil {
				return nil, err
			}
		}
	}
	once := e.evaluation(e.occurrences.byRule)
	for _, c := range e.correlations {
		once.find(c, nil)
	}
	var alerts []Alert
	for _, c := range e.correlations {
		if c.silent {
			continue
		}
		s, err := schedule(c.rule.ir.Source)
		if err != nil {
			return nil, err
		}
		r := &correlationReplay{Engine: e, Schedule: s, of: c, always: once.byRule, reached: map[reachedMatch]bool{}}
		if !slices.ContainsFunc(c.rules(), func(r *rule) bool { return len(r.rare) > 0 }) {
			err = r.raise(once, nil, &alerts)
		} else if err = r.prepare(moments); err == nil {
			err = r.run(&alerts)
		}
		if err != nil {
			return nil, err
		}
	}
	return alerts, nil
}

// occurrences keeps all matches of the rule for correlations.
func (r *replay) occurrences() error {
	for _, m := range r.moments {
		out, err := r.ask(m, false)
		if err != nil {
			return err
		}
		for _, found := range out.occurrences {
			r.e.keep(found, m.source, m.line, m.order, m.ref)
		}
	}
	return nil
}

// prepare finds what the runs of the correlation read.
func (r *correlationReplay) prepare(moments [][]moment) error {
	for _, below := range r.of.rules() {
		for _, m := range moments[below.order] {
			r.times = append(r.times, m.at)
		}
		if len(below.rare) == 0 {
			continue
		}
		read := &replayedRule{replay: &replay{e: r.Engine, rule: below, moments: moments[below.order]}}
		var err error
		if read.sightings, err = read.replay.sightings(); err != nil {
			return err
		}
		for range read.moments {
			read.kept = append(read.kept, -1)
		}
		r.read = append(r.read, read)
	}
	slices.SortFunc(r.times, time.Time.Compare)
	return nil
}

// run evaluates the correlation in each run that sees something.
func (r *correlationReplay) run(alerts *[]Alert) error {
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

// seen evaluates what the run at a time reads.
func (r *correlationReplay) seen(at time.Time) (*evaluation, error) {
	byRule := map[*rule][]int32{}
	begin := at.Add(-r.Lookback - r.of.ir.Reach())
	for below, kept := range r.always {
		byRule[below] = r.occurrences.between(kept, begin, at)
	}
	for _, read := range r.read {
		first, end := read.between(begin, at)
		read.judge(read.sightings[first:end])
		matches := []int32{}
		for i := first; i < end; i++ {
			out, err := read.ask(read.moments[i], false)
			if err != nil {
				return nil, err
			}
			for _, found := range out.occurrences {
				if read.kept[i] < 0 {
					m := read.moments[i]
					kept, ok := r.keep(found, m.source, m.line, m.order, m.ref)
					if !ok {
						continue
					}
					read.kept[i] = kept
				}
				matches = append(matches, read.kept[i])
			}
		}
		byRule[read.rule] = matches
	}
	v := r.evaluation(byRule)
	for _, c := range r.of.chain() {
		v.find(c, nil)
	}
	return v, nil
}

// between gives those of some matches, in the order of their times, that lie from a time to another, both included.
func (o *occurrences) between(kept []int32, begin, end time.Time) []int32 {
	first, _ := slices.BinarySearchFunc(kept, begin, func(i int32, at time.Time) int { return o.at(i).time().Compare(at) })
	after := first
	for after < len(kept) && !o.at(kept[after]).time().After(end) {
		after++
	}
	return kept[first:after]
}

// between gives the moments from a time to another, both included.
func (r *replay) between(begin, end time.Time) (first, after int) {
	first, _ = slices.BinarySearchFunc(r.moments, begin, func(m moment, at time.Time) int { return m.at.Compare(at) })
	after = first
	for after < len(r.moments) && !r.moments[after].at.After(end) {
		after++
	}
	return first, after
}

// raise adds the alerts of matches in the lookback of the run at a time, or, without one, in that of the first run which sees them.
func (r *correlationReplay) raise(v *evaluation, run *time.Time, alerts *[]Alert) error {
	next := (&replay{Schedule: r.Schedule}).next
	found := v.of[r.of]
	for _, m := range found.matches {
		by := found.completing(m)
		is := v.kept.at(by.occurrence).time()
		at := next(is)
		if run != nil {
			at = *run
		}
		if is.After(at) || is.Before(at.Add(-r.Lookback)) {
			continue
		}
		if run != nil {
			group, _ := v.key(r.of, r.of.ir.GroupBy, by)
			if r.reached[reachedMatch{by.occurrence, group}] {
				continue
			}
			r.reached[reachedMatch{by.occurrence, group}] = true
		}
		result, err := v.result(r.of, m)
		if err != nil {
			return err
		}
		*alerts = append(*alerts, Alert{result, at})
	}
	return nil
}
