package lint

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEscapes(t *testing.T) {
	for text, want := range map[string]string{`\*`: "*", `\?`: "?", `a\\\*b`: "*", `a\*\?`: "*?", `\a\*`: "*",
		``: "", `*`: "", `\`: "", `\\*`: "", `\\\\?`: "", `\a*`: "", `a\`: ""} {
		for _, wildcard := range "*?" {
			assert.Equal(t, strings.ContainsRune(want, wildcard), escapes(text, string(wildcard)), "%s in %s", string(wildcard), text)
		}
	}
}
