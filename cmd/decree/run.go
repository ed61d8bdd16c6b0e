package main

import (
	"errors"
	"fmt"
	"runtime"
	"sort"
	"strings"
	"time"
	"unicode"

	"github.com/google/renameio/v2"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"decree/engine"
	"decree/engine/event"
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
	failOnMatch         bool
	quiet               bool
	summary             bool
	stats               bool
	backtest            backtestParams
}

func newRun(s *streams) *cobra.Command {
	var p runParams
	cmd := &cobra.Command{
		Use:   "run EVENTS...",
		Short: "Run rules on event files and show what matched",
		Long: "Run rules (--rules; default: the shipped library) on files, folders or globs of events, or - for\n" +
			"standard input. Reads EVTX, Windows XML, NDJSON, JSON arrays and CSV, plain, .gz or .zst, UTF-8 or UTF-16. A\n" +
			"line that is no event is counted, reported with its number and kept with --rejects; it never stops a run.",
		Example: "  decree run --model mde export.ndjson.gz\n  decree run --rules my_rules/ --model windows --summary logs/*.evtx\n  decree run --rules my_rules/ --model windows --format json logs/\n  zcat events.gz | decree run --reputation known_hashes.csv -\n  decree run --model mde --backtest --every 1h --lookback 2h month.ndjson.gz\n  decree run --backtest --baseline good.json --max-new 2 known_good.ndjson",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p.events = args
			if err := p.backtest.check(cmd, p.now); err != nil {
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
	f.IntVar(&p.maxPending, "max-pending", 1_000_000, "events kept to the end for rules on ancestors or rarity; further ones are dropped, and the run says how many")
	f.IntVar(&p.workers, "workers", runtime.NumCPU(), "events are evaluated on so many cores; the result is the same with any number")
	f.BoolVar(&p.summary, "summary", false, "show a table of rules with the number of their matches, not each match")
	f.BoolVar(&p.stats, "stats", false, "say how fast the run was, and which rules cost and matched the most")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "no progress bar")
	p.backtest.addTo(cmd)
	addFormat(cmd, &p.format, "text", "json")
	return cmd
}

func runRules(s *streams, p runParams) error {
	began := time.Now()
	set, err := loadFiltered(p.rules, p.filters)
	if err != nil {
		return err
	}
	if len(set.Found) > 0 {
		set.show(s, set.Found)
	}
	opt, err := p.options()
	if err != nil {
		return err
	}
	opt.MaxProcesses, opt.MaxPending, opt.Backtest = p.maxProc, p.maxPending, p.backtest.on
	opt.Measure = p.stats
	e, found := engine.New(set.lowered(), opt)
	showNotRun(s, set, found, opt.Model.Name)
	files, err := event.Expand(p.events)
	if err != nil {
		return err
	}
	loaded := time.Now()
	input := &intake{engine: e, params: p, streams: s}
	if err := input.readAll(files); err != nil {
		return err
	}
	matches, noisier, stats, err := finish(s, e, p)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "%d lines read, %d events, %d rejected, %d matches\n", input.lines, input.lines-input.rejected, input.rejected, matches)
	for _, w := range []struct {
		count int
		text  string
	}{
		{stats.Evicted, fmt.Sprintf("processes were dropped at --max-processes %d; ancestors may be missing", p.maxProc)},
		{stats.Dropped, fmt.Sprintf("events were dropped at --max-pending %d; rules on ancestors or rarity did not see them", p.maxPending)},
		{stats.Timeouts, "matches of a backtracking expression ran out of time and count as none"},
	} {
		if w.count > 0 {
			fmt.Fprintf(s.Err, "warning: %d %s\n", w.count, w.text)
		}
	}
	if p.stats {
		if err := printStats(s, e.Profile(), stats, loaded.Sub(began), time.Since(loaded)); err != nil {
			return err
		}
	}
	if set.Found.HasErrors() || found.HasErrors() || noisier || (p.failOnMatch && matches > 0) {
		return errFindings
	}
	return nil
}

// finish ends the run and shows what it found.
func finish(s *streams, e *engine.Engine, p runParams) (matches int, noisier bool, stats engine.Stats, err error) {
	if p.backtest.on {
		return runBacktest(s, e, p.backtest, p.format)
	}
	results, stats, err := e.Finish()
	if err != nil {
		return 0, false, stats, err
	}
	switch {
	case p.summary:
		err = summarize(s, results, p.format)
	case p.format == "json":
		err = writeJSON(s, jsonAlerts(results))
	default:
		printAlerts(s, results)
	}
	return len(results), false, stats, err
}

// intake feeds files to the engine and accounts for every line.
type intake struct {
	engine          *engine.Engine
	params          runParams
	streams         *streams
	lines, rejected int
	shown           int
	kept            *renameio.PendingFile
	keptErr         error
}

// shownRejects bounds how many bad lines are reported one by one.
const shownRejects = 20

func (in *intake) readAll(files []string) (err error) {
	if in.params.rejects != "" {
		if in.kept, err = renameio.NewPendingFile(in.params.rejects, renameio.WithPermissions(0o644)); err != nil {
			return fmt.Errorf("cannot write --rejects: %w", err)
		}
		defer func() { err = errors.Join(err, in.kept.Cleanup()) }()
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(in.streams.Err), progressbar.OptionSetDescription("events"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(in.streams.ErrTerminal && !in.params.quiet))
	for _, file := range files {
		if err := in.read(file, bar); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if in.kept != nil {
		if err := errors.Join(in.keptErr, in.kept.CloseAtomicallyReplace()); err != nil {
			return fmt.Errorf("cannot write --rejects: %w", err)
		}
	}
	return bar.Finish()
}

func (in *intake) read(file string, bar *progressbar.ProgressBar) (err error) {
	r, err := event.Open(file, event.Options{Stdin: in.streams.In, MaxLine: in.params.maxLine, OnReject: in.reject})
	if err != nil {
		return err
	}
	var barErr error
	err = in.engine.Run(r, file, in.params.workers, func(events int) { barErr = errors.Join(barErr, bar.Add(events)) })
	in.lines += r.Lines()
	in.rejected += r.Rejected()
	return errors.Join(err, barErr, r.Close())
}

func (in *intake) reject(r event.Reject) {
	if in.shown++; in.shown <= shownRejects {
		fmt.Fprintf(in.streams.Err, "rejected %s:%d: %s\n", r.Source, r.Line, r.Reason)
	} else if in.shown == shownRejects+1 {
		fmt.Fprintf(in.streams.Err, "further rejected lines are counted, and kept with --rejects\n")
	}
	if in.kept != nil && in.keptErr == nil {
		_, in.keptErr = in.kept.WriteString(event.FormatReject(r))
	}
}

// alert is the JSON form of a match.
type alert struct {
	Rule       string                    `json:"rule"`
	ID         string                    `json:"rule_id"`
	Level      string                    `json:"level"`
	EventID    string                    `json:"event_id"`
	Source     string                    `json:"source"`
	Line       int                       `json:"line"`
	Facts      []engine.Fact             `json:"facts"`
	Names      []string                  `json:"names"`
	Ancestors  []engine.Ancestor         `json:"ancestors,omitempty"`
	Prevalence []engine.PrevalenceFigure `json:"prevalence,omitempty"`
	Reputation map[string]string         `json:"reputation,omitempty"`
	Event      map[string]any            `json:"event"`
}

func jsonAlerts(results []engine.Result) []alert {
	alerts := make([]alert, len(results))
	for i, r := range results {
		m := r.Rule.Source
		alerts[i] = alert{m.Title, m.ID, m.Level, r.EventID, r.Event.Source, r.Event.Line, r.Facts, r.Names, r.Ancestors, r.Prevalence, r.Reputation, r.Event.Fields}
	}
	return alerts
}

var levelColours = map[string]string{"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}

func printAlerts(s *streams, results []engine.Result) {
	for _, r := range results {
		m := r.Rule.Source
		level := m.Level
		if colour, ok := levelColours[level]; ok && s.OutTerminal {
			level = colour + level + "\x1b[0m"
		}
		if level == "" {
			level = "no level"
		}
		fmt.Fprintf(s.Out, "[%s] %s\n  event %s at %s:%d; true: %s\n", level, m.Title, r.EventID, r.Event.Source, r.Event.Line, strings.Join(r.Names, ", "))
		for _, f := range r.Facts {
			fmt.Fprintf(s.Out, "  %s: %s\n", f.Name, oneLine(f.Value))
		}
		for _, a := range r.Ancestors {
			fmt.Fprintf(s.Out, "  ancestor %d: %s (%s)\n", a.Level, oneLine(a.Describe()), a.From)
		}
		for _, f := range r.Prevalence {
			fmt.Fprintf(s.Out, "  prevalence %s\n", f.Describe())
		}
		keys := make([]string, 0, len(r.Reputation))
		for k := range r.Reputation {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			fmt.Fprintf(s.Out, "  reputation %s: %s\n", k, r.Reputation[k])
		}
	}
}

// oneLine keeps a value from an event on its line, and its control characters off the terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
