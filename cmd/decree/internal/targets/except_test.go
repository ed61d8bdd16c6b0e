package targets

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
)

func TestAnExceptionCoversByIDNameFileAndFolder(t *testing.T) {
	r := &rules.Rule{ID: "6f2a7a5e-52b3-4c0b-8d7e-0d9f5a1c2e21", Name: "whoami"}
	file := filepath.Join("rules", "cloud", "a.yml")
	for text, want := range map[string]bool{
		"whoami":                               true,
		"Whoami":                               false, // names are compared as they are
		"6F2A7A5E-52B3-4C0B-8D7E-0D9F5A1C2E21": true,
		"rules":                                true,
		"rules/cloud":                          true,
		"rules/cloud/a.yml":                    true,
		"rules/cloud/a":                        false,
		"rules/clou":                           false,
		"other":                                false,
	} {
		assert.Equal(t, want, Exception{Text: text, Path: filepath.FromSlash(text)}.Covers(r, file), text)
	}
	assert.False(t, Exception{Text: "rules", Path: "rules"}.Covers(r, ""), "a shipped rule has no file")
	assert.False(t, Exception{Text: "x", Path: "x"}.Covers(&rules.Rule{}, ""), "a rule without a name and an id")
}
