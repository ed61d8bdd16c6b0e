package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/engine"
	"decree/rules/schema"
)

// evaluation is what every command asks that evaluates rules on events.
type evaluation struct {
	filters    string
	model      string
	modelFile  string
	reputation string
	now        string
}

// addTo adds the flags.
func (e *evaluation) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&e.model, "model", "m", "sigma", "data model of the events: "+strings.Join(schema.Names(), ", "))
	f.StringVar(&e.modelFile, "model-file", "", "data model file; may extend a shipped model")
	f.StringVar(&e.reputation, "reputation", "", "reputation table: CSV or NDJSON with a key column such as sha1")
	f.StringVar(&e.now, "now", "", "end of the lookback, RFC 3339; without it the whole input is one window")
	addFilters(cmd, &e.filters)
}

// options are the engine's, as the flags say.
func (e *evaluation) options() (opt engine.Options, err error) {
	if opt.Model, err = loadModel(e.model, e.modelFile); err != nil {
		return opt, err
	}
	if e.reputation != "" {
		if opt.Reputation, err = engine.LoadReputation(e.reputation); err != nil {
			return opt, err
		}
	}
	if e.now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, e.now); err != nil {
			return opt, fmt.Errorf("--now: %w", err)
		}
	}
	return opt, nil
}
