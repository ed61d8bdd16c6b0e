package defender

import (
	"strings"

	"decree/compilers/packages"
)

// times are the columns of which the result needs one, under the name that its table has it.
// https://learn.microsoft.com/en-us/defender-xdr/custom-detection-rules#required-columns-in-the-query-results
const (
	hunting   = "Timestamp"     // of Defender's own tables
	workspace = "TimeGenerated" // of tables of Sentinel
)

// requireColumns reports each column that the product asks for and the result does not have, and a result that names
// nothing that is affected.
func (d *detection) requireColumns() {
	if d.in.Query.Written != nil {
		d.found = append(d.found, packages.Told("package-unchecked", d.in.Rule.Key("query", -1), "run it in Advanced Hunting and look at its columns",
			"the query is written by hand: decree does not check that it returns what Defender asks for"))
		return
	}
	result := d.in.Query.Result
	if result.Time != hunting && result.Time != workspace {
		d.lacks(hunting, "events with their time")
	} else if !result.Has(result.Time) {
		d.lacks(result.Time, "events with their time")
	}
	asked := map[string]bool{}
	for _, table := range result.Tables {
		for _, column := range needs(table, result.Time) {
			if !asked[column] && !result.Has(column) {
				d.lacks(column, table)
			}
			asked[column] = true
		}
	}
	if !d.entities.affected() {
		d.found.Errorf("package-required-column", d.in.Rule.Range, "name a host, a user or a mailbox in `entities`", "the query returns no host, user or mailbox, and Defender needs one that is affected")
	}
}

func (d *detection) lacks(column, table string) {
	d.found.Errorf("package-required-column", d.in.Rule.Range, "choose a data model whose tables have it, or write its name into the model's `id`", "the query does not return %s, and Defender asks for it of %s", column, table)
}

// needs are the columns that an event of a table must keep beside its time. Tables of Sentinel need none.
func needs(table, timeColumn string) []string {
	switch {
	case timeColumn != hunting || strings.HasPrefix(table, "Alert"):
		return nil
	case strings.HasPrefix(table, "Device"):
		return []string{"DeviceId", "ReportId"}
	case strings.HasPrefix(table, "Observation"):
		return []string{"ObservationId"}
	}
	return []string{"ReportId"}
}
