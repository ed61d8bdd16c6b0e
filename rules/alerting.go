package rules

import (
	"regexp"
	"slices"

	"decree/rules/diag"
)

// Alerting is what a product's alert about a match tells, beyond what products find by themselves. All parts are
// optional.
type Alerting struct {
	Risk        Risk
	Entities    []Entity
	Details     []Detail // custom details, in file order
	Title       Template // of the alert; empty: the rule's own title
	Description Template // of the alert; empty: the rule's own description
}

// Risk is what a match adds to the risk of objects.
type Risk struct {
	Score   int          // 1 to 100; 0 = not set
	Objects []NamedField // entities or fields; none: the host and the user
	Range   diag.Range
}

// EntityKinds are the kinds of things that an alert can be about.
var EntityKinds = []string{"host", "user", "process", "file", "ip", "domain", "url", "sha1", "sha256", "md5", "registry_key", "registry_value", "mailbox"}

// Entity is a field whose value is a thing that the alert is about.
type Entity struct {
	Kind  string // one of EntityKinds
	Field NamedField
}

// Detail is a field that an alert shows under a name of its own.
type Detail struct {
	Key   NamedField // the name
	Field NamedField
}

// Template is a text in which `{Field}` stands for a field's value. `{{` is a brace.
type Template struct {
	Parts []TemplatePart
	Range diag.Range
}

// TemplatePart is a text, or a field where Field has a name.
type TemplatePart struct {
	Text  string
	Field NamedField
}

// Empty tells whether nothing is written.
func (t Template) Empty() bool { return len(t.Parts) == 0 }

// Write writes the template. field gives what stands for a field.
func (t Template) Write(field func(NamedField) string) string {
	out := ""
	for _, p := range t.Parts {
		if p.Field.Name != "" {
			out += field(p.Field)
		} else {
			out += p.Text
		}
	}
	return out
}

// NumberOf is the place of a part's field among Fields; -1 of a text.
func (t Template) NumberOf(p TemplatePart) int {
	return slices.IndexFunc(t.Fields(), func(f NamedField) bool { return f.Name == p.Field.Name })
}

// Fields are the fields in the template, each once.
func (t Template) Fields() []NamedField {
	var out []NamedField
	for _, p := range t.Parts {
		if p.Field.Name != "" {
			out = addField(out, p.Field)
		}
	}
	return out
}

// Reads are all fields and entities that the alert shows, each once, in the order of the sections.
func (a Alerting) Reads() []NamedField {
	var out []NamedField
	for _, f := range a.Risk.Objects {
		out = addField(out, f)
	}
	for _, e := range a.Entities {
		out = addField(out, e.Field)
	}
	for _, d := range a.Details {
		out = addField(out, d.Field)
	}
	for _, t := range []Template{a.Title, a.Description} {
		for _, f := range t.Fields() {
			out = addField(out, f)
		}
	}
	return out
}

func addField(to []NamedField, f NamedField) []NamedField {
	for _, had := range to {
		if had.Name == f.Name {
			return to
		}
	}
	return append(to, f)
}

// DetailKey is the form of a custom detail's name.
// https://learn.microsoft.com/en-us/azure/sentinel/surface-custom-details-in-alerts
var DetailKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
