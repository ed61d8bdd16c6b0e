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

// baseline holds the alerts of an earlier backtest, and counts new ones.
type baseline struct {
	file  string
	known map[string]bool
	rules []*newAlerts // with new alerts, in the order of their first
	byKey map[string]*newAlerts
}

// newAlerts are the alerts of a rule that are not in the baseline.
type newAlerts struct {
	rule  string
	count int
	shown []string // the first
}

// knownAlert has the fields that identify an alert.
type knownAlert struct {
	Rule    string `json:"rule"`
	ID      string `json:"rule_id"`
	EventID string `json:"event_id"`
	Source  string `json:"source"`
	Line    int    `json:"line"`
}

// ruleKey identifies a rule across versions of a collection.
func (a knownAlert) ruleKey() string { return cmp.Or(a.ID, a.Rule) }

// eventKey identifies an event of a rule, in whatever folder its file lies.
func (a knownAlert) eventKey() string {
	return fmt.Sprintf("%s\x00%s\x00%s\x00%d", a.ruleKey(), a.EventID, filepath.Base(a.Source), a.Line)
}

// readBaseline reads the output of an earlier backtest. It is nil without a file.
func readBaseline(file string) (*baseline, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read --baseline: %w", err)
	}
	var before struct {
		Alerts *[]knownAlert `json:"alerts"`
	}
	if err := json.Unmarshal(data, &before); err != nil || before.Alerts == nil {
		return nil, fmt.Errorf("cannot read --baseline %s: it is not what decree run --backtest --format json writes", file)
	}
	out := &baseline{file: file, known: map[string]bool{}, byKey: map[string]*newAlerts{}}
	for _, a := range *before.Alerts {
		out.known[a.eventKey()] = true
	}
	return out, nil
}

// compare counts an alert if it is new.
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

// show names the rules with more new alerts than accepted, and tells whether there are any.
func (b *baseline) show(s *stdio.Streams, accepted int) (noisier bool) {
	for _, of := range b.rules {
		if of.count <= accepted {
			continue
		}
		noisier = true
		fmt.Fprintf(s.Err, "noisier: %s: %s not in %s\n", diag.Visible(of.rule), plural.Count(of.count, "alert"), diag.Visible(b.file))
		plural.List(s.Err, "  ", of.shown, of.count-len(of.shown))
	}
	return noisier
}
