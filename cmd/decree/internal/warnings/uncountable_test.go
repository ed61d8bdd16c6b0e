package warnings

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/cmd/decree/internal/clitest"
	"decree/engine"
)

func TestUncountable(t *testing.T) {
	s, _, errs := clitest.Streams("")
	rare := engine.Uncountable{Kind: "prevalence", Rule: "T", Name: "rare", Fields: []string{"sha1"}, Count: 1}
	Uncountable(s, []engine.Uncountable{rare, rare, rare,
		{Kind: "correlation", Rule: "C", Fields: []string{"A", "B"}, Count: 2},
		{Kind: "join", Rule: "T", Name: "j", Others: true, Fields: []string{"A"}, Count: 2}, rare, rare})
	rest := errs.String()
	errs.Reset()
	Uncountable(s, []engine.Uncountable{{Kind: "correlation", Rule: "C", Inputs: []string{"r\x1b", "s"}, Fields: []string{"A"}, Count: 2},
		{Kind: "prevalence", Rule: "T", Name: "rare", Others: true, Fields: []string{"user"}, Count: 1},
		{Kind: "suppress", Rule: "T", Fields: []string{"user"}, Count: 2}})
	assert.Equal(t, "warning: 2 matches of r\\x1b or s that correlation \"C\" was given have no A: it can count none of them\n"+
		"warning: 1 event that prevalence \"rare\" of rule \"T\" counts has no user: it can count none of them\n"+
		"warning: 2 matches that suppress of rule \"T\" was given have no user: it tells none of them apart\n", errs.String())
	const one = "warning: 1 event that prevalence \"rare\" of rule \"T\" was asked of has no sha1: it can count none of them\n"
	assert.Equal(t, one+one+one+
		"warning: 2 matches that correlation \"C\" was given have no A or no B: it can count none of them\n"+
		"warning: 2 matches that join \"j\" of rule \"T\" looks for have no A: it can count none of them\n"+
		"  and so in 2 other conditions\n", rest)
}
