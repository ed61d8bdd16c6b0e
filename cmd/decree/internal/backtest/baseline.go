package backtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"decree/cmd/decree/internal/plural"
	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

// shownNew bounds how many new alerts of a rule are shown.
const shownNew = 3

// baseline holds the alerts of an earlier backtest, and counts those that it does not have.
type baseline struct {
	file  string
	known map[string]bool
	rules []*newAlerts // that have some, in the order of their first
	byKey map[string]*newAlerts
}

// newAlerts are those of a rule that the baseline does not have.
type newAlerts struct {
	rule  string
	count int
	shown []string // the first
}

// knownAlert is as much of an earlier alert as tells it from others.
type knownAlert struct {
	Rule    string `json:"rule"`
	ID      string `json:"rule_id"`
	EventID string `json:"event_id"`
	Source  string `json:"source"`
	Line    int    `json:"line"`
}

// ruleKey tells rules apart from one version of a collection to the next.
func (a knownAlert) ruleKey() string { return cmp.Or(a.ID, a.Rule) }

// eventKey tells events apart wherever their files lie.
func (a knownAlert) eventKey() string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d", a.ruleKey(), a.EventID, filepath.Base(a.Source), a.Line)
}

// readBaseline reads what an earlier backtest wrote; nil if there is none to compare with.
func readBaseline(file string) (*baseline, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read --baseline: %w", err)
	}
	var before struct {
		Alerts []knownAlert `json:"alerts"`
	}
	if err := json.Unmarshal(data, &before); err != nil {
		return nil, fmt.Errorf("cannot read --baseline %s: it is not the output of decree run --backtest --format json: %w", file, err)
	}
	out := &baseline{file: file, known: map[string]bool{}, byKey: map[string]*newAlerts{}}
	for _, a := range before.Alerts {
		out.known[a.eventKey()] = true
	}
	return out, nil
}

// compare counts an alert that the baseline does not have.
func (b *baseline) compare(a datedAlert) {
	is := knownAlert{a.Rule, a.ID, a.EventID, a.Source, a.Line}
	if b.known[is.eventKey()] {
		return
	}
	of := b.byKey[is.ruleKey()]
	if of == nil {
		of = &newAlerts{rule: a.Rule}
		b.byKey[is.ruleKey()] = of
		b.rules = append(b.rules, of)
	}
	if of.count++; of.count <= shownNew {
		of.shown = append(of.shown, a.At+" "+position.Event(a.EventID, a.Source, a.Line))
	}
}

// show names the rules with more new alerts than are accepted, and tells whether there are any.
func (b *baseline) show(s *stdio.Streams, accepted int) (noisier bool) {
	for _, of := range b.rules {
		if of.count <= accepted {
			continue
		}
		noisier = true
		fmt.Fprintf(s.Err, "noisier: %s: %s not in %s\n", diag.Visible(of.rule), plural.Count(of.count, "alert"), diag.Visible(b.file))
		for _, alert := range of.shown {
			fmt.Fprintf(s.Err, "  %s\n", alert)
		}
		if more := of.count - len(of.shown); more > 0 {
			fmt.Fprintf(s.Err, "  and %d more\n", more)
		}
	}
	return noisier
}
