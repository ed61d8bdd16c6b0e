package kibana

import (
	"slices"
	"strings"
	"time"

	"decree/compilers/packages"
)

// suppression makes one alert of those with the same values within a time.
type suppression struct {
	By      []string `json:"group_by"`
	For     period   `json:"duration"`
	Missing string   `json:"missing_fields_strategy"`
}

type period struct {
	Value int    `json:"value"`
	Unit  string `json:"unit"`
}

// mostSuppressed is by how many fields alerts can be suppressed, of which there must be one.
// https://www.elastic.co/docs/solutions/security/detect-and-alert/suppress-detection-alerts
const mostSuppressed = 3

// suppress sets by which values an alert is not repeated. With one of them less, Kibana would hold back other alerts
// too: then it holds back none.
func (d *detection) suppress() {
	by := d.in.Rule.Suppress
	if by == nil {
		return
	}
	if n := len(by.By); n == 0 || n > mostSuppressed {
		d.found.Warnf("package-suppress", by.Range, "name one to three fields in `by`", "Kibana suppresses alerts by %d fields at most, and by one at least: the rule alerts each time", mostSuppressed)
		return
	}
	var columns []string
	for _, f := range by.By {
		of, ok := d.in.Query.Result.ColumnsOf(f.Name)
		if !ok || !d.in.Query.Result.Shares(of...) {
			d.found.Warnf("package-suppress", f.Range, "suppress by fields that are columns of their own; in a sequence by what its events have in common (`by`)", "Kibana's alerts have no column for %s: the rule alerts each time", f.Name)
			return
		}
		for _, column := range of {
			if !slices.Contains(columns, column) {
				columns = append(columns, column)
			}
		}
	}
	if len(columns) > mostSuppressed {
		d.found.Warnf("package-suppress", by.Range, "name fewer fields in `by`", "Kibana suppresses alerts by %d columns at most, and these fields are in %d (%s): the rule alerts each time",
			mostSuppressed, len(columns), strings.Join(columns, ", "))
		return
	}
	d.rule.Suppression = &suppression{By: columns, For: periodOf(by.For), Missing: "suppress"}
	d.found = append(d.found, packages.Told("package-suppress", by.Range, "suppress by fields whose values are always written in one way, such as hashes or ids",
		"Kibana tells upper from lower case in the values: a value that is written otherwise alerts again"))
}

// periodOf is a time in the largest whole unit that the product has. Parts of a second are rounded up.
func periodOf(d time.Duration) period {
	for _, unit := range []struct {
		name string
		time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}} {
		if d%unit.Duration == 0 {
			return period{int(d / unit.Duration), unit.name}
		}
	}
	return period{int((d + time.Second - 1) / time.Second), "s"}
}
