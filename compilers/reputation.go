package compilers

import (
	"slices"
	"strings"

	"decree/rules"
)

// FlagTexts are the texts of tables that say that something is true, or that it is not.
func FlagTexts(is bool) *rules.Membership {
	if is {
		return &rules.Membership{Values: []string{"true", "1"}}
	}
	return &rules.Membership{Values: []string{"false", "0"}}
}

// WithKey gives the table of reputation beside a query a column for another kind of value that the query looks up, such
// as sha256 beside sha1.
func WithKey(table Asset, key string) Asset {
	head := strings.TrimSuffix(table.Content, "\n")
	columns := strings.Split(head, ",")
	if slices.Contains(columns, key) {
		return table
	}
	return Asset{Name: table.Name, Content: head + "," + key + "\n", Purpose: strings.Replace(table.Purpose, ", filled by", ", and for each "+key+", filled by", 1)}
}
