// Package evaluation has the flags of every command that evaluates rules on events.
package evaluation

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/models"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/usage"
	"decree/engine"
	"decree/engine/rarity"
	"decree/rules/schema"
)

// Flags are the flags of commands that evaluate rules on events.
type Flags struct {
	Model      string
	ModelFile  string
	Reputation string
	Now        string
}

// AddTo adds the flags.
func (e *Flags) AddTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&e.Model, "model", "m", "", "data `MODEL` of the events (default: the content of each file decides): "+strings.Join(schema.Names(), ", ")+" (evtx and sysmon are windows)")
	f.StringVar(&e.ModelFile, "model-file", "", "`FILE` of a data model, which may extend a shipped one; if it says how its events are recognised, the content of each file decides")
	f.StringVar(&e.Reputation, "reputation", "", "`FILE` with a reputation table: CSV or NDJSON with a key column such as sha1")
	f.StringVar(&e.Now, "now", "", "`TIME` at which the lookback ends, as 2026-03-02T12:00:00Z; without it the whole input is one window")
	usage.Complete(cmd, "model", schema.Names)
}

// Models gives the model that all events have; nil if the content of each file decides, among those of choice. Models
// of the project take part.
func (e *Flags) Models(p *project.Project) (given *schema.Model, choice models.Choice, err error) {
	if e.Model == "" && e.ModelFile == "" {
		own, err := models.Own(p)
		return nil, models.NewChoice(own...), err
	}
	m, err := models.Load(p, e.Model, e.ModelFile)
	if err == nil && e.Model == "" && m.TellsOwn() {
		return nil, models.NewChoice(m), nil
	}
	return m, choice, err
}

// Options gives the engine's options, without the model.
func (e *Flags) Options(p *project.Project) (opt engine.Options, err error) {
	if e.Reputation != "" {
		own, err := e.own(p)
		if err != nil {
			return opt, err
		}
		if opt.Reputation, err = rarity.LoadTable(e.Reputation, rarity.ColumnsOf(own...)); err != nil {
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

// own gives the data models of the user, whose names of columns a reputation table may have.
func (e *Flags) own(p *project.Project) ([]*schema.Model, error) {
	own, err := models.Own(p)
	if err != nil || e.ModelFile == "" {
		return own, err
	}
	m, err := models.Load(p, "", e.ModelFile)
	return append(own, m), err
}
