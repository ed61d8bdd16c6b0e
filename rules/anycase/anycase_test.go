package anycase_test

import (
	"testing"

	"decree/rules/anycase"

	"github.com/stretchr/testify/assert"
)

func TestContains(t *testing.T) {
	words := []string{"Signed", "Straße"}
	assert.True(t, anycase.Contains(words, "SIGNED"))
	assert.True(t, anycase.Contains(words, "STRAßE"))
	assert.False(t, anycase.Contains(words, "Sign"), "a part is no word of the list")
	assert.False(t, anycase.Contains(nil, ""))
}

func TestPrefix(t *testing.T) {
	for name, c := range map[string]struct {
		text, prefix, rest string
		found              bool
	}{
		"another case":         {text: "HKLM\\Software", prefix: "hklm\\", rest: "Software", found: true},
		"the whole text":       {text: "hklm", prefix: "HKLM", found: true},
		"nothing":              {text: "hklm", rest: "hklm", found: true},
		"another text":         {text: "hkcu", prefix: "hklm", rest: "hkcu"},
		"longer than the text": {text: "hk", prefix: "hklm", rest: "hk"},
		"ends within a letter": {text: "é", prefix: "e", rest: "é"},
		"letters beyond ASCII": {text: "Émile", prefix: "é", rest: "mile", found: true},
	} {
		t.Run(name, func(t *testing.T) {
			rest, found := anycase.CutPrefix(c.text, c.prefix)
			assert.Equal(t, c.found, found)
			assert.Equal(t, c.rest, rest)
			assert.Equal(t, c.found, anycase.HasPrefix(c.text, c.prefix))
		})
	}
}
