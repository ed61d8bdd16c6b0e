package regex

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTexts(t *testing.T) {
	for expr, want := range map[string][]string{
		`^\bHKU\\S`:                {`HKU\S`},
		`\x48K(?:LM|EY_(A|B))\\`:   {`HKLM\`, `HKEY_A\`, `HKEY_B\`},
		`ab?c`:                     {"abc", "ac"},
		`a.b[cd]e\d`:               {"a-b-e-"},
		`a(?:bc)+d`:                {"a-bc-d"},
		`(?=ab)cd|`:                {"-ab-cd", ""},
		`(?i)(?:x|y){1}\Q.\E(?#c)`: {"x.", "y."},
	} {
		e, err := Parse(expr, "")
		require.NoError(t, err, expr)
		var got []string
		for _, text := range e.Texts() {
			got = append(got, strings.ReplaceAll(text, string(Gap), "-"))
		}
		assert.Equal(t, want, got, expr)
	}
}

// TestTextsAreBounded: alternatives beyond the bound stand in one text, and none is lost.
func TestTextsAreBounded(t *testing.T) {
	for _, expr := range []string{
		strings.Repeat("(?:a|b)", 100),
		strings.Repeat("(?:", 50) + "b" + strings.Repeat("|a)(?:a|b)", 50),
		strings.Repeat("a|", 100) + "b",
		strings.Repeat("(?:a|b)", 10) + strings.Repeat("c", 10_000),
	} {
		e, err := Parse(expr, "")
		require.NoError(t, err)
		all := e.Texts()
		assert.LessOrEqual(t, len(all), maxTexts)
		joined := strings.Join(all, "")
		assert.LessOrEqual(t, len(joined), maxTexts*len(expr))
		assert.Contains(t, joined, "a")
		assert.Contains(t, joined, "b")
	}
}
