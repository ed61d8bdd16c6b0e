package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTemplates(t *testing.T) {
	image, host := NamedField{Name: "Image"}, NamedField{Name: "host"}
	template := Template{Parts: []TemplatePart{{Field: image}, {Text: " on {"}, {Field: host}, {Text: "} "}, {Field: image}}}
	assert.False(t, template.Empty())
	assert.True(t, Template{}.Empty())
	assert.Equal(t, "<Image> on {<host>} <Image>", template.Write(func(f NamedField) string { return "<" + f.Name + ">" }))
	assert.Equal(t, []NamedField{image, host}, template.Fields(), "each once")
}

func TestWhatAnAlertReads(t *testing.T) {
	field := func(name string) NamedField { return NamedField{Name: name} }
	alert := Alerting{
		Risk:        Risk{Objects: []NamedField{field("user")}},
		Entities:    []Entity{{Kind: "host", Field: field("host")}, {Kind: "user", Field: field("user")}},
		Details:     []Detail{{Key: field("Command"), Field: field("CommandLine")}},
		Title:       Template{Parts: []TemplatePart{{Field: field("Image")}}},
		Description: Template{Parts: []TemplatePart{{Text: "by "}, {Field: field("user")}, {Field: field("IntegrityLevel")}}},
	}
	var names []string
	for _, f := range alert.Reads() {
		names = append(names, f.Name)
	}
	assert.Equal(t, []string{"user", "host", "CommandLine", "Image", "IntegrityLevel"}, names)
	assert.Empty(t, Alerting{}.Reads())
}
