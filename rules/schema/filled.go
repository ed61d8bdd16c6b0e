package schema

import (
	"maps"
	"slices"
)

// Filled tells the events whose values are all in columns of their own. In others, a column may be empty and its value
// in Source.UnlistedIn, in the element with the column's name. When is "" if that is so of no event.
type Filled struct {
	When string   `yaml:"when"` // the column that tells
	Is   []string `yaml:"is"`   // what it then holds, as text without case
}

// nameXML tells fields and entities which XML may have their values. The system's own are not there. Queries of KQL
// alone read both.
func (m *Model) nameXML() {
	if m.Dialect != "" && m.Dialect != "kql" {
		return
	}
	for i := range m.Sources {
		s := &m.Sources[i]
		if s.Filled.When == "" {
			continue
		}
		s.Fields, s.Entities = maps.Clone(s.Fields), maps.Clone(s.Entities)
		for _, columns := range []map[string]Column{s.Fields, s.Entities} {
			for name, c := range columns {
				if c.Name != s.UnlistedIn && !slices.Contains(knownLogs().System, c.Name) {
					c.InXML = s.UnlistedIn
					columns[name] = c
				}
			}
		}
	}
}

// ValueInXML is the value of a column in the XML that has it where the column is empty.
func (c Column) ValueInXML(column string) Column {
	return Column{Name: c.InXML, Type: XML, Key: column}
}
