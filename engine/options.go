package engine

import (
	"time"

	"decree/engine/rarity"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Options steer an engine.
type Options struct {
	Model        *schema.Model     // how events name their fields; nil is "sigma"
	Reputation   rarity.Reputation // nil: only what events carry
	Now          time.Time         // end of each rule's lookback; zero: the whole input is one window
	MaxProcesses int               // processes kept for ancestry; 0 is 200,000
	// events kept until the end for rules that need it, and matches for correlations; 0 is 1,000,000
	MaxPending int
	// bytes of what waits for the end, about: events, processes and populations; 0 is 1 GiB
	MaxMemory int
	// is given results as they are found, in place of Finish: those that wait for the end of the input come last
	OnResult     func(Result)
	Correlations []*ir.Correlation // over matches of the rules, after those that they read; their results come last
	// rules and correlations that are only read by correlations: they have no results of their own
	Silent   map[*rules.Rule]bool
	Observe  bool // Progress tells how near correlations came
	Measure  bool // Profile tells where the time went
	Evidence bool // results tell what held of the condition, and where the event was logged

	exhaustive bool                     // try every rule on every event of its log source
	raises     bool                     // a backtest keeps alerts beside events
	explains   bool                     // remember what suppresses each match
	copies     map[*ir.Rule]*ir.Rule    // copy that a correlation reads -> the rule that it copies
	inner      map[*ir.Correlation]bool // copies of correlations that such a correlation reads
	// of MaxMemory: the shares of processes and populations, if no rule asks for them
	unused int
}

// withDefaults puts the default for every bound that is not set.
func (o Options) withDefaults() Options {
	if o.MaxProcesses <= 0 {
		o.MaxProcesses = 200_000
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = 1 << 30
	}
	if o.MaxPending <= 0 {
		o.MaxPending = 1_000_000
	}
	return o
}

// The shares of MaxMemory follow.

// eventMemory is for events that wait for the end of the input.
func (o Options) eventMemory() int {
	if o.raises {
		return o.MaxMemory/2 - o.alertMemory()
	}
	return o.MaxMemory/2 - o.MaxMemory/16
}

// alertMemory is for the alerts of a backtest.
func (o Options) alertMemory() int { return o.MaxMemory / 8 }

// processMemory is for the process tree.
func (o Options) processMemory() int { return o.MaxMemory / 4 }

// matchMemory is for matches that correlations and joins read. As much is for the events of these.
func (o Options) matchMemory() int { return o.MaxMemory/16 + o.unused/4 }

// suppressibleMemory is for matches that may be suppressed.
func (o Options) suppressibleMemory() int { return o.MaxMemory/16 + o.unused/2 }

// rarityMemory is for one of several populations.
func (o Options) rarityMemory(populations int) int {
	return o.MaxMemory / 8 / max(1, populations)
}
