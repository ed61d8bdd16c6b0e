package schema

import "maps"

// nameOwnColumns makes a field of each column of the sources that say so. A field that the source maps itself stays as
// it is.
func (m *Model) nameOwnColumns() {
	for i := range m.Sources {
		s := &m.Sources[i]
		if !s.OwnColumns {
			continue
		}
		fields := maps.Clone(s.Fields)
		if fields == nil {
			fields = map[string]Column{}
		}
		for name, kind := range s.Columns {
			if _, mapped := mappedIn(fields, name); !mapped {
				fields[name] = Column{Name: name, Type: typeOf[kind]}
			}
		}
		s.Fields = fields
	}
}

// typeOf is the type of a field by Kusto's type of its column. Others are read as texts.
var typeOf = map[string]Type{"int": Int, "long": Int, "bool": Bool, "datetime": Datetime}
