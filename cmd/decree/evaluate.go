package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/rules/diag"
	"decree/rules/schema"
)

// evaluation is what every command asks that evaluates rules on events.
type evaluation struct {
	filters    ruleset.Filters
	model      string
	modelFile  string
	reputation string
	now        string
}

// defaultModel is that of events which have Sigma's own field names.
const defaultModel = "sigma"

// addTo adds the flags.
func (e *evaluation) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&e.model, "model", "m", defaultModel, "data model of the events: "+strings.Join(schema.Names(), ", "))
	f.StringVar(&e.modelFile, "model-file", "", "data model file; may extend a shipped model")
	f.StringVar(&e.reputation, "reputation", "", "reputation table: CSV or NDJSON with a key column such as sha1")
	f.StringVar(&e.now, "now", "", "end of the lookback, RFC 3339; without it the whole input is one window")
	usage.Complete(cmd, "model", schema.Names)
	e.filters.AddTo(cmd)
}

// doubtModel says why there may be no match: the events are another product's than --model names.
func (e *evaluation) doubtModel(s *stdio.Streams, model string, stats engine.Stats) {
	switch {
	case stats.Foreign == stats.Events:
		fmt.Fprintf(s.Err, "no event is of a log source that the rules read, as model %s has them: does --model name the product that the events come from?\n", diag.Visible(model))
	case model == defaultModel:
		fmt.Fprintf(s.Err, "model %s reads fields under Sigma's own names: --model names the product that the events come from\n", diag.Visible(model))
	}
}

// options are the engine's, as the flags say.
func (e *evaluation) options() (opt engine.Options, err error) {
	if opt.Model, err = models.Load(e.model, e.modelFile); err != nil {
		return opt, err
	}
	if e.reputation != "" {
		if opt.Reputation, err = engine.LoadReputation(e.reputation); err != nil {
			return opt, err
		}
	}
	if e.now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, e.now); err != nil {
			return opt, fmt.Errorf("--now %s is no time as RFC 3339 has it: write it as 2026-03-02T12:00:00Z", e.now)
		}
	}
	return opt, nil
}
