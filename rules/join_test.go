package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
)

// TestAJoinedRuleIsAPart: of the rule of its own file that joins it, unless the join says generate.
func TestAJoinedRuleIsAPart(t *testing.T) {
	here, elsewhere := &Rule{Range: diag.Range{File: "a.yml"}}, &Rule{Range: diag.Range{File: "b.yml"}}
	for _, c := range []struct {
		join Join
		want bool
	}{
		{Join{}, false}, {Join{Other: here}, true}, {Join{Other: here, Generate: true}, false}, {Join{Other: elsewhere}, false},
	} {
		assert.Equal(t, c.want, c.join.IsPart(&Rule{Range: diag.Range{File: "a.yml"}}))
	}
}

// TestNamesOfAllSections: a condition may use the names of searches, ancestry, prevalence and joins.
func TestNamesOfAllSections(t *testing.T) {
	r := &Rule{Searches: []Search{{Name: "s"}}, Ancestry: []Ancestry{{Name: "a"}}, Prevalence: []Prevalence{{Name: "p"}}, Joins: []Join{{Name: "j"}}}
	assert.Equal(t, []string{"s", "a", "p", "j"}, r.Names())
}
