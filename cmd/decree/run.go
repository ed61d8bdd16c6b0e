package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/backtest"
	"decree/cmd/decree/internal/engines"
	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/input"
	"decree/cmd/decree/internal/interrupt"
	"decree/cmd/decree/internal/memory"
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
tables, syslog, auditd, CEF, LEEF and name=value, in UTF-8 or UTF-16, plain, .gz
or .zst. It opens the envelopes of exports, as {"Records": [...]}. A zip archive
is read like a folder.
A line that is not an event is counted, shown with its number, and kept with
--rejects. It never stops a run. In a folder, files that are not logs are
skipped and counted. Other archives are not opened: it warns of them.

Each match shows its evidence: what held of the rule's condition, with the
values of the event. --format timeline writes CSV as DFIR tools read it, and
--html a report for a browser. --from, --to, --fields, --sort and --summary
choose what is shown.

Matches are shown as they are found, and memory does not grow with the input.
Rules on ancestors or rarity, those that suppress matches, and correlations wait
for the end of the input, within --max-memory, --max-pending and
--max-processes.

The exit code is 2 if an input could not be read, if most lines of it are not
events, if no input holds an event, or if a file's events are of no known data
model, or not of that of --model. It is
1 if rules did not see all events or their fields, if a rule finds nothing since
the data model cannot answer its tests, if a file has events of several products
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
			if err := p.check(cmd); err != nil {
				return err
			}
			return runRules(s, p)
		},
	}
	p.AddTo(cmd)
	p.selection.AddTo(cmd)
	f := cmd.Flags()
	f.StringSliceVarP(&p.selection.Paths, "rules", "r", nil, "rule `PATHS`, files, folders or names of rules (default: those of the project)")
	p.selection.CompleteRules(cmd)
	f.StringVar(&p.rejects, "rejects", "", "write lines that are not events to this `FILE`, as NDJSON; it must not exist, except with --force")
	f.BoolVar(&p.failOnMatch, "fail-on-match", false, "exit with 1 if a rule matched")
	f.BoolVar(&p.stats, "stats", false, "show how fast the run was, and which rules cost and matched the most")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "show no progress bar")
	f.BoolVar(&p.force, "force", false, "overwrite the files of --out, --html and --rejects")
	p.addLimits(f)
	p.backtest.AddTo(cmd)
	p.shown.AddTo(cmd)
	return cmd
}

// ruleRun is one run of rules on event files.
type ruleRun struct {
	s       *stdio.Streams
	p       runParams
	set     *ruleset.Set
	opt     engine.Options
	in      *input.Reader
	engines *engines.Set
	to      matchOutput
	times   runTimes
	blind   bool // a rule finds nothing, since a data model cannot answer its tests

	interrupted <-chan struct{}
	gate        interrupt.Gate // of the goroutine that reads and judges
}

// runTimes are when parts of a run began, and what ends them.
type runTimes struct {
	began, loaded time.Time // loaded is when the engines were there
	loadingDone   func()
	finishing     func()
}

func runRules(s *stdio.Streams, p runParams) (err error) {
	r := &ruleRun{s: s, p: p, times: runTimes{began: time.Now(), loadingDone: memory.Loading()}}
	if err := r.loadRules(); err != nil {
		return err
	}
	interrupted, uninterrupted := interrupt.First()
	defer uninterrupted()
	r.interrupted = interrupted
	r.in = input.New(s, input.Options{Stop: interrupted, Matches: func() int { return r.to.matches }, Files: p.events, Rejects: p.rejects, Force: p.force,
		MaxLine: p.maxLine, Workers: p.workers, Quiet: p.quiet})
	defer func() { err = errors.Join(err, r.to.discard()) }()
	if err := r.openOutput(); err != nil {
		return err
	}
	files := event.Expand(p.events)
	if len(files.Paths) == 0 {
		return errors.Join(files.Errs...)
	}
	if err := r.overwritesNone(files.Paths); err != nil {
		return err
	}
	if err := r.read(files); err != nil {
		return err
	}
	stats, fails, err := r.judge()
	if err != nil {
		return err
	}
	return r.report(stats, fails)
}

// loadRules reads the project and the rules, and says how the engine is to run them.
func (r *ruleRun) loadRules() error {
	ours, err := project.Open(r.s)
	if err != nil {
		return err
	}
	p := &r.p
	p.selection.OnlyRun, p.selection.ModelFile = true, p.ModelFile
	r.set, err = ruleset.Load(r.s, ours, p.selection)
	if errors.Is(err, ruleset.ErrNoRules) {
		if at := slices.IndexFunc(p.events, source.IsYAML); at >= 0 {
			return fmt.Errorf("no rules: put --rules before %s if it holds rules; the other arguments are events", p.events[at])
		}
		return errors.New("no rules: name rule files or folders with --rules, or add --library\ndecree init makes a project")
	}
	if err != nil {
		return err
	}
	if len(r.set.Found) > 0 {
		r.set.Show(r.s, r.set.Found)
	}
	warnings.OnlyWritten(r.s, r.set)
	if r.opt, err = p.Options(ours); err != nil {
		return err
	}
	r.opt.MaxProcesses, r.opt.MaxPending = p.maxProcesses, p.maxPending
	r.opt.MaxMemory, r.opt.Measure, r.opt.Evidence = p.shown.Memory(int(p.maxMemory)), p.stats, true
	r.opt.Correlations, r.opt.Silent = r.set.LoweredCorrelations(), r.set.OnlyRead()
	return nil
}

// overwritesNone refuses to write into a file that the run reads.
func (r *ruleRun) overwritesNone(events []string) error {
	p := &r.p
	reads := slices.Concat(events, r.set.OnDisk(), []string{p.ModelFile, p.Reputation, p.backtest.Baseline})
	return cmp.Or(input.NotAmong("rejects", p.rejects, reads), input.NotAmong("out", p.shown.Out, reads), input.NotAmong("html", p.shown.HTML, reads))
}

// read gives all events to the engines of their data models.
func (r *ruleRun) read(files event.Files) error {
	given, choice, err := r.p.Models(r.set.Project)
	if err != nil {
		return err
	}
	var unread error
	ended := r.gate.Until(r.interrupted, graceOfReading, func() {
		unread = r.in.ReadAll(files, choice.Signs(), func(names []string) (*engines.Set, error) {
			models, err := choice.LoadAll(given, names)
			if err != nil {
				return nil, err
			}
			return r.buildEngines(models), nil
		})
	})
	switch {
	case !ended:
		return r.stopped("while it waited for input: what was read last is not judged, and rules that need all events report nothing", !r.p.backtest.On)
	case errors.Is(unread, event.ErrStopped):
		r.in.ClearBar()
		when := fmt.Sprintf("after %s: those behind them are not judged, and rules that need all events report nothing", plural.Count(r.in.Judged, "line"))
		return r.stopped(when, !r.p.backtest.On)
	}
	return unread
}

// buildEngines makes an engine for each data model, and warns of what they do not run or ask.
func (r *ruleRun) buildEngines(models []*schema.Model) *engines.Set {
	lowered := r.set.Lowered()
	r.engines = engines.New(lowered, models, r.opt, r.p.backtest.On)
	warnings.NotRun(r.s, r.set, r.engines.Found, r.engines.Names())
	warnings.NotAsked(r.s, r.engines.NotAsked())
	for _, m := range models {
		r.blind = warnings.Unanswered(r.s, m, lowered) || r.blind
	}
	r.times.loadingDone()
	r.times.finishing = memory.Limit(r.p.maxMemory)
	r.times.loaded = time.Now()
	return r.engines
}

// judge asks the rules that need all events, or replays the events on the rules' schedules, and ends the output. fails
// is what a backtest says.
func (r *ruleRun) judge() (stats engine.Stats, fails bool, err error) {
	r.times.finishing()
	if r.p.backtest.On {
		r.to.matches, fails, stats, err = backtest.Run(r.to.stream.Streams, r.engines, r.p.backtest, r.p.shown.Format, r.interrupted)
		if errors.Is(err, exit.ErrInterrupted) {
			return stats, fails, r.stopped(whileJudged, true)
		}
	} else {
		var finished engine.Stats // not stats: the task may go on when it is given up
		var failed error
		if !r.gate.Until(r.interrupted, 0, func() { finished, failed = r.engines.Finish() }) {
			return stats, fails, r.stopped(whileJudged, true)
		}
		if stats, err = finished, failed; err == nil {
			err = r.to.alerts.Close(stats.Suspended, r.engines.WithoutReputation())
		}
	}
	if err == nil {
		err = r.to.stream.Commit()
	}
	return stats, fails, err
}

// report says what was read, what matched and what the run did not see, and gives the exit code.
func (r *ruleRun) report(stats engine.Stats, fails bool) error {
	r.say(stats)
	if r.p.stats {
		if err := profile.Print(r.s, r.engines.Profile(), stats, r.times.loaded.Sub(r.times.began), time.Since(r.times.loaded)); err != nil {
			return err
		}
	}
	if r.in.Unreadable || (stats.AllForeign() && !r.in.Recognised) {
		return exit.ErrUnreadable
	}
	return exit.AfterFailure(r.isIncomplete(stats) || fails || r.p.failOnMatch && r.to.matches > 0, append(r.set.Found, r.engines.Found...))
}

// say writes the counts of a run and its warnings.
func (r *ruleRun) say(stats engine.Stats) {
	s, in, es := r.s, r.in, r.engines
	in.ShowSkipped()
	if r.to.alerts != nil {
		r.to.alerts.ShowOutside(s)
	}
	fmt.Fprintf(s.Err, "%s read, %s, %d rejected, %s\n", plural.Count(in.Lines, "line"), plural.Count(in.Lines-in.Rejected, "event"), in.Rejected,
		plural.Count(r.to.matches, "match"))
	r.warnOfUnasked()
	if r.to.windows {
		warnings.Unchecked(s)
	}
	if stats.Suppressed > 0 {
		fmt.Fprintf(s.Err, "%s suppressed by the rules: each is like an alert before it\n", plural.Count(stats.Suppressed, "match"))
	}
	warnings.Misnamed(s, es.Misnamed())
	warnings.NoReputation(s, es.WithoutReputation())
	warnings.UntoldReputation(s, es.UntoldReputation())
	warnings.Uncountable(s, es.Uncountable())
	warnings.Unseen(s, stats, warnings.Limits{Processes: r.p.maxProcesses, Pending: r.p.maxPending, Memory: &r.p.maxMemory})
}

// isIncomplete tells whether rules may have matches that the run did not find.
func (r *ruleRun) isIncomplete(stats engine.Stats) bool {
	in, es := r.in, r.engines
	unseen := stats.Unseen()
	if r.to.alerts != nil {
		unseen += r.to.alerts.Undated()
	}
	unasked := len(r.set.Rules) == 0 && r.set.Failed == 0 // on purpose: no rule changed since the revision of --since
	return r.blind || unseen > 0 || len(es.Misnamed())+len(es.Uncountable()) > 0 || es.Split() || len(stats.Suspended) > 0 ||
		stats.AllForeign() && !unasked || in.Misread || len(in.Packed()) > 0
}

// warnOfUnasked says that no rule was asked, or of which data models the events are not those that rules ask for.
func (r *ruleRun) warnOfUnasked() {
	if len(r.set.Rules) == 0 {
		if r.set.Failed > 0 {
			fmt.Fprintln(r.s.Err, "no rule was asked: each has an error")
		}
		return
	}
	for _, e := range r.engines.All {
		if e.Stats.AllForeign() || e.Stats.Events > 0 && r.to.matches == 0 {
			warnings.Model(r.s, e.Model, r.set.Lowered(), e.Stats, r.in.Recognised)
		}
	}
}

// graceOfReading is how long an interrupted run waits for its input, which may be a pipe to which nobody writes.
const graceOfReading = 2 * time.Second

// whileJudged is when rules that wait for the end of the input are asked.
const whileJudged = "at the end of the input: rules that need all events may lack matches"

// stopped ends the output of a run that was interrupted, and says that it is not whole.
func (r *ruleRun) stopped(when string, hasOutput bool) error {
	if err := r.to.interrupted(hasOutput); err != nil {
		return err
	}
	fmt.Fprintln(r.s.Err, table.Words("interrupted "+when, r.s.ProseColumns(), 2))
	return exit.ErrInterrupted
}
