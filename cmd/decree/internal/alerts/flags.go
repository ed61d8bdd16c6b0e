package alerts

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/usage"
)

// Flags say which matches are shown, and how.
type Flags struct {
	Format   string
	Summary  bool
	Fields   []string
	Sort     string // "" or time
	From, To string
	Suppress string // as parseSuppression reads it
	Out      string // a file in place of standard output
	HTML     string // a file for a report, beside the output
}

// AddTo adds the flags.
func (p *Flags) AddTo(cmd *cobra.Command) {
	f := cmd.Flags()
	usage.AddFormat(cmd, &p.Format, formats...)
	f.BoolVar(&p.Summary, "summary", false, "show how many matches each rule, host and day has, not each match")
	f.StringSliceVar(&p.Fields, "fields", nil, "`NAMES` of what to show of a match: columns of --format csv, or fields of the event")
	f.StringVar(&p.Sort, "sort", "", "`ORDER` of matches: time. They wait for the end of the input, in half of --max-memory (default: as they are found)")
	f.StringVar(&p.From, "from", "", "show only matches of events from this `TIME` on: RFC 3339, a date, or as 24h or 7d before --now, which here is the present by default; UTC unless it has a zone")
	f.StringVar(&p.To, "to", "", "show only matches of events before this `TIME`, written as that of --from")
	f.StringVar(&p.Suppress, "suppress", "", "`BY=TIME`, as host,Image=1d: show one match by rule, these columns or fields, and time, the earliest; as --sort time")
	f.StringVarP(&p.Out, "out", "o", "", "write matches to this `FILE`; it must not exist, except with --force")
	f.StringVar(&p.HTML, "html", "", "also write a report to this `FILE`: one page that opens in a browser without a network")
	usage.Complete(cmd, "sort", usage.These("time"))
	usage.Complete(cmd, "fields", usage.These(names(columns)...))
}

// Check refuses flags that do not go together.
func (p *Flags) Check() error {
	switch {
	case p.Sort != "" && p.Sort != "time":
		return usage.UnknownChoice("sort", p.Sort, []string{"time"})
	case p.Summary && p.Format != "text" && p.Format != "json":
		return fmt.Errorf("--summary has no --format %s: write text or json", p.Format)
	case p.Summary && (p.Sort != "" || len(p.Fields) > 0):
		return errors.New("--summary shows counts: leave out --sort and --fields")
	case twice(p.Fields) != "":
		return fmt.Errorf("--fields names %s twice", twice(p.Fields))
	case p.Format == "timeline" && len(p.Fields) > 0:
		return errors.New("--format timeline has fixed columns: leave out --fields, or write --format csv")
	}
	return nil
}

// twice gives a name that is given twice; "" if there is none.
func twice(names []string) string {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return name
		}
	}
	return ""
}

// AtOnce tells whether matches are written to standard output as they are found.
func (p *Flags) AtOnce() bool { return !p.Summary && !p.sorts() && p.Out == "" }

// sorts tells whether matches wait to be put in order. Which of them is the earliest is known only then.
func (p *Flags) sorts() bool { return p.Sort != "" || p.Suppress != "" }

// suppression reads --suppress.
func (p *Flags) suppression() (Suppression, error) {
	if p.Suppress == "" {
		return Suppression{}, nil
	}
	return parseSuppression(p.Suppress)
}

// CheckBacktest refuses what a backtest does not have.
func (p *Flags) CheckBacktest(on bool) error {
	switch {
	case !on:
	case p.Format != "text" && p.Format != "json":
		return fmt.Errorf("--backtest has no --format %s: write text or json", p.Format)
	case p.sorts() || len(p.Fields) > 0 || p.From != "" || p.To != "" || p.HTML != "":
		return errors.New("--backtest counts alerts by day: leave out --sort, --suppress, --fields, --from, --to and --html")
	}
	return nil
}

// Memory is what is left of a run's memory, in bytes: matches that are sorted take half of it.
func (p *Flags) Memory(whole int) int {
	if p.sorts() {
		return whole / 2
	}
	return whole
}
