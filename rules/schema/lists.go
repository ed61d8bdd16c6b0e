package schema

import (
	"fmt"
	"slices"
	"strings"

	"decree/rules/ir"
)

// element follows the name of a list in the names of its elements' fields.
// https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath
const element = "{}"

// maxLists limits how many parts of a name may be lists. Each part doubles the number of spellings.
const maxLists = 5

// mayHoldLists tells whether a field is nested and the model does not say which of its parents are lists. A field that
// is among the names of the source is in no list.
func mayHoldLists(s *Source, field, column string) bool {
	if !strings.Contains(field, ".") || strings.Contains(field, element) {
		return false
	}
	_, mapped := mappedIn(s.Fields, field)
	return !mapped && !slices.Contains(s.Names, s.outside(column))
}

// inLists tests a field under every name that the product may give it. An event has one of them.
func inLists(s *Source, n *ir.Match, column string) (ir.Node, error) {
	envelope := strings.TrimSuffix(column, s.outside(column))
	parts := strings.Split(s.outside(column), ".")
	if len(parts) > maxLists {
		return n, fmt.Errorf("%s has more than %d parts, any of which may be a list; the product adds %s to the name of a list", column, maxLists, element)
	}
	if _, compares := n.Test.(*ir.FieldRef); compares {
		return n, nil // a field that is a list is not compared with another
	}
	terms := []ir.Node{}
	for lists := range 1 << len(parts) {
		var name strings.Builder
		name.WriteString(envelope)
		for i, part := range parts {
			if i > 0 {
				name.WriteByte('.')
			}
			name.WriteString(part)
			if lists&(1<<i) > 0 {
				name.WriteString(element)
			}
		}
		terms = append(terms, &ir.Match{Base: n.Base, Field: ir.Field{Name: name.String()}, Test: n.Test})
	}
	if ir.WhenMissing(n.Test) {
		return &ir.And{Base: n.Base, Terms: terms}, nil
	}
	return &ir.Or{Base: n.Base, Terms: terms}, nil
}

// RawPrefix comes before the path of an array in the names of columns that tests of its elements read. The product's
// fields have the values of all elements, so that only the event's own JSON tells which are of one element.
const RawPrefix = "_raw."

// elementsIn rewrites a test of an array's elements to a test of the array in the event's own JSON.
func elementsIn(n *ir.Match, c Column) (ir.Node, error) {
	path := c.Array
	if path == "" {
		path = strings.TrimSuffix(c.Name, element)
	}
	if strings.Contains(path, element) {
		return n, fmt.Errorf("%s is not an array of the product's: its values are in %s", n.Field.Name, c.Name)
	}
	if strings.HasPrefix(path, RawPrefix) {
		return n, nil
	}
	return &ir.Match{Base: n.Base, Field: ir.Field{Name: RawPrefix + path}, Test: n.Test}, nil
}
