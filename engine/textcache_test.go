package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

// TestTextsThatComeAgain has more texts than are remembered, each several times, in turns and one after
// the other: what is remembered of one must not be taken for another.
func TestTextsThatComeAgain(t *testing.T) {
	r := lowered.Rule(t, "detection:\n  a: {F|contains: needle}\n  b: {F: 'é*'}\n  condition: a or b\n")
	var events []string
	want := 0
	for round := range 4 {
		for i := range 1000 {
			text := fmt.Sprintf("%s%030d", []string{"", "NEEDLE", "É", "e"}[i%4], i)
			if round%2 == 1 {
				text = fmt.Sprintf("%s%030d", []string{"", "NEEDLE", "É", "e"}[i/8%4], i/8)
			}
			if strings.HasPrefix(text, "NEEDLE") || strings.HasPrefix(text, "É") {
				want++
			}
			events = append(events, fmt.Sprintf(`{"F":%q}`, text))
		}
	}
	results, _ := enginetest.Run(t, engine.Options{}, []*ir.Rule{r}, events...)
	assert.Len(t, results, want)
}
