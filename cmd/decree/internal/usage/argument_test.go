//go:build !windows

package usage

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestArgument(t *testing.T) {
	for path, want := range map[string]string{
		"rules/a_b-1.yml": "rules/a_b-1.yml",
		"my rules":        "'my rules'",
		"it's":            `'it'\''s'`,
		"$HOME":           "'$HOME'",
		`a\b`:             `'a\b'`,
		"":                "''",
		"a\u202eb":        `'a\u202eb'`,
	} {
		assert.Equal(t, want, Argument(path))
	}
}
