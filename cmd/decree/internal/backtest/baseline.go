package backtest

import (
	"encoding/json"
	"fmt"
	"os"

	"decree/cmd/decree/internal/position"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
)

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
func (r replayed) compare(s *stdio.Streams, before map[string]bool, p Flags) (noisier bool) {
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
		if len(alerts) <= p.MaxNew {
			continue
		}
		noisier = true
		fmt.Fprintf(s.Err, "noisier: %s: %d alerts that %s does not have\n", diag.Visible(alerts[0].Rule), len(alerts), p.Baseline)
		for _, a := range alerts[:min(len(alerts), shownNew)] {
			fmt.Fprintf(s.Err, "  %s %s\n", a.At, position.Event(a.EventID, a.Source, a.Line))
		}
		if len(alerts) > shownNew {
			fmt.Fprintf(s.Err, "  and %d more\n", len(alerts)-shownNew)
		}
	}
	return noisier
}
