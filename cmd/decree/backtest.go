package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/rules"
	"decree/rules/diag"
)

// backtestParams say how history is replayed, and what it is compared with.
type backtestParams struct {
	on       bool
	every    time.Duration
	lookback time.Duration
	baseline string
	maxNew   int
}

const (
	defaultEvery    = time.Hour
	defaultLookback = 2 * time.Hour
)

func (p *backtestParams) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&p.on, "backtest", false, "replay the events as the rules' schedules would have run, and count alerts by rule and day")
	f.DurationVar(&p.every, "every", 0, "with --backtest: how often each rule runs (default: its schedule, else 1h)")
	f.DurationVar(&p.lookback, "lookback", 0, "with --backtest: how far each run looks back (default: the rule's schedule, else 2h)")
	f.StringVar(&p.baseline, "baseline", "", "with --backtest: what --format json wrote before; new alerts fail the command")
	f.IntVar(&p.maxNew, "max-new", 0, "with --baseline: so many new alerts of a rule are accepted")
}

func (p *backtestParams) check(cmd *cobra.Command, now string) error {
	for _, name := range []string{"every", "lookback", "baseline"} {
		if cmd.Flags().Changed(name) && !p.on {
			return fmt.Errorf("--%s goes with --backtest", name)
		}
	}
	err := usage.InBounds(cmd, usage.Bound{Flag: "max-new", Value: float64(p.maxNew)})
	if err = cmp.Or(err, usage.Positive(cmd, "every", p.every), usage.Positive(cmd, "lookback", p.lookback)); err != nil {
		return err
	}
	switch {
	case cmd.Flags().Changed("max-new") && p.baseline == "":
		return errors.New("--max-new goes with --baseline")
	case p.on && now != "":
		return errors.New("--now and --backtest exclude each other: a replay has a time for each run")
	}
	return nil
}

// schedule is a rule's, as the flags say.
func (p *backtestParams) schedule(r *rules.Rule) rules.Schedule {
	return rules.Schedule{
		Every:    cmp.Or(p.every, r.Schedule.Every, defaultEvery),
		Lookback: cmp.Or(p.lookback, r.Schedule.Lookback, defaultLookback),
	}
}

// replayed is the JSON form of a backtest.
type replayed struct {
	Rules  []replayedRule `json:"rules"`
	Alerts []datedAlert   `json:"alerts"`

	Suspended []suspension `json:"suspended,omitempty"`

	first, last time.Time // runs that raised alerts
}

type replayedRule struct {
	Rule   string         `json:"rule"`
	ID     string         `json:"rule_id"`
	Level  string         `json:"level"`
	Alerts int            `json:"alerts"`
	Days   map[string]int `json:"days"` // 2006-01-02 -> alerts
	byDay  map[int]int
}

type datedAlert struct {
	At string `json:"at"` // the run that raised it, as RFC 3339 has it, but its year may be past 9999
	alert
}

// ruleKey tells rules apart from one version of a collection to the next.
func (a datedAlert) ruleKey() string { return cmp.Or(a.ID, a.Rule) }

// eventKey tells events apart wherever their files lie.
func (a datedAlert) eventKey() string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d", a.ruleKey(), a.EventID, filepath.Base(a.Source), a.Line)
}

func runBacktest(s *stdio.Streams, e *engine.Engine, p backtestParams, format string) (alerts int, noisier bool, stats engine.Stats, err error) {
	before, err := readBaseline(p.baseline)
	if err != nil {
		return 0, false, stats, err
	}
	found, timeless, stats, err := e.FinishBacktest(p.schedule)
	if err != nil {
		return 0, false, stats, err
	}
	for _, r := range e.Rules() {
		if schedule := p.schedule(r.Source); schedule.Lookback < schedule.Every {
			fmt.Fprintf(s.Err, "warning: rule %q runs every %s and looks back %s: what falls between is not seen\n", r.Source.Title, schedule.Every, schedule.Lookback)
		}
	}
	if timeless > 0 {
		fmt.Fprintf(s.Err, "warning: %d events have no time that can be read; no run sees them\n", timeless)
	}
	out := count(found)
	for _, one := range stats.Suspended {
		out.Suspended = append(out.Suspended, newSuspension(one))
	}
	if format == "json" {
		err = s.WriteJSON(out)
	} else {
		err = out.table(s)
	}
	if before != nil {
		noisier = out.compare(s, before, p)
	}
	return len(found), noisier, stats, err
}

// count sorts alerts by rule, the most first.
func count(found []engine.Alert) replayed {
	out := replayed{Rules: []replayedRule{}, Alerts: []datedAlert{}}
	if len(found) > 0 { // in the order of their times
		out.first, out.last = found[0].At, found[len(found)-1].At
	}
	at := map[string]int{}
	for _, f := range found {
		a := datedAlert{f.At.Format(time.RFC3339), newAlert(f.Result)}
		out.Alerts = append(out.Alerts, a)
		key := f.Rule.Source.Range.File + "\x00" + f.Rule.Source.Range.String()
		i, ok := at[key]
		if !ok {
			i = len(out.Rules)
			at[key] = i
			out.Rules = append(out.Rules, replayedRule{a.Rule, a.ID, a.Level, 0, map[string]int{}, map[int]int{}})
		}
		out.Rules[i].Alerts++
		out.Rules[i].Days[f.At.Format(time.DateOnly)]++
		out.Rules[i].byDay[day(f.At)]++
	}
	slices.SortStableFunc(out.Rules, func(a, b replayedRule) int {
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.Rule, b.Rule))
	})
	return out
}

// day is the number of a time's day since 1970.
func day(at time.Time) int {
	const seconds = 24 * 60 * 60
	days := at.Unix() / seconds
	if at.Unix()%seconds < 0 {
		days--
	}
	return int(days)
}

// table shows each rule with a chart of its days.
func (r replayed) table(s *stdio.Streams) error {
	if len(r.Alerts) == 0 {
		return nil
	}
	first, last := r.first, r.last
	days := day(last) - day(first) + 1
	width := (days + chartWidth - 1) / chartWidth // days that one column stands for
	title := fmt.Sprintf("%s TO %s", first.Format(time.DateOnly), last.Format(time.DateOnly))
	if width > 1 {
		title += fmt.Sprintf(", %d DAYS A COLUMN", width)
	}
	w := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	_, err := fmt.Fprintf(w, "ALERTS\tLEVEL\tRULE\tMOST A DAY\t%s\n", title)
	for _, rule := range r.Rules {
		columns, most := make([]int, (days+width-1)/width), 0
		for at, n := range rule.byDay {
			columns[(at-day(first))/width] += n
			most = max(most, n)
		}
		_, more := fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\n", rule.Alerts, diag.Visible(rule.Level), diag.Visible(rule.Rule), most, chart(columns))
		err = errors.Join(err, more)
	}
	return errors.Join(err, w.Flush())
}

const chartWidth = 60

// chart draws a bar for each count; a dot is none.
func chart(counts []int) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	most := slices.Max(counts)
	var b strings.Builder
	for _, n := range counts {
		if n == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[(n*len(bars)-1)/most])
	}
	return b.String()
}

// readBaseline reads what an earlier backtest wrote; nil if there is none to compare with.
func readBaseline(file string) (map[string]bool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read --baseline: %w", err)
	}
	var before replayed
	if err := json.Unmarshal(data, &before); err != nil {
		return nil, fmt.Errorf("cannot read --baseline: %s is not what decree run --backtest --format json writes: %w", file, err)
	}
	known := map[string]bool{}
	for _, a := range before.Alerts {
		known[a.eventKey()] = true
	}
	return known, nil
}

// shownNew bounds how many new alerts of a rule are shown.
const shownNew = 3

// compare shows the rules with more new alerts than are accepted.
func (r replayed) compare(s *stdio.Streams, before map[string]bool, p backtestParams) (noisier bool) {
	fresh := map[string][]datedAlert{}
	var order []string
	for _, a := range r.Alerts {
		if before[a.eventKey()] {
			continue
		}
		key := a.ruleKey()
		if len(fresh[key]) == 0 {
			order = append(order, key)
		}
		fresh[key] = append(fresh[key], a)
	}
	for _, key := range order {
		alerts := fresh[key]
		if len(alerts) <= p.maxNew {
			continue
		}
		noisier = true
		fmt.Fprintf(s.Err, "noisier: %s: %d alerts that %s does not have\n", diag.Visible(alerts[0].Rule), len(alerts), p.baseline)
		for _, a := range alerts[:min(len(alerts), shownNew)] {
			fmt.Fprintf(s.Err, "  %s %s\n", a.At, position.Event(a.EventID, a.Source, a.Line))
		}
		if len(alerts) > shownNew {
			fmt.Fprintf(s.Err, "  and %d more\n", len(alerts)-shownNew)
		}
	}
	return noisier
}
