package mutation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestMutantsOfExtracts pins what is changed of an extract, also of one that another is made of.
func TestMutantsOfExtracts(t *testing.T) {
	r := rule(t, `extract:
  Script: {field: CommandLine, argv: 1, trim: '-'}
  Kind: {field: Script, map: [{contains: a, to: x}, {equals: [b, c], to: y}], default: z}
  Any: {field: Image, split: '\', at: any}
  Unread: {field: Image, argv: 0}
fields: [Unread]
detection:
  a: {Kind: x, Any: b}
  condition: a
`)
	var got []string
	for _, m := range Mutants(r) {
		if strings.Contains(m.Change, "Script") || strings.HasPrefix(m.Change, "Kind: without") || strings.HasPrefix(m.Change, "Any: 0") || strings.Contains(m.Change, "Unread") {
			got = append(got, m.Kind+" "+m.At.String()[len("rule.yml:"):]+" "+m.Change)
		}
	}
	assert.Equal(t, []string{
		"index 4:3 Script: 0 instead of 1", "index 4:3 Script: 2 instead of 1", "index 4:3 Script: any instead of 1", "drop 4:3 Script: without trimming",
		`value 5:31 Kind: without the row contains "a" to "x"`, `value 5:53 Kind: without the row equals "b" or "c" to "y"`, `value 5:3 Kind: without the default "z"`,
		"index 6:3 Any: 0 instead of any",
	}, got)
}
