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
	_, together := s.Fields[hashesField]
	apart, ok := s.Fields["sha256"]
	return f.Name == hashesField && f.Level == 0 && !together && ok && apart.Type != HashSet
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
		var term ir.Node = &ir.Match{Base: n.Base, Field: ir.Field{Name: name}, Test: &ir.Text{Op: ir.Equals, Values: values[name]}}
		if len(s.Fields[name].Spread) > 0 {
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
