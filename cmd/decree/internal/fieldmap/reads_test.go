package fieldmap

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/tests/fixture/lowered"
)

func TestReadsGivesWhatExtractsAreMadeOf(t *testing.T) {
	r := lowered.Rule(t, "title: Made\nlogsource: {product: windows, category: process_creation}\nextract: {Script: {field: CommandLine, argv: 1}, Short: {field: Script, lower: true}}\ndetection: {a: {Short|endswith: .vbs, Image: x}, condition: a}\n")
	fields, entities := Reads(r)
	assert.Equal(t, []string{"CommandLine", "Image"}, fields)
	assert.Empty(t, entities)
}

// TestReadsOfPrevalence: another process's value has no name of Sigma's own, unless every process has the field.
func TestReadsOfPrevalence(t *testing.T) {
	r := lowered.Rule(t, "title: Rare\nlogsource: {product: windows, category: process_creation}\nprevalence: {p: {field: Image, of: parent, local: {distinct: host, lte: 1}}, q: {field: sha1, of: parent, signature: Unsigned}, s: {field: sha256, local: {distinct: host, lte: 1}}}\ndetection: {condition: p and q and s}\n")
	fields, entities := Reads(r)
	assert.Equal(t, []string{"ParentImage"}, fields)
	assert.Equal(t, []string{"host", "sha256"}, entities)
	others := OfOthers(r)
	assert.Len(t, others, 1)
	assert.Equal(t, "q", others[0].Name)
}
