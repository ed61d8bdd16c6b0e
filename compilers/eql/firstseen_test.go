package eql_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/eql"
	"decree/tests/fixture/lowered"
)

// TestRefusalOfFirstSeenNamesNewTerms: which fields a rule of Elastic's type new terms takes, and which it does not.
func TestRefusalOfFirstSeenNamesNewTerms(t *testing.T) {
	for fields, want := range map[string]string{
		"[host, Image]":                    "looks for new values of host.id with process.executable; or use kql or spl",
		"[Image]":                          "looks for new values of process.executable; or use kql or spl",
		"[host, Image, sha1, ParentImage]": "takes 3 fields together, and these are 4: host.id, process.executable, process.hash.sha1, process.parent.executable",
		"[host, Script]":                   "it takes host.id, and not Script, which is an extract",
		"[Script]":                         "it takes no Script, which is an extract",
		"[Image, Nowhere]":                 "it takes process.executable, and not Nowhere, for which data model ecs has no field",
	} {
		r := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\nextract: {Script: {field: CommandLine, argv: 1}}\nfirst_seen: {new: {fields: "+fields+", over: 7d}}\ndetection: {s: {Image: x}, condition: s and new}\n")
		q, found := eql.New().Compile(r, compilers.Options{Model: lowered.Model(t, "ecs")})
		require.Nil(t, q)
		require.Equal(t, "first-seen", found[0].Code)
		assert.Contains(t, found[0].Hint, want, fields)
	}
}
