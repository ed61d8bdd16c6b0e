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
