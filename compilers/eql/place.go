package eql

import (
	"fmt"
	"regexp"

	"decree/compilers"
)

// Place is the setting for where an organisation keeps events: the indices that a query runs on.
func (dialect) Place() (string, func(string) error) { return "index", checkIndex }

// pattern is an index, a data stream or an alias, with wildcards, of this or another cluster. A minus excludes.
// https://www.elastic.co/docs/reference/elasticsearch/rest-apis/api-conventions
var pattern = regexp.MustCompile(`^-?(?:[a-z0-9*_-]+:)?[a-z0-9.*][a-z0-9._*+-]*$`)

// checkIndex says why a text is not a list of index patterns, separated by commas.
func checkIndex(text string) error {
	for _, p := range compilers.SplitPatterns(text) {
		if len(p) > 255 || !pattern.MatchString(p) || p == "." || p == ".." {
			return fmt.Errorf("%q is not an index pattern: write lower-case letters, digits, dots, - and _, with * for any text, as in logs-endpoint.events.*", p)
		}
	}
	return nil
}
