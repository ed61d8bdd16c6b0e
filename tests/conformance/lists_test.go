package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/kql"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestListsApartAreWellFormed has Microsoft's parser read watchlists and the checker of SPL read lookups.
func TestListsApartAreWellFormed(t *testing.T) {
	t.Parallel()
	r := lowered.Rule(t, `title: T
logsource: {product: windows, category: process_creation}
lists:
  my-tools: [whoami.exe, 'a"b.exe', '`+"`x`"+`']
  bad: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]
detection:
  tool: {Image|filename|expand: '%my-tools%'}
  path: {Image|expand: '%my-tools%'}
  line: {CommandLine|expand: '%bad%'}
  condition: tool or not path or line
`)
	for _, d := range []compilers.Dialect{kql.New(), spl.New()} {
		for _, name := range schema.Preferred(d.Name()) {
			m, err := schema.Load(name)
			require.NoError(t, err)
			q, found := d.Compile(r, compilers.Options{Model: m, Lists: compilers.ListsApart})
			if len(m.Find("process_creation", "windows", "")) == 0 {
				continue
			}
			require.NotNil(t, q, "%s: %v", name, found)
			if d.Name() == "spl" {
				assert.Equal(t, 4, len(q.Assets), name)
				_, err := checkSPL(q.Text)
				assert.NoError(t, err, q.Text)
				continue
			}
			assert.Equal(t, m.Lists != "", len(q.Assets) == 2, name)
			for _, result := range CheckKQL(t, []string{q.Text}, tablesOf(t, m), "", "") {
				assert.Empty(t, result.Errors, q.Text)
			}
		}
	}
}
