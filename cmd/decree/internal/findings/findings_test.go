package findings

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/cmd/decree/internal/clitest"
	"decree/rules/diag"
)

func some(errors, warnings int) (found diag.Diagnostics) {
	for range warnings {
		found.Warnf("slow", diag.Range{}, "", "w")
	}
	for range errors {
		found.Errorf("wrong", diag.Range{}, "", "e")
	}
	return append(found, diag.Diagnostic{Severity: diag.Info, Code: "style"})
}

func TestAtLeast(t *testing.T) {
	found := some(1, 2)
	for level, want := range map[string]int{"error": 1, "warning": 3, "info": 4} {
		assert.Len(t, AtLeast(found, level), want, level)
	}
	assert.Len(t, found, 4, "nothing is taken from what was given")
	assert.Equal(t, []string{"error", "warning", "info"}, Severities)
}

func TestCountByCode(t *testing.T) {
	s, out, _ := clitest.Streams("")
	require.NoError(t, CountByCode(s, some(1, 2)))
	assert.Empty(t, out.String(), "a few findings need no table")
	require.NoError(t, CountByCode(s, some(4, 6)))
	assert.Equal(t, "FOUND  SEVERITY  CODE\n6      warning   slow\n4      error     wrong\n1      info      style\n", out.String())
}
