package schema

import (
	"slices"
	"strings"
)

// several are columns of Windows' and Elastic's events that may have several values, whatever a model says. The last
// ones are Splunk's, of the text of an event that tells of two accounts.
var several = map[string]bool{"data": true, "keywords": true, "winlog.keywords": true, "event.category": true, "event.type": true, "process.args": true, "registry.data.strings": true, "message": true, "eventdata_xml": true,
	"account_name": true, "account_domain": true, "security_id": true, "logon_id": true, "logon_guid": true}

// DatasetPrefix begins the table of a source that is a dataset of Splunk's accelerated data models.
const DatasetPrefix = "datamodel="

// OneValue tells whether a column is known to have at most one value per event. An extract has as many as the columns
// that it is made of, or more.
func (m *Model) OneValue(s *Source, c Column) bool {
	if c.Made != nil {
		spec := c.Made.Extract.Spec
		ofSeveral := slices.ContainsFunc(c.Made.From, func(from Column) bool { return !m.OneValue(s, from) })
		return len(spec.Text.Parts) > 0 || !spec.Any && !ofSeveral
	}
	if strings.HasPrefix(s.Table, DatasetPrefix) { // each row of what is read from it has one value of each field
		return true
	}
	for _, other := range []string{c.OrElse, c.Instead.Column} {
		if other != "" && !m.OneValue(s, Column{Name: other}) {
			return false
		}
	}
	return s.oneValue(c) || m.Arrays && s.Columns[c.Name] == "" && !c.maySeveral()
}

// OneInElements tells whether a field of an array's elements is known to have one value. An array in an element is
// named behind the array that the element is in.
func (s *Source) OneInElements(array, field string) bool {
	return slices.Contains(s.Elements[array], field)
}

// OneBelowArray tells whether a name stands for such a field.
func (s *Source) OneBelowArray(name string) bool {
	for array := range s.Elements {
		if field, below := strings.CutPrefix(name, array+"."); below && s.OneInElements(array, field) {
			return true
		}
	}
	return false
}

// maySeveral tells whether a column has several values by what is known of it alone.
func (c Column) maySeveral() bool {
	name := strings.ToLower(c.Name)
	return c.Multivalue || c.Shared || c.Type == Digests || len(c.Spread) > 0 || several[name] || strings.Contains(name, element)
}

// oneValue tells whether a product's column has at most one value: in a table with types, or in Windows' events.
func (s *Source) oneValue(c Column) bool {
	if c.maySeveral() {
		return false
	}
	switch s.Columns[c.Name] {
	case "string", "int", "long", "real", "bool", "datetime", "guid":
		return true
	case "":
		scoped := slices.ContainsFunc(s.Scope, func(t ScopeTest) bool { return strings.EqualFold(t.Column, c.Name) })
		return scoped || strings.EqualFold(s.Product, "windows")
	}
	return false
}
