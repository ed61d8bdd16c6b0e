package main

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/google/renameio/v2"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/schema"
)

type runParams struct {
	events      []string
	rules       []string
	model       string
	modelFile   string
	reputation  string
	rejects     string
	now         string
	format      string
	maxLine     int
	maxProc     int
	failOnMatch bool
	quiet       bool
}

func newRun(s *streams) *cobra.Command {
	var p runParams
	cmd := &cobra.Command{
		Use:   "run EVENTS...",
		Short: "Run rules on event files and show what matched",
		Long: "Run rules (--rules; default: the shipped library) on files, folders or globs of events, or - for\n" +
			"standard input. Reads NDJSON, JSON arrays and CSV, plain, .gz or .zst. A line that is no event is\n" +
			"counted, reported with its number and kept with --rejects; it never stops a run.",
		Example: "  decree run --model mde export.ndjson.gz\n  decree run --rules my_rules/ --model windows --format json logs/\n  zcat events.gz | decree run --reputation known_hashes.csv -",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p.events = args
			return runRules(s, p)
		},
	}
	f := cmd.Flags()
	f.StringSliceVarP(&p.rules, "rules", "r", nil, "rule files or folders (default: the shipped library)")
	f.StringVarP(&p.model, "model", "m", "sigma", "data model of the events: "+strings.Join(schema.Names(), ", "))
	f.StringVar(&p.modelFile, "model-file", "", "data model file; may extend a shipped model")
	f.StringVar(&p.reputation, "reputation", "", "reputation table: CSV or NDJSON with a key column such as sha1")
	f.StringVar(&p.rejects, "rejects", "", "write lines that are no events to this file, as NDJSON")
	f.StringVar(&p.now, "now", "", "end of the lookback, RFC 3339; without it the whole input is one window")
	f.IntVar(&p.maxLine, "max-line", 16<<20, "longest line read, in bytes; a longer one is rejected")
	f.IntVar(&p.maxProc, "max-processes", 1_000_000, "processes kept for ancestry; the oldest go first, and the run says how many went")
	f.BoolVar(&p.failOnMatch, "fail-on-match", false, "exit with 1 when a rule matched")
	f.BoolVarP(&p.quiet, "quiet", "q", false, "no progress bar")
	addFormat(cmd, &p.format, "text", "json")
	return cmd
}

func runRules(s *streams, p runParams) error {
	set, err := loadRules(p.rules)
	if err != nil {
		return err
	}
	if len(set.Found) > 0 {
		set.show(s, set.Found)
	}
	opt := engine.Options{MaxProcesses: p.maxProc}
	if opt.Model, err = loadModel(p.model, p.modelFile); err != nil {
		return err
	}
	if p.reputation != "" {
		if opt.Reputation, err = engine.LoadReputation(p.reputation); err != nil {
			return err
		}
	}
	if p.now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, p.now); err != nil {
			return fmt.Errorf("--now: %w", err)
		}
	}
	e, found := engine.New(set.lowered(), opt)
	set.show(s, found)
	files, err := event.Expand(p.events)
	if err != nil {
		return err
	}
	input := &intake{engine: e, params: p, streams: s}
	if err := input.readAll(files); err != nil {
		return err
	}
	results, stats, err := e.Finish()
	if err != nil {
		return err
	}
	if err := input.keepRejects(); err != nil {
		return err
	}
	if p.format == "json" {
		err = writeJSON(s, jsonAlerts(results))
	} else {
		printAlerts(s, results)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Err, "%d lines read, %d events, %d rejected, %d matches\n", input.lines, input.lines-input.rejected, input.rejected, len(results))
	if stats.Evicted > 0 {
		fmt.Fprintf(s.Err, "warning: %d processes were dropped at --max-processes %d; ancestors may be missing\n", stats.Evicted, p.maxProc)
	}
	if set.Found.HasErrors() || found.HasErrors() || (p.failOnMatch && len(results) > 0) {
		return errFindings
	}
	return nil
}

// intake feeds files to the engine and accounts for every line.
type intake struct {
	engine          *engine.Engine
	params          runParams
	streams         *streams
	lines, rejected int
	shown           int
	kept            strings.Builder
}

// shownRejects bounds how many bad lines are reported one by one.
const shownRejects = 20

func (in *intake) readAll(files []string) error {
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(in.streams.Err), progressbar.OptionSetDescription("events"),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(in.streams.ErrTerminal && !in.params.quiet))
	for _, file := range files {
		if err := in.read(file, bar); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return bar.Finish()
}

func (in *intake) read(file string, bar *progressbar.ProgressBar) (err error) {
	r, err := event.Open(file, event.Options{Stdin: in.streams.In, MaxLine: in.params.maxLine, OnReject: in.reject})
	if err != nil {
		return err
	}
	defer func() {
		in.lines += r.Lines()
		in.rejected += r.Rejected()
		err = errors.Join(err, r.Close())
	}()
	for {
		ev, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := in.engine.Add(ev); err != nil {
			return err
		}
		if err := bar.Add(1); err != nil {
			return err
		}
	}
}

func (in *intake) reject(r event.Reject) {
	if in.shown++; in.shown <= shownRejects {
		fmt.Fprintf(in.streams.Err, "rejected %s:%d: %s\n", r.Source, r.Line, r.Reason)
	} else if in.shown == shownRejects+1 {
		fmt.Fprintf(in.streams.Err, "further rejected lines are counted, and kept with --rejects\n")
	}
	if in.params.rejects != "" {
		in.kept.WriteString(event.FormatReject(r))
	}
}

func (in *intake) keepRejects() error {
	if in.params.rejects == "" {
		return nil
	}
	if err := renameio.WriteFile(in.params.rejects, []byte(in.kept.String()), 0o644); err != nil {
		return fmt.Errorf("cannot write --rejects: %w", err)
	}
	return nil
}

// alert is the JSON form of a match.
type alert struct {
	Rule       string                    `json:"rule"`
	ID         string                    `json:"rule_id"`
	Level      string                    `json:"level"`
	EventID    string                    `json:"event_id"`
	Source     string                    `json:"source"`
	Line       int                       `json:"line"`
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
		alerts[i] = alert{m.Title, m.ID, m.Level, r.EventID, r.Event.Source, r.Event.Line, r.Names, r.Ancestors, r.Prevalence, r.Reputation, r.Event.Fields}
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
		fmt.Fprintf(s.Out, "[%s] %s\n  event %s at %s:%d; true: %s\n", level, m.Title, r.EventID, r.Event.Source, r.Event.Line, strings.Join(r.Names, ", "))
		for _, a := range r.Ancestors {
			fmt.Fprintf(s.Out, "  ancestor %d: %s (%s)\n", a.Level, a.Describe(), a.From)
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
