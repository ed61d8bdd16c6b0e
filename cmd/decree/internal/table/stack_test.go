package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStack(t *testing.T) {
	rows := [][]string{{"rule", "kql", "elastic"}, {"A title of a rule", "exact", "refused: no-column, elements"}, {"Other", "exact", "exact"}}
	for columns, want := range map[int]string{
		80: "RULE               KQL    ELASTIC\nA title of a rule  exact  refused: no-column, elements\nOther              exact  exact\n",
		32: "RULE\nA title of a rule\n  kql      exact\n  elastic  refused: no-column,\n           elements\nOther\n  kql      exact\n  elastic  exact\n",
	} {
		var b strings.Builder
		require.NoError(t, Stack(&b, columns, rows))
		assert.Equal(t, want, b.String(), columns)
	}
	assert.ErrorContains(t, Stack(broken{}, 10, rows), "broken")
}
