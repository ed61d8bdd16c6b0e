package sentinel

import (
	"slices"
	"time"

	"decree/compilers/packages"
	"decree/rules"
)

// Limits of suppression and of the grouping of alerts.
// https://learn.microsoft.com/en-us/azure/sentinel/create-analytics-rules
const (
	longestSuppression = 24 * time.Hour
	shortestGrouping   = 5 * time.Minute
	longestGrouping    = 7 * 24 * time.Hour
)

// incident says which alerts become one incident.
type incident struct {
	Create   bool     `json:"createIncident" yaml:"createIncident"`
	Grouping grouping `json:"groupingConfiguration" yaml:"groupingConfiguration"`
}

// grouping puts alerts into one incident whose entities of these types, and whose custom details of these names, are
// the same.
type grouping struct {
	Enabled  bool     `json:"enabled" yaml:"enabled"`
	Reopen   bool     `json:"reopenClosedIncident" yaml:"reopenClosedIncident"`
	Lookback string   `json:"lookbackDuration" yaml:"lookbackDuration"`
	Matching string   `json:"matchingMethod" yaml:"matchingMethod"`
	Entities []string `json:"groupByEntities" yaml:"groupByEntities"`
	Alerts   []string `json:"groupByAlertDetails" yaml:"groupByAlertDetails"`
	Details  []string `json:"groupByCustomDetails" yaml:"groupByCustomDetails"`
}

// suppress holds back alerts. The product can do so whatever their values: it then stops the rule for a time. Of alerts
// with the same values it makes one incident.
func (a *analyticsRule) suppress() {
	by := a.in.Rule.Suppress
	switch {
	case by == nil:
	case len(by.By) == 0:
		a.suppressFor = min(by.For, longestSuppression)
		if by.For > longestSuppression {
			a.found.Warnf("package-suppress", by.Range, "suppress for a day or less", "Sentinel holds back a rule's alerts for 24 hours at most, not for %s", short(by.For))
		}
	default:
		a.group(by)
	}
}

// group makes one incident of alerts with the same values. With one value less, it would be one of other alerts too:
// then each alert is an incident.
func (a *analyticsRule) group(by *rules.Suppress) {
	g := grouping{Enabled: true, Matching: "Selected", Entities: []string{}, Alerts: []string{}, Details: []string{}}
	details := a.details
	for _, f := range by.By {
		columns, ok := a.columnsOf(f)
		if !ok {
			a.found.Warnf("package-suppress", f.Range, "suppress by fields that are columns of their own", "without %s Sentinel would put other alerts into one incident: each alert is an incident", f.Name)
			return
		}
		if i := slices.IndexFunc(a.entities, func(e entityMapping) bool { return e.hasAll(columns) }); i >= 0 {
			g.Entities = appendNew(g.Entities, a.entities[i].EntityType)
			continue
		}
		for i, column := range columns {
			key := f.Name
			if i < len(columns)-1 {
				key += "Domain"
			}
			at := slices.IndexFunc(details, func(d detail) bool { return d.Column == column })
			if at < 0 {
				taken := slices.ContainsFunc(details, func(d detail) bool { return d.Key == key })
				if taken || len(details) == mostDetails || len(key) > longestDetail || !rules.DetailKey.MatchString(key) {
					a.found.Warnf("package-suppress", f.Range, "name it in `entities` or in `custom_details`", "Sentinel groups alerts by entities and by custom details, and %s is neither: each alert is an incident", f.Name)
					return
				}
				at, details = len(details), append(slices.Clone(details), detail{key, column})
			}
			g.Details = appendNew(g.Details, details[at].Key)
		}
	}
	a.details = details
	a.incident = &incident{Create: true, Grouping: g}
	a.groupFor = min(max(by.For, shortestGrouping), longestGrouping)
	a.found = append(a.found, packages.Told("package-suppress", by.Range, "suppress without `by`, if one alert is enough whatever its values",
		"Sentinel suppresses no alert by its values over several runs: alerts with the same ones within %s are one incident", short(a.groupFor)))
}

// within is the incident with its time as a form writes it.
func (a *analyticsRule) within(write func(time.Duration) string) *incident {
	if a.incident == nil {
		return nil
	}
	out := *a.incident
	out.Grouping.Lookback = write(a.groupFor)
	return &out
}

// columnsOf are the columns of a field, if it has some and all of them can be shown.
func (a *analyticsRule) columnsOf(f rules.NamedField) ([]string, bool) {
	if _, ok := a.column(f); !ok {
		return nil, false
	}
	columns, ok := a.in.Query.Result.ColumnsOf(f.Name)
	return columns, ok && !slices.ContainsFunc(columns, func(c string) bool { return !columnForm.MatchString(c) })
}

func (e entityMapping) hasAll(columns []string) bool {
	return !slices.ContainsFunc(columns, func(column string) bool {
		return !slices.ContainsFunc(e.FieldMappings, func(f fieldMapping) bool { return f.ColumnName == column })
	})
}

func appendNew(to []string, name string) []string {
	if slices.Contains(to, name) {
		return to
	}
	return append(to, name)
}
