// Package evaluation has the flags of every command that evaluates rules on events.
package evaluation

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/ruleset"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/engine/rarity"
	"decree/rules/schema"
)

// Flags are the flags of commands that evaluate rules on events.
type Flags struct {
	Filters    ruleset.Filters
	Lists      ruleset.Lists
	Model      string
	ModelFile  string
	Reputation string
	Now        string
}

// DefaultModel is the model of events with Sigma's own field names.
const DefaultModel = schema.Plain

// AddTo adds the flags.
func (e *Flags) AddTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&e.Model, "model", "m", DefaultModel, "data `MODEL` of the events: "+strings.Join(schema.Names(), ", "))
	f.StringVar(&e.ModelFile, "model-file", "", "`FILE` of a data model; it may extend a shipped one")
	f.StringVar(&e.Reputation, "reputation", "", "`FILE` with a reputation table: CSV or NDJSON with a key column such as sha1")
	f.StringVar(&e.Now, "now", "", "`TIME` at which the lookback ends, as 2026-03-02T12:00:00Z; without it the whole input is one window")
	usage.Complete(cmd, "model", schema.Names)
	e.Filters.AddTo(cmd)
	e.Lists.AddTo(cmd)
}

// Options gives the engine's options.
func (e *Flags) Options() (opt engine.Options, err error) {
	if opt.Model, err = models.Load(e.Model, e.ModelFile); err != nil {
		return opt, err
	}
	if e.Reputation != "" {
		if opt.Reputation, err = rarity.LoadTable(e.Reputation); err != nil {
			return opt, err
		}
	}
	if e.Now != "" {
		if opt.Now, err = time.Parse(time.RFC3339, e.Now); err != nil {
			return opt, fmt.Errorf("--now %s is not an RFC 3339 time: write it as 2026-03-02T12:00:00Z", e.Now)
		}
	}
	return opt, nil
}
