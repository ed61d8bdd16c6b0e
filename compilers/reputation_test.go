package compilers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/diag"
	"decree/tests/fixture/lowered"
)

// TestOneTableHasEveryKindOfValue: a query that looks up two kinds of values reads one table, which has both columns.
func TestOneTableHasEveryKindOfValue(t *testing.T) {
	const rule = `title: T
name: NAME
logsource: {product: windows, category: process_creation}
schedule: {every: 1h, lookback: 2h}
prevalence:
  a: {field: sha1, signature: Unsigned}
  b: {field: sha256, signature: Unsigned}
detection:
  s: {Image: x}
  condition: s and CONDITION
`
	named := func(name, condition string) string {
		return strings.NewReplacer("NAME", name, "CONDITION", condition).Replace(rule)
	}
	table := func(q *compilers.Query, found diag.Diagnostics) compilers.Asset {
		require.Empty(t, found)
		var tables []compilers.Asset
		for _, a := range q.Assets {
			if a.Name == "decree_reputation.csv" {
				tables = append(tables, a)
			}
		}
		require.Len(t, tables, 1)
		return tables[0]
	}
	const columns = "sha1,ProfileAvailability,GlobalPrevalence,SignatureState,Signer,Issuer,IsCertificateValid,IsRootSignerMicrosoft,SoftwareName,ThreatName,GlobalFirstSeen,sha256\n"
	both := lowered.Rule(t, named("both", "a and b"))
	got := table(spl.New().Compile(both, compilers.Options{Model: lowered.Model(t, "splunk-windows")}))
	assert.Equal(t, columns, got.Content)
	assert.Equal(t, "the lookup's table: one row for each sha1, and for each sha256, filled by the reputation provider", got.Purpose)

	sentinel := compilers.Options{Model: lowered.Model(t, "sentinel")}
	watchlist := table(kql.New().Compile(both, sentinel))
	assert.Equal(t, columns, watchlist.Content)
	assert.Equal(t, "the watchlist decree_reputation is made of it, its search key is sha1: one row for each, and for each sha256, filled by the reputation provider", watchlist.Purpose)

	_, cs := lowered.Correlations(t, named("one", "a")+"---\n"+named("other", "b")+"---\ntitle: C\ncorrelation: {type: temporal, rules: [one, other], group-by: [host], timespan: 5m}\n")
	assert.Equal(t, watchlist, table(kql.New().CompileCorrelation(cs[0], sentinel)))
}
