package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/engine"
	"decree/engine/enginetest"
	"decree/rules/ir"
	"decree/tests/fixture/lowered"
)

func TestAtLeast(t *testing.T) {
	r := func(condition string) []*ir.Rule {
		return []*ir.Rule{lowered.Rule(t, "detection:\n  s1: {A: x}\n  s2: {B: x}\n  s3: {C: x}\n  other: {D: x}\n  condition: "+condition+"\n")}
	}
	events := []string{`{"id":0}`, `{"id":1,"A":"x"}`, `{"id":2,"A":"x","C":"x"}`, `{"id":3,"A":"x","B":"x","C":"x"}`, `{"id":4,"A":"x","D":"x"}`}
	for condition, want := range map[string]string{
		"1 of s*": "1 2 3 4", "2 of s*": "2 3", "all of s*": "3", "2 of them": "2 3 4", "not 2 of s*": "0 1 4", "2 of s* and not all of s*": "2", "2 of s* or other": "2 3 4",
	} {
		for _, exhaustive := range []bool{false, true} {
			assert.Equal(t, want, strings.Join(enginetest.IDs(t, engine.Exhaustively(exhaustive, engine.Options{}), r(condition), events...), " "), condition)
		}
	}
}
