package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"decree/rules"
	"decree/rules/ir"
)

// TestOneValue names columns of which a query may read one value alone.
func TestOneValue(t *testing.T) {
	made := func(spec rules.Extract, from ...Column) Column {
		return Column{Made: &Made{Extract: &ir.Extract{Spec: &spec}, From: from}}
	}
	text := rules.Template{Parts: []rules.TemplatePart{{Field: rules.NamedField{Name: "a"}}}}
	typed := map[string]string{"T": "string", "D": "dynamic"}
	for _, c := range []struct {
		name   string
		model  Model
		source Source
		column Column
		want   bool
	}{
		{"windows", Model{}, Source{Product: "windows"}, Column{Name: "Image"}, true},
		{"windows, two accounts in a text", Model{}, Source{Product: "windows"}, Column{Name: "Account_Name"}, false},
		{"windows, two logons in a text", Model{}, Source{Product: "windows"}, Column{Name: "Logon_GUID"}, false},
		{"linux", Model{}, Source{Product: "linux"}, Column{Name: "exe"}, false},
		{"linux, its scope", Model{}, Source{Product: "linux", Scope: []ScopeTest{{Column: "type"}}}, Column{Name: "type"}, true},
		{"a type", Model{}, Source{Columns: typed}, Column{Name: "T"}, true},
		{"a dynamic type", Model{Arrays: true}, Source{Columns: typed}, Column{Name: "D"}, false},
		{"JSON", Model{Arrays: true}, Source{}, Column{Name: "a.b"}, true},
		{"JSON, a list", Model{Arrays: true}, Source{}, Column{Name: "a{}.b"}, false},
		{"a dataset", Model{}, Source{Table: DatasetPrefix + "Web.Web"}, Column{Name: "url"}, true},
		{"several", Model{}, Source{Product: "windows"}, Column{Name: "a", Multivalue: true}, false},
		{"or else", Model{}, Source{Product: "windows"}, Column{Name: "a", OrElse: "Message"}, false},
		{"instead", Model{}, Source{Product: "windows"}, Column{Name: "a", Instead: Instead{Column: "b"}}, true},
		{"an extract", Model{}, Source{Product: "windows"}, made(rules.Extract{}, Column{Name: "a"}), true},
		{"an extract of several", Model{}, Source{Product: "linux"}, made(rules.Extract{}, Column{Name: "a"}), false},
		{"every part", Model{}, Source{Product: "windows"}, made(rules.Extract{Any: true}, Column{Name: "a"}), false},
		{"every part, of a dataset", Model{}, Source{Table: DatasetPrefix + "Web.Web"}, made(rules.Extract{Any: true}, Column{Name: "url"}), false},
		{"a text of fields", Model{}, Source{}, made(rules.Extract{Text: text}, Column{Name: "a"}), true},
	} {
		assert.Equal(t, c.want, c.model.OneValue(&c.source, c.column), c.name)
	}
}
