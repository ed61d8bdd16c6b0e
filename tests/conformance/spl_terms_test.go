package conformance

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/compilers"
	"decree/compilers/spl"
	"decree/rules/schema"
	"decree/tests/fixture/lowered"
)

// TestSPLTermsStandInTheRawText: a search that asks the index for terms finds every event that its rule matches,
// whether the raw text is XML, JSON or the text of a classic event. Values have all characters that a format may
// escape, and rules a part of a value.
func TestSPLTermsStandInTheRawText(t *testing.T) {
	m, err := schema.Load("splunk-windows")
	require.NoError(t, err)
	a := rand.New(rand.NewPCG(4, seedOf(t)))
	words := []string{"urlcache", "net", "Tools", "x86", "u003d", "n", "20", "amp"}
	breaks := strings.Split("\n \t \" ' < > & + = ` % _ \\ / - -- * ? | ; : , . ( ) [ ] { } ! # $ @ ~ ^ é ſ %20 \u2028", " ")
	asked := 0
	for i := range 1500 {
		var value strings.Builder
		for range 2 + a.IntN(5) {
			if a.IntN(3) == 0 {
				value.WriteString(" ")
			}
			value.WriteString(words[a.IntN(len(words))])
			for range a.IntN(3) {
				value.WriteString(breaks[a.IntN(len(breaks))])
			}
		}
		all := []rune(value.String())
		from := a.IntN(len(all))
		to := from + 1 + a.IntN(len(all)-from)
		modifier := "|contains"
		switch a.IntN(4) {
		case 0:
			modifier, from, to = "", 0, len(all)
		case 1:
			modifier, from = "|startswith", 0
		case 2:
			modifier, to = "|endswith", len(all)
		}
		part, err := json.Marshal(strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`).Replace(string(all[from:to])))
		require.NoError(t, err)
		r := lowered.Rule(t, fmt.Sprintf("title: T\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine%s|cased: %s}, condition: s}\n", modifier, part))
		q, found := spl.New().Compile(r, compilers.Options{Model: m})
		require.NotNil(t, q, "%v", found)
		if !q.Indexed {
			continue
		}
		asked++
		event := record{id: fmt.Sprint(i), channel: sysmonChannel, code: "1", data: map[string]string{"CommandLine": value.String(), "User": "u"}}
		e := event.splunk(t)
		for _, raw := range append(event.otherForms(t), e["_raw"].(string)) {
			e["_raw"] = raw
			assert.Len(t, splRun(q.Text, splRows(t, []doc{e})), 1, "%q\n%s", raw, q.Text)
		}
	}
	t.Logf("%d searches ask for a term", asked)
	assert.Greater(t, asked, 200)
}
