package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/targets"
	"decree/compilers"
)

// placeFlags say where an organisation keeps events, as KEY=TEXT: scope in Splunk, index in Elastic, table in Kusto.
// They win over the project's.
type placeFlags struct{ scope, index, table []string }

func (p *placeFlags) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&p.scope, "scope", nil, "SPL: add a search or macro to the log sources of a key, as `KEY=SEARCH`: windows=index=win")
	f.StringArrayVar(&p.index, "index", nil, "EQL: indices of the log sources of a key, as `KEY=PATTERNS`: windows=logs-endpoint.events.*")
	f.StringArrayVar(&p.table, "table", nil, "KQL: read something else than a table, as `KEY=TABLE`: SecurityEvent=MyEvents()")
}

// in gives targets the places of the flags. A flag that no target has is an error.
func (p placeFlags) in(chosen []targets.Target) ([]targets.Target, error) {
	out := slices.Clone(chosen)
	for _, one := range []struct {
		setting string
		given   []string
	}{{"scope", p.scope}, {"index", p.index}, {"table", p.table}} {
		if len(one.given) == 0 {
			continue
		}
		places := compilers.Places{}
		for _, text := range one.given {
			key, value, ok := strings.Cut(text, "=")
			if !ok {
				return nil, fmt.Errorf("--%s %s: write KEY=TEXT; the key is a product, product/category or product/service, such as windows/process_creation, or default", one.setting, text)
			}
			places[key] = value
		}
		known := false
		for i, t := range out {
			if setting, _ := t.Dialect.Place(); setting == one.setting {
				out[i], known = t.With(places), true
			}
		}
		if !known {
			return nil, fmt.Errorf("--%s: no chosen target has it", one.setting)
		}
	}
	return out, nil
}
