package compilers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/tests/fixture/lowered"
)

// TestManyValuesAreTold: a query with more values than its product may take says so, unless they are kept beside it.
func TestManyValuesAreTold(t *testing.T) {
	const plain, named = "s: {CommandLine: [VALUES]}", "s: {CommandLine|expand: '%l%'}"
	for _, c := range []struct {
		dialect compilers.Dialect
		model   string
		search  string
		values  int
		lists   string
		want    string
	}{
		{eql.New(), "ecs", plain, 1024, "", ""},
		{eql.New(), "ecs", plain, 1025, "", "the query has 1,025 values, and the product may refuse more than 1,024: split the rule"},
		{eql.New(), "ecs", "s: {CommandLine|startswith: [VALUES]}", 1025, "", "1,025 values"},
		{eql.New(), "ecs", "s: {Image|filename: [VALUES]}", 1025, "", "1,025 values"},
		{eql.New(), "ecs", "s: {DestinationIp|cidr: [NETWORKS]}", 1025, "", "1,025 values"},
		{eql.New(), "ecs", "s: {ProcessId: [NUMBERS]}", 1025, "", "1,025 values"},
		{eql.New(), "ecs", "s: {CommandLine: [VALUES]}\n  t: {Image: a}", 1024, "", "1,025 values"},
		{eql.New(), "winlogbeat", named, 1025, "apart", "1,025 values"}, // it has no tables
		{kql.New(), "mde", named, 10_000, "", ""},
		{kql.New(), "mde", named, 10_001, "", "10,001 values"},
		{kql.New(), "sentinel", named, 10_001, "", ""}, // a watchlist
		{spl.New(), "splunk-windows", named, 40_000, "", ""},
	} {
		var names, networks, numbers strings.Builder
		for i := range c.values {
			fmt.Fprintf(&names, "v%d.exe,", i)
			fmt.Fprintf(&networks, "10.%d.%d.0/24,", i/256, i%256)
			fmt.Fprintf(&numbers, "%d,", i)
		}
		values := names.String()
		category := "process_creation"
		if strings.Contains(c.search, "NETWORKS") {
			category = "network_connection"
		}
		text := "title: T\nlogsource: {product: windows, category: " + category + "}\n"
		if c.search == named {
			text += "lists: {l: [" + values + "]}\n"
		}
		text += "detection:\n  " + strings.NewReplacer("VALUES", values, "NETWORKS", networks.String(), "NUMBERS", numbers.String()).Replace(c.search) + "\n  condition: 1 of them\n"
		q, found := c.dialect.Compile(lowered.Rule(t, text), compilers.Options{Model: lowered.Model(t, c.model), Lists: c.lists})
		require.NotNil(t, q, "%v", found)
		got := ""
		for _, n := range q.Notes {
			if n.Code == compilers.ManyValues {
				got += n.Message
				assert.Equal(t, "exact", n.Effect)
			}
		}
		if c.want == "" {
			assert.Empty(t, got, "%s: %d", c.model, c.values)
		} else {
			assert.Contains(t, got, c.want, "%s: %d", c.model, c.values)
		}
	}
}
