package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/alerts"
	"decree/cmd/decree/internal/backtest"
	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/evaluation"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/htmlreport"
	"decree/cmd/decree/internal/input"
	"decree/cmd/decree/internal/interrupt"
	"decree/cmd/decree/internal/memory"
	"decree/cmd/decree/internal/output"
	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/profile"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/table"
	"decree/cmd/decree/internal/usage"
	"decree/cmd/decree/internal/warnings"
	"decree/engine"
	"decree/engine/event"
	"decree/rules/schema"
	"decree/rules/source"
)

type runParams struct {
	evaluation.Flags
	selection           ruleset.Selection
	events              []string
	rejects             string
	shown               alerts.Flags
	maxLine             int
	maxPending, workers int
	maxProc             int
	maxMemory           memory.Size
	failOnMatch         bool
	quiet, force        bool
	stats               bool
	backtest            backtest.Flags
}

func newRun(s *stdio.Streams) *cobra.Command {
	p := runParams{maxMemory: memory.Default}
	cmd := &cobra.Command{
		Use:     "run EVENTS...",
		Aliases: []string{"scan", "hunt"},
		Short:   "Run rules on event files and show what matched",
		Long: `Run rules on event files and show each match. EVENTS are files, folders, globs,
or - for standard input.

Use it to try a rule on recorded events, to hunt in exports, or with --backtest
to count the alerts that rules would have raised.

The content of each file decides which product its events come from, and so
which rules they are asked of. decree names the data model of each file. Files
of several products may be mixed: ancestors, rarity and correlations stay within
one data model. --model says which model all files have.

decree reads EVTX, Windows XML, NDJSON, JSON arrays, CSV, W3C logs (IIS), Zeek's
tables, syslog, auditd, CEF and name=value, in UTF-8 or UTF-16, plain, .gz or
.zst. It opens the envelopes of exports, as {"Records": [...]}.
A line that is not an event is counted, shown with its number, and kept with
--rejects. It never stops a run. In a folder, files that are not logs are
skipped and counted.

Each match shows its evidence: what held of the rule's condition, with the
values of the event. --format timeline writes CSV as DFIR tools read it, and
--html a report for a browser. --from, --to, --fields, --sort and --summary
choose what is shown.

Matches are shown as they are found, and memory does not grow with the input.
Rules on ancestors or rarity, those that suppress matches, and correlations wait
for the end of the input, within --max-memory, --max-pending and
--max-processes.

The exit code is 2 if an input could not be read, if no input holds an event, or
if a file's events are of no known data model, or not of that of --model. It is
1 if rules did not see all events, if a file has events of several products
(all are read as of one) or events with only a message text, and with
--fail-on-match if a rule matched.`,
		Example: `  decree run -r tests/examples/rules tests/examples/events/processes.ndjson
  decree run --library --summary tests/stories/testdata/sysmon.ndjson.gz
  decree run --library --format timeline tests/stories/testdata/sysmon.ndjson.gz
  decree run --library -m mde --backtest \
    tests/stories/testdata/defender.ndjson.gz`,
		Args: usage.Arguments(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.events = args
			err := usage.InBounds(cmd, usage.Bound{Flag: "max-line", Value: float64(p.maxLine), Least: 1}, usage.Bound{Flag: "max-processes", Value: float64(p.maxProc)},
				usage.Bound{Flag: "max-pending", Value: float64(p.maxPending)}, usage.Bound{Flag: "workers", Value: float64(p.workers), Least: 1})
			if err == nil {
				err = cmp.Or(p.backtest.Check(cmd, p.Now), p.shown.Check(), p.shown.CheckBacktest(p.backtest.On))
			}
			if err != nil {
				return err
			}
			return runRules(s, p)
		},
	}
	p.AddTo(cmd)
	p.selection.AddTo(cmd)
	f := cmd.Flags()
	f.StringSliceVarP(&p.selection.Paths, "rules", "r", nil, "rule `PATHS`, files or folders (default: those of the project)")
	f.StringVar(&p.rejects, "rejects", "", "write lines that are not events to this `FILE`, as NDJSON")
	f.IntVar(&p.maxLine, "max-line", 16<<20, "longest line in `BYTES`; a longer line is rejected")
	f.IntVar(&p.maxProc, "max-processes", 200_000, "number `N` of processes kept for ancestors; the oldest are dropped first, and the run says how many")
	f.BoolVar(&p.failOnMatch, "fail-on-match", false, "exit with 1 if a rule matched")
	f.IntVar(&p.maxPending, "max-pending", 1_000_000, "number `N` of events kept to the end for rules on ancestors or rarity, and of matches kept for correlations; more are dropped, and the run says how many")
	f.Var(&p.maxMemory, "max-memory", "memory `SIZE` for what waits for the end; what does not fit is dropped, and the run says how much")
	f.IntVar(&p.workers, "workers", runtime.NumCPU(), "number `N` of cores; the result is the same with any number")
	f.BoolVar(&p.stats, "stats", false, "show how fast the run was, and which rules cost and matched the most")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "show no progress bar")
	f.BoolVar(&p.force, "force", false, "overwrite the files of --out and --html, and a write-protected one of --rejects")
	p.backtest.AddTo(cmd)
	p.shown.AddTo(cmd)
	return cmd
}

func runRules(s *stdio.Streams, p runParams) (err error) {
	began := time.Now()
	loadingDone := memory.Loading()
	ours, err := project.Open(s)
	if err != nil {
		return err
	}
	p.selection.OnlyRun = true
	set, err := ruleset.Load(s, ours, p.selection)
	if errors.Is(err, ruleset.ErrNoRules) {
		if at := slices.IndexFunc(p.events, source.IsYAML); at >= 0 {
			return fmt.Errorf("no rules: put --rules before %s if it holds rules; the other arguments are events", p.events[at])
		}
		return errors.New("no rules: name rule files or folders with --rules, or add --library\ndecree init makes a project")
	}
	if err != nil {
		return err
	}
	if len(set.Found) > 0 {
		set.Show(s, set.Found)
	}
	warnings.OnlyWritten(s, set)
	opt, err := p.Options(ours)
	if err != nil {
		return err
	}
	opt.MaxProcesses, opt.MaxPending = p.maxProc, p.maxPending
	opt.MaxMemory, opt.Measure, opt.Evidence = p.shown.Memory(int(p.maxMemory)), p.stats, true
	opt.Correlations, opt.Silent = set.LoweredCorrelations(), set.OnlyRead()
	matches, windows := 0, false
	interrupted, uninterrupted := interrupt.First()
	defer uninterrupted()
	in := input.New(s, input.Options{Stop: interrupted, Matches: func() int { return matches }, Files: p.events, Rejects: p.rejects, Force: p.force, MaxLine: p.maxLine, Workers: p.workers, Quiet: p.quiet})
	if err := output.Distinct(map[string]string{"out": p.shown.Out, "html": p.shown.HTML, "rejects": p.rejects}); err != nil {
		return err
	}
	to, err := output.Redirect(s, p.shown.Out, p.force)
	if err != nil {
		return err
	}
	defer func(to *output.Stream) { err = errors.Join(err, to.Discard()) }(to)
	var out *alerts.Output
	var page *htmlreport.Report
	var gate interrupt.Gate
	if !p.backtest.On {
		var others []alerts.Sink
		if p.shown.HTML != "" {
			if page, err = htmlreport.Create(p.shown.HTML, p.force); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, page.Discard()) }()
			others = append(others, page)
		}
		if out, err = alerts.NewOutput(to.Streams, p.shown, cmp.Or(opt.Now, began), int(p.maxMemory)/2, others...); err != nil {
			return err
		}
		opt.OnResult = func(r engine.Result) {
			gate.Pass(func() {
				windows = windows || (p.Model == schema.Plain && r.Event != nil && warnings.LooksLikeWindows(r.Event.Raw))
				if p.shown.AtOnce() {
					in.ClearBar()
				}
				out.Add(r)
				matches = out.Shown
			})
		}
	}
	files := event.Expand(p.events)
	if len(files.Paths) == 0 {
		return errors.Join(files.Errs...)
	}
	reads := slices.Concat(files.Paths, set.OnDisk(), []string{p.ModelFile, p.Reputation, p.backtest.Baseline})
	if err := cmp.Or(input.NotAmong("rejects", p.rejects, reads), input.NotAmong("out", p.shown.Out, reads), input.NotAmong("html", p.shown.HTML, reads)); err != nil {
		return err
	}
	given, choice, err := p.Models(ours)
	if err != nil {
		return err
	}
	var es *engines.Set
	var loaded time.Time
	var finishing func()
	load := func(names []string) (*engines.Set, error) {
		models, err := choice.LoadAll(given, names)
		if err != nil {
			return nil, err
		}
		es = engines.New(set.Lowered(), models, opt, p.backtest.On)
		warnings.NotRun(s, set, es.Found, es.Names())
		warnings.NotAsked(s, es.NotAsked())
		for _, m := range models {
			warnings.MissingFields(s, m, set.Lowered())
		}
		loadingDone()
		finishing = memory.Limit(p.maxMemory)
		loaded = time.Now()
		return es, nil
	}
	var unread error
	ended := gate.Until(interrupted, graceOfReading, func() { unread = in.ReadAll(files, choice.Signs(), load) })
	if p.backtest.On && (!ended || errors.Is(unread, event.ErrStopped)) {
		to = nil // nothing is replayed that could be shown
	}
	if !ended {
		return stopped(s, out, page, to, "while it waited for input: what was read last is not judged, and rules that need all events report nothing")
	}
	if err = unread; errors.Is(err, event.ErrStopped) {
		in.ClearBar()
		return stopped(s, out, page, to, fmt.Sprintf("after %s: those behind them are not judged, and rules that need all events report nothing", plural.Count(in.Judged, "line")))
	}
	if err != nil {
		return err
	}
	finishing()
	var fails bool
	var stats engine.Stats
	if p.backtest.On {
		matches, fails, stats, err = backtest.Run(to.Streams, es, p.backtest, p.shown.Format, interrupted)
	} else {
		var finished engine.Stats
		var failed error
		if !gate.Until(interrupted, 0, func() { finished, failed = es.Finish() }) {
			return stopped(s, out, page, to, whileJudged)
		}
		if stats, err = finished, failed; err == nil {
			err = out.Close(stats.Suspended, es.WithoutReputation())
		}
	}
	if errors.Is(err, exit.ErrInterrupted) {
		return stopped(s, nil, nil, to, whileJudged)
	}
	if err == nil {
		err = to.Commit()
	}
	if err != nil {
		return err
	}
	in.ShowSkipped()
	if out != nil {
		out.ShowOutside(s)
	}
	fmt.Fprintf(s.Err, "%s read, %s, %d rejected, %s\n", plural.Count(in.Lines, "line"), plural.Count(in.Lines-in.Rejected, "event"), in.Rejected, plural.Count(matches, "match"))
	foreign := stats.Events > 0 && stats.Foreign == stats.Events
	for _, e := range es.All {
		if e.Stats.Events > 0 && (matches == 0 || e.Stats.Foreign == e.Stats.Events) {
			warnings.Model(s, e.Model, e.Stats, in.Recognised)
		}
	}
	if windows {
		warnings.Unchecked(s)
	}
	if stats.Suppressed > 0 {
		fmt.Fprintf(s.Err, "%s suppressed by the rules: each is like an alert before it\n", plural.Count(stats.Suppressed, "match"))
	}
	warnings.NoReputation(s, es.WithoutReputation())
	warnings.UntoldReputation(s, es.UntoldReputation())
	warnings.Unseen(s, stats, warnings.Limits{Processes: p.maxProc, Pending: p.maxPending, Memory: &p.maxMemory})
	if p.stats {
		if err := profile.Print(s, es.Profile(), stats, loaded.Sub(began), time.Since(loaded)); err != nil {
			return err
		}
	}
	if in.Unreadable || (foreign && !in.Recognised) {
		return exit.ErrUnreadable
	}
	unseen := stats.Evicted + stats.Dropped + stats.Uncounted + stats.Uncorrelated + stats.Unraised + stats.Undated + stats.Timeless + stats.Unlike + stats.Unsuppressed
	return exit.After(append(set.Found, es.Found...), unseen > 0 || fails || foreign || in.Misread || len(stats.Suspended) > 0 || (p.failOnMatch && matches > 0))
}

// graceOfReading is how long an interrupted run waits for its input, which may be a pipe to which nobody writes.
const graceOfReading = 2 * time.Second

// whileJudged is when rules that wait for the end of the input are asked.
const whileJudged = "at the end of the input: rules that need all events may lack matches"

// stopped ends the output of a run that was interrupted, and its files, so that they can be read, and says that they are not whole.
func stopped(s *stdio.Streams, out *alerts.Output, page *htmlreport.Report, to *output.Stream, when string) error {
	if page != nil {
		page.Interrupted()
	}
	if out != nil {
		if err := out.Close(nil, nil); err != nil {
			return err
		}
	}
	if to != nil {
		if err := to.Commit(); err != nil {
			return err
		}
	}
	output.RemovePending()
	fmt.Fprintln(s.Err, table.Words("interrupted "+when, s.ProseColumns(), 2))
	return exit.ErrInterrupted
}
