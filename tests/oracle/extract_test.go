package oracle

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/schema"
	"decree/tests/fixture/extracts"
)

// TestExtractsAgree compares the engine with the oracle on made-up rules that read extracted fields.
func TestExtractsAgree(t *testing.T) {
	m, err := schema.Load("sigma")
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(3, 4))
	ops := []string{"argv", "any", "re", "split", "map", "text", "letters"}                                                  // the oracle reads URLs in their usual form alone
	tests := slices.DeleteFunc(slices.Clone(extracts.Tests), func(t string) bool { return strings.Contains(t, "filename") }) // it knows Sigma's modifiers alone
	fields := []string{"CommandLine", "Image", "User"}
	matched := 0
	for range 400 {
		text := extracts.Rule(r, extracts.Uses{Ops: ops, Tests: tests, Fields: fields, LogLines: "logsource: {product: windows}\n"})
		rs, found := parse.Rules("r.yml", []byte(text), nil)
		require.False(t, found.HasErrors(), "%v\n%s", found, text)
		lowered, found := ir.Lower(rs[0])
		require.False(t, found.HasErrors(), "%v\n%s", found, text)
		second, err := Read([]byte(text))
		require.NoError(t, err)
		var lines []string
		var want []int
		for i := range 12 {
			raw, err := json.Marshal(extracts.Event(r, fields))
			require.NoError(t, err)
			lines = append(lines, string(raw))
			fields, err := event.Decode(raw)
			require.NoError(t, err)
			holds, err := second.Matches(m, event.Of(fields))
			require.NoError(t, err, text)
			if holds {
				want = append(want, i)
			}
		}
		results, _ := enginetest.Run(t, engine.Options{Model: m}, []*ir.Rule{lowered}, lines...)
		var got []int
		for _, res := range results {
			got = append(got, res.Event.Line-1)
		}
		require.Equal(t, want, got, "%s\n%v", text, lines)
		matched += len(got)
	}
	require.Greater(t, matched, 500)
}
