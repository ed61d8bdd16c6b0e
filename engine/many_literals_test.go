package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestManyLiterals holds that texts that make no small automaton are all found, each by its own rule, beside what is
// found by one.
func TestManyLiterals(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	word := func(size int) string {
		var b strings.Builder
		for range size {
			b.WriteByte("abcdefghijklmnopqrstuvwxyz0123456789 -_.,;:=+()[]{}<>@!&"[r.IntN(56)])
		}
		return b.String()
	}
	rules := []*ir.Rule{lowered.Rule(t, "\ndetection: {s: {CommandLine|contains: whoami}, condition: s}\n")}
	var texts []string
	for _, modifier := range []string{"contains", "startswith", "endswith", "filename", "contains|cased"} {
		var list strings.Builder
		for i := range 2000 {
			text := word(90 + i%30) // longer than an automaton takes whole
			texts = append(texts, text)
			fmt.Fprintf(&list, "      - '%s'\n", text)
		}
		rules = append(rules, lowered.Rule(t, "\ndetection:\n  s:\n    CommandLine|"+modifier+":\n"+list.String()+"  condition: s\n"))
	}
	events := []string{`{"CommandLine":"cmd /c WhoAmI"}`}
	want := []string{"0"}
	for i, text := range []string{texts[17], texts[2017], texts[4017], texts[6017], texts[8017]} {
		upper := strings.ToUpper(text)
		for _, line := range []string{text, upper, "x" + text, text + "x", `C:\d\` + text, text[:80]} {
			events = append(events, fmt.Sprintf(`{"CommandLine":%q}`, line))
			found := map[string]bool{
				"contains": strings.Contains(strings.ToLower(line), text), "startswith": strings.HasPrefix(strings.ToLower(line), text), "endswith": strings.HasSuffix(strings.ToLower(line), text),
				"filename": strings.ToLower(line)[strings.LastIndex(line, `\`)+1:] == text, "contains|cased": strings.Contains(line, text),
			}
			if found[[]string{"contains", "startswith", "endswith", "filename", "contains|cased"}[i]] {
				want = append(want, fmt.Sprint(i+1))
			} else {
				want = append(want, "")
			}
		}
	}
	for _, exhaustive := range []bool{false, true} {
		results, _ := enginetest.Run(t, engine.Exhaustively(exhaustive, engine.Options{}), rules, events...)
		got := make([]string, len(events))
		for _, result := range results {
			got[result.Order()] += fmt.Sprint(slices.Index(rules, result.Rule))
		}
		assert.Equal(t, want, got)
	}
}
