package parse

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTagsThatAreNotReadAreWarnedOf(t *testing.T) {
	for value, want := range map[string]string{
		"!!binary aGk=":  `the tag !!binary is ignored: the value is the text "aGk="`,
		"[!own a]":       `the tag !own is ignored: the value is the text "a"`,
		"010":            "",
		"10":             "",
		"0.5":            "",
		"0x10":           "",
		"'010'":          "",
		"!!str 010":      "",
		"2026-01-01":     "",
		"!!int '10'":     "",
		"[a, null, yes]": "",
	} {
		_, found := Rules("r.yml", []byte("title: T\nlogsource: {product: windows}\ndetection:\n  a: {F: "+value+"}\n  condition: a\n"), nil)
		if want == "" {
			assert.Empty(t, found, value)
		} else if assert.Len(t, found, 1, value) {
			assert.Equal(t, want, found[0].Message)
			assert.False(t, found.HasErrors())
		}
	}
}
