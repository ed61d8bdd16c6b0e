package backtest

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/usage"
	"decree/rules"
)

// Flags say how events are replayed, and with which baseline alerts are compared.
type Flags struct {
	On       bool
	Every    time.Duration
	Lookback time.Duration
	Baseline string
	MaxNew   int
}

const (
	defaultEvery    = time.Hour
	defaultLookback = 2 * time.Hour
)

// AddTo adds the flags.
func (p *Flags) AddTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&p.On, "backtest", false, "replay the events on the rules' schedules, and count alerts by rule and day")
	usage.AddDuration(f, &p.Every, "every", "with --backtest: `DURATION` between runs of a rule (default: its schedule, else 1h)")
	usage.AddDuration(f, &p.Lookback, "lookback", "with --backtest: `DURATION` that each run looks back (default: the rule's schedule, else 2h)")
	f.StringVar(&p.Baseline, "baseline", "", "with --backtest: `FILE` that --format json wrote before; exit with 1 for new alerts")
	f.IntVar(&p.MaxNew, "max-new", 0, "with --baseline: accept up to `N` new alerts of each rule")
}

// Check refuses flags that do not go together. now is the value of --now.
func (p *Flags) Check(cmd *cobra.Command, now string) error {
	for _, name := range []string{"every", "lookback", "baseline"} {
		if cmd.Flags().Changed(name) && !p.On {
			return fmt.Errorf("--%s needs --backtest", name)
		}
	}
	err := usage.InBounds(cmd, usage.Bound{Flag: "max-new", Value: float64(p.MaxNew)})
	if err = cmp.Or(err, usage.Positive(cmd, "every", p.Every), usage.Positive(cmd, "lookback", p.Lookback)); err != nil {
		return err
	}
	switch {
	case cmd.Flags().Changed("max-new") && p.Baseline == "":
		return errors.New("--max-new needs --baseline")
	case p.On && now != "":
		return errors.New("choose --now or --backtest: a replay has a time for each run")
	}
	return nil
}

// schedule gives the schedule of a rule. Flags win over the rule's own.
func (p *Flags) schedule(r *rules.Rule) rules.Schedule {
	return rules.Schedule{
		Every:    cmp.Or(p.Every, r.Schedule.Every, defaultEvery),
		Lookback: cmp.Or(p.Lookback, r.Schedule.Lookback, defaultLookback),
	}
}
