package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules/ir"
)

func TestOfFilename(t *testing.T) {
	ends := func(values ...string) *ir.Text { return &ir.Text{Op: ir.EndsWith, Values: values} }
	for _, c := range []struct {
		holds string
		test  ir.Test
		want  []string // names; nil if the column cannot answer
	}{
		{fileName, ends(`\a.exe`), []string{"a.exe"}},
		{fileName, ends("/sh"), nil},
		{unixFileName, ends("/sh", "/bash"), []string{"sh", "bash"}},
		{unixFileName, ends("/sh", "sh"), nil},
		{unixFileName, ends("/bin/sh"), nil},
		{unixFileName, ends(`\sh`), nil},
		{unixFileName, ends("/"), nil},
		{unixFileName, &ir.Text{Op: ir.Filename, Values: []string{"sh"}}, []string{"sh"}},
		{unixFileName, &ir.Text{Op: ir.Contains, Values: []string{"/sh"}}, nil},
		{unixFileName, nil, nil},
	} {
		got, ok := Column{Holds: c.holds}.OfFilename(c.test)
		assert.Equal(t, c.want != nil, ok, "%s %v", c.holds, c.test)
		if ok {
			assert.Equal(t, &ir.Text{Op: ir.Equals, Values: c.want}, got)
		}
	}
}
