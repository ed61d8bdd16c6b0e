package kibana

import (
	"slices"
	"strings"

	"decree/compilers/packages"
	"decree/rules"
)

// investigate sets the columns that an alert highlights: what it is about, what a correlation groups by, the objects of
// its risk, custom details, and Sigma's `fields`. Fields that the data model does not know are told.
func (d *detection) investigate() {
	r := d.in.Rule
	var names []string
	add := func(column string) {
		if !slices.Contains(names, column) {
			names = append(names, column)
		}
	}
	mentions, found := packages.Mentions(d.in)
	d.keep(found)
	for _, m := range mentions {
		add(m.Column)
	}
	if c := d.in.Correlation; c != nil {
		for _, f := range c.Source.GroupBy {
			if column, ok := d.in.Query.Result.Column(f.Name); ok {
				add(column)
			}
		}
	}
	named := slices.Clone(r.Alerting.Risk.Objects)
	for _, detail := range r.Alerting.Details {
		named = append(named, detail.Field)
	}
	for _, f := range named {
		if column, ok := packages.Column(d.in, f, &d.found); ok {
			add(column)
		}
	}
	d.tellDetails(r.Alerting.Details)
	for _, column := range d.columnsOfFields(r) {
		add(column)
	}
	if len(names) > 0 {
		d.rule.Investigation = &fieldNames{names}
	}
}

// columnsOfFields gives the columns of Sigma's `fields`, and tells which fields have none of their own.
func (d *detection) columnsOfFields(r *rules.Rule) (columns []string) {
	var unknown []string
	for _, f := range r.Fields {
		if column, ok := d.in.Query.Result.Column(f); ok {
			columns = append(columns, column)
		} else {
			unknown = append(unknown, f)
		}
	}
	if len(unknown) > 0 {
		d.found = append(d.found, packages.Told("package-column", r.Key("fields", -1), "name fields that are columns of their own in data model "+d.in.Query.Model,
			"the alert does not highlight what `fields` names and is not a column of its own: %s", strings.Join(unknown, ", ")))
	}
	return columns
}

// tellDetails says that Kibana shows custom details under the names of their columns.
func (d *detection) tellDetails(details []rules.Detail) {
	if len(details) > 0 {
		d.found = append(d.found, packages.Told("package-detail", details[0].Key.Range, "look for the columns in the alert", "Kibana has no names for custom details: alerts highlight their columns"))
	}
}
