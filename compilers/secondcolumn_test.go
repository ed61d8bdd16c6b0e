package compilers

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/diag"
	"decree/rules/schema"
)

// TestADescribedColumnSaysWhichEventsHaveTheOther: sources that differ in it read different columns.
func TestADescribedColumnSaysWhichEventsHaveTheOther(t *testing.T) {
	texts := map[string]bool{}
	for _, i := range []schema.Instead{{}, {Column: "B", When: "W", Is: []string{"1"}}, {Column: "B", When: "V", Is: []string{"1"}}, {Column: "B", When: "W", Is: []string{"2"}}, {Column: "B", When: "W", Is: []string{"1", "2"}}} {
		texts[describeColumn(schema.Column{Name: "A", Instead: i})] = true
	}
	assert.Len(t, texts, 5)
}

// TestOneColumnHasTheHintOfItsDialect, once for a place.
func TestOneColumnHasTheHintOfItsDialect(t *testing.T) {
	var found diag.Diagnostics
	for range 2 {
		OneColumn("eql", "use another", schema.Column{Name: "A", OrElse: "B"}, diag.Range{}, &found)
	}
	OneColumn("eql", "use another", schema.Column{Name: "C"}, diag.Range{}, &found)
	assert.Len(t, found, 1)
	assert.Equal(t, "use another", found[0].Hint)
}
