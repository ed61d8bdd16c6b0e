package schema_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestCannotAskOfLongLists: looking at the terms beside a test takes no more than a few times what the rule has.
func TestCannotAskOfLongLists(t *testing.T) {
	m, err := schema.Load("sentinel")
	require.NoError(t, err)
	var asked, unasked strings.Builder
	const maps = 500
	for i := range maps {
		fmt.Fprintf(&unasked, "    - {CommandLine|contains: a%d, Image|endswith: '\\x%d.exe'}\n", i, i)
		fmt.Fprintf(&asked, "    - {User|re: a.*b%d, Image|endswith: '\\x%d.exe'}\n", i, i)
	}
	for detection, found := range map[string]int{
		"  s: {User|re: a.*b}\n  f:\n" + unasked.String() + "  condition: s and not f\n": 1,
		"  f:\n" + asked.String() + "  condition: not f\n":                               maps,
	} {
		r := lowered.Rule(t, "logsource: {product: windows, category: process_creation}\ndetection:\n"+detection)
		require.Len(t, m.CannotAsk(r), found)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m.CannotAsk(r)
		runtime.ReadMemStats(&after)
		assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(100), "MiB")
	}
}
