package schema

import (
	"strings"

	"decree/rules/ir"
)

const hashesField = "Hashes"

// hashFields are the fields for the algorithms in Sysmon's Hashes.
var hashFields = map[string]struct {
	field  string
	length int
}{"MD5": {"md5", 32}, "SHA1": {"sha1", 40}, "SHA256": {"sha256", 64}, "IMPHASH": {"Imphash", 32}}

// HashesApart tells whether a field is Sysmon's Hashes, and the source has a column for each algorithm instead: then
// only whole hashes, with the names of their algorithms, can be asked.
func (s *Source) HashesApart(f ir.Field) bool {
	fields := s.hashesOf(f.Level)
	_, together := fields[hashesField]
	apart, ok := fields["sha256"]
	return f.Name == hashesField && !together && ok && apart.Type != HashSet
}

// hashesOf gives the fields among which those of a process's hashes are: of the event, or of a creation event that is
// read for an ancestor.
func (s *Source) hashesOf(level int) map[string]Column {
	for _, at := range append([]int{level}, s.linkedLevels(level)...) {
		fields := s.fieldsAt(at)
		_, together := fields[hashesField]
		if _, apart := fields["sha256"]; together || apart {
			return fields
		}
	}
	return nil
}

// splitHashes tests each hash in the field of its algorithm, if the source has separate fields.
func (m *Model) splitHashes(s *Source, n *ir.Match) (ir.Node, bool) {
	text, isText := n.Test.(*ir.Text)
	if !isText || !s.HashesApart(n.Field) {
		return nil, false
	}
	values := map[string][]string{}
	for _, v := range text.Values {
		algorithm, hash, _ := strings.Cut(v, "=")
		f, known := hashFields[strings.ToUpper(algorithm)]
		if !known || len(hash) != f.length {
			return nil, false
		}
		values[f.field] = append(values[f.field], hash)
	}
	var terms []ir.Node
	for _, name := range sortedNames(values) {
		var term ir.Node = &ir.Match{Base: n.Base, Field: ir.Field{Name: name, Level: n.Field.Level}, Test: &ir.Text{Op: ir.Equals, Values: values[name]}}
		if len(s.hashesOf(n.Field.Level)[name].Spread) > 0 {
			spread, err := m.Translate(s, term.(*ir.Match))
			if err != nil {
				return nil, false
			}
			term = spread
		}
		terms = append(terms, term)
	}
	return either(n.Base, terms), true
}
