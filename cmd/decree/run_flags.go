package main

import (
	"cmp"
	"runtime"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"decree/cmd/decree/internal/alerts"
	"decree/cmd/decree/internal/backtest"
	"decree/cmd/decree/internal/evaluation"
	"decree/cmd/decree/internal/memory"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/usage"
)

type runParams struct {
	evaluation.Flags
	selection    ruleset.Selection
	events       []string
	rejects      string
	shown        alerts.Flags
	backtest     backtest.Flags
	maxLine      int
	maxProcesses int
	maxPending   int
	maxMemory    memory.Size
	workers      int
	failOnMatch  bool
	quiet        bool
	force        bool
	stats        bool
}

// addLimits adds the flags that bound how much of the machine a run takes.
func (p *runParams) addLimits(f *pflag.FlagSet) {
	f.IntVar(&p.maxLine, "max-line", 16<<20, "longest line in `BYTES`; a longer line is rejected")
	f.IntVar(&p.maxProcesses, "max-processes", 200_000, "number `N` of processes kept for ancestors; the oldest are dropped first, and the run says how many")
	f.IntVar(&p.maxPending, "max-pending", 1_000_000, "number `N` of events kept to the end for rules on ancestors or rarity, and of matches kept for correlations; more are dropped, and the run says how many")
	f.Var(&p.maxMemory, "max-memory", "memory `SIZE` for what waits for the end; what does not fit is dropped, and the run says how much")
	f.IntVar(&p.workers, "workers", runtime.NumCPU(), "number `N` of cores; the result is the same with any number")
}

// check refuses values of flags that are out of bounds, and flags that do not go together.
func (p *runParams) check(cmd *cobra.Command) error {
	err := usage.InBounds(cmd, usage.Bound{Flag: "max-line", Value: float64(p.maxLine), Least: 1}, usage.Bound{Flag: "max-processes", Value: float64(p.maxProcesses)},
		usage.Bound{Flag: "max-pending", Value: float64(p.maxPending)}, usage.Bound{Flag: "workers", Value: float64(p.workers), Least: 1})
	if err != nil {
		return err
	}
	return cmp.Or(p.backtest.Check(cmd, p.Now), p.shown.Check(), p.shown.CheckBacktest(p.backtest.On))
}
