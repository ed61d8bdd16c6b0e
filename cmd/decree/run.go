package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/memory"
	"decree/cmd/decree/internal/progress"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/diag"
)

type runParams struct {
	evaluation
	events              []string
	rules               []string
	rejects             string
	format              string
	maxLine             int
	maxPending, workers int
	maxProc             int
	maxMemory           memory.Size
	failOnMatch         bool
	quiet, force        bool
	summary             bool
	stats               bool
	backtest            backtestParams
}

func newRun(s *stdio.Streams) *cobra.Command {
	p := runParams{maxMemory: memory.Default}
	cmd := &cobra.Command{
		Use:   "run EVENTS...",
		Short: "Run rules on event files and show what matched",
		Long: "Run rules (--rules; default: the shipped library) on files, folders or globs of events, or - for\n" +
			"standard input. Reads EVTX, Windows XML, NDJSON, JSON arrays and CSV, plain, .gz or .zst, UTF-8 or UTF-16. A\n" +
			"line that is no event is counted, reported with its number and kept with --rejects; it never stops a run.\n" +
			"Events in the envelopes of exports ({\"Records\": [...]}) are found, and all converters' forms of Windows' events are read\n" +
			"alike. What of the input was not read, or is of another product, is said and decides the exit code: 2 and 1. Of\n" +
			"a folder, files that are no logs are passed over and counted.\n" +
			"Matches are shown as they are found and the memory needed does not grow with the input, but for rules on\n" +
			"ancestors or rarity: what they may match waits for the end, within --max-memory, --max-pending and\n" +
			"--max-processes.",
		Example: "  decree run --model mde export.ndjson.gz\n  decree run --rules my_rules/ --model windows --summary logs/*.evtx\n  decree run --rules my_rules/ --model windows --format json logs/\n  zcat events.gz | decree run --reputation known_hashes.csv -\n  decree run --model mde --backtest --every 1h --lookback 2h month.ndjson.gz\n  decree run --backtest --baseline good.json --max-new 2 known_good.ndjson",
		Args:    usage.Arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.events = args
			err := usage.InBounds(cmd, usage.Bound{Flag: "max-line", Value: float64(p.maxLine), Least: 1}, usage.Bound{Flag: "max-processes", Value: float64(p.maxProc)},
				usage.Bound{Flag: "max-pending", Value: float64(p.maxPending)}, usage.Bound{Flag: "workers", Value: float64(p.workers), Least: 1})
			if err == nil {
				err = p.backtest.check(cmd, p.now)
			}
			if err != nil {
				return err
			}
			return runRules(s, p)
		},
	}
	p.addTo(cmd)
	f := cmd.Flags()
	f.StringSliceVarP(&p.rules, "rules", "r", nil, "rule files or folders (default: the shipped library)")
	f.StringVar(&p.rejects, "rejects", "", "write lines that are no events to this file, as NDJSON")
	f.IntVar(&p.maxLine, "max-line", 16<<20, "longest line read, in bytes; a longer one is rejected")
	f.IntVar(&p.maxProc, "max-processes", 200_000, "processes kept for ancestry; the oldest go first, and the run says how many went")
	f.BoolVar(&p.failOnMatch, "fail-on-match", false, "exit with 1 when a rule matched")
	f.IntVar(&p.maxPending, "max-pending", 1_000_000, "events kept to the end for rules on ancestors or rarity; further ones are dropped, and the run says how many; as many matches are kept for correlations")
	f.Var(&p.maxMemory, "max-memory", "memory for what waits for the end (events, processes, who saw what is rare); what does not fit is dropped, and the run says how much")
	f.IntVar(&p.workers, "workers", runtime.NumCPU(), "events are evaluated on so many cores; the result is the same with any number")
	f.BoolVar(&p.summary, "summary", false, "show a table of rules with the number of their matches, not each match")
	f.BoolVar(&p.stats, "stats", false, "say how fast the run was, and which rules cost and matched the most")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "no progress bar")
	usage.AddForce(cmd, &p.force, "with --rejects")
	p.backtest.addTo(cmd)
	usage.AddFormat(cmd, &p.format, "text", "json")
	return cmd
}

func runRules(s *stdio.Streams, p runParams) error {
	began := time.Now()
	loadingDone := memory.Loading()
	set, err := ruleset.Load(s, p.rules, p.filters)
	if err != nil {
		return err
	}
	if len(set.Found) > 0 {
		set.Show(s, set.Found)
	}
	opt, err := p.options()
	if err != nil {
		return err
	}
	opt.MaxProcesses, opt.MaxPending, opt.Backtest = p.maxProc, p.maxPending, p.backtest.on
	opt.MaxMemory, opt.Measure = int(p.maxMemory), p.stats
	opt.Correlations = set.LoweredCorrelations()
	out, err := newSink(s, p)
	if err != nil {
		return err
	}
	input := &intake{params: p, streams: s, bar: progress.Bar(s, "events", -1, p.quiet)}
	matches := 0
	if !p.backtest.on {
		opt.OnResult = func(r engine.Result) {
			matches++
			input.clearBar()
			out.add(r)
		}
	}
	e, found := engine.New(set.Lowered(), opt)
	showNotRun(s, set, found, opt.Model.Name)
	showNotAsked(s, e.NotAsked())
	files := event.Expand(p.events)
	if len(files.Paths) == 0 {
		return errors.Join(files.Errs...)
	}
	if err := notAmong(p.rejects, slices.Concat(files.Paths, set.OnDisk(), []string{p.modelFile, p.reputation, p.backtest.baseline})); err != nil {
		return err
	}
	loadingDone()
	memory.Limit(p.maxMemory)
	loaded := time.Now()
	input.engine = e
	if err := input.readAll(files); err != nil {
		return err
	}
	memory.Finishing()
	var noisier bool
	var stats engine.Stats
	if p.backtest.on {
		matches, noisier, stats, err = runBacktest(s, e, p.backtest, p.format)
	} else if _, stats, err = e.Finish(); err == nil {
		if table, ok := out.(*summary); ok {
			table.warn(e.WithoutReputation())
		}
		err = out.close(stats.Suspended)
	}
	if err != nil {
		return err
	}
	input.showPassed()
	fmt.Fprintf(s.Err, "%d lines read, %d events, %d rejected, %d matches\n", input.lines, input.lines-input.rejected, input.rejected, matches)
	foreign := stats.Events > 0 && stats.Foreign == stats.Events
	if foreign || (matches == 0 && stats.Events > 0) {
		p.doubtModel(s, opt.Model.Name, stats)
	}
	for _, r := range e.WithoutReputation() {
		fmt.Fprintf(s.Err, "warning: rule %q %s\n", diag.Visible(r.Source.Title), withoutReputation)
	}
	for _, w := range []struct {
		count int
		text  string
	}{
		{stats.Evicted, fmt.Sprintf("processes were dropped at --max-processes %d or --max-memory %s; ancestors may be missing", p.maxProc, &p.maxMemory)},
		{stats.Dropped, fmt.Sprintf("events were dropped at --max-pending %d or --max-memory %s; rules on ancestors or rarity did not see them", p.maxPending, &p.maxMemory)},
		{stats.Uncounted, fmt.Sprintf("events were not counted at --max-memory %s; rare values may be missing, or seem rarer than they are", &p.maxMemory)},
		{stats.Uncorrelated, fmt.Sprintf("matches were dropped at --max-pending %d or --max-memory %s; correlations did not see them", p.maxPending, &p.maxMemory)},
		{stats.Textless, fmt.Sprintf("matches of correlations show no more than their group: their events had no room at --max-memory %s", &p.maxMemory)},
		{stats.Undated, "events have no time that can be read; rules with a lookback did not see them"},
		{stats.Timeless, "matches have no time that can be read; correlations did not see them"},
	} {
		if w.count > 0 {
			fmt.Fprintf(s.Err, "warning: %d %s\n", w.count, w.text)
		}
	}
	if stats.Guessed != "" {
		fmt.Fprintf(s.Err, "warning: %s; of times that can be read in two ways the month comes first\n", diag.Visible(stats.Guessed))
	}
	for _, suspended := range stats.Suspended {
		fmt.Fprintf(s.Err, "error: %s\n", diag.Visible(suspended.Describe()))
	}
	if p.stats {
		if err := printStats(s, e.Profile(), stats, loaded.Sub(began), time.Since(loaded)); err != nil {
			return err
		}
	}
	if input.unreadable {
		return exit.ErrUnreadable
	}
	unseen := stats.Evicted + stats.Dropped + stats.Uncounted + stats.Uncorrelated + stats.Undated + stats.Timeless
	return exit.After(append(set.Found, found...), unseen > 0 || noisier || foreign || input.unfit || len(stats.Suspended) > 0 || (p.failOnMatch && matches > 0))
}
