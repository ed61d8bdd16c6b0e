package compilers

import (
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"decree/rules/ir"
)

// ListPlaces are the places where the values of a rule's lists may go.
var ListPlaces = []string{ListsBySize, ListsInline, ListsApart}

// The places. Apart is the product's table, a watchlist or a lookup. In a product without tables, values stay in the
// query.
const (
	ListsBySize = "by-size" // apart if the list is long
	ListsInline = "inline"  // inside the conditions
	ListsApart  = "apart"
)

// longList is the length from which a list is apart with ListsBySize. With this many hashes, a query reaches the limit
// of 10,000 characters for an analytics rule of Sentinel.
// https://learn.microsoft.com/en-us/azure/sentinel/create-analytics-rules
const longList = 250

// NamesList tells whether a test can refer to its list, because it compares whole values.
func NamesList(t *ir.Text) bool {
	return t.List != "" && (t.Op == ir.Equals || t.Op == ir.Filename) && !slices.Contains(t.Values, "")
}

// Apart tells whether the list of a test goes into a table beside the query. Tables compare without case and have one
// value per line. A list of parts of values goes there only if this was requested and the product can look up patterns.
func (p *Plan) Apart(t *ir.Text) bool {
	long := p.lists == ListsApart || (p.lists != ListsInline && len(t.Values) >= longList)
	return long && (NamesList(t) || p.lists == ListsApart && p.Model.Lists == "lookup" && FitsWildcardLookup(t)) && !t.Cased && p.Model.Lists != "" &&
		!slices.ContainsFunc(t.Values, func(v string) bool { return strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) })
}

// FitsWildcardLookup tells whether a lookup with wildcards can hold a test's list. The list must have parts of values,
// and no value may contain a wildcard, or a backslash, whose meaning is not documented.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Transformsconf (match_type)
func FitsWildcardLookup(t *ir.Text) bool {
	return t.List != "" && (t.Op == ir.Contains || t.Op == ir.StartsWith || t.Op == ir.EndsWith) &&
		!slices.ContainsFunc(t.Values, func(v string) bool { return v == "" || strings.ContainsAny(v, `*\`) })
}

// Inline tells whether lists go inside the conditions, even if the language could name them.
func (p *Plan) Inline() bool { return p.lists == ListsInline }

var unsafeInTable = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// TableOf names the table of a list. Lists with the same name and different values get different tables, so that rules
// can share them.
func TableOf(list string, values []string) string {
	sum := sha256.Sum256([]byte(strings.Join(values, "\n")))
	return fmt.Sprintf("decree_%s_%x", strings.Trim(unsafeInTable.ReplaceAllString(list, "_"), "_"), sum[:4])
}

// ListColumn is the column of a list's table.
const ListColumn = "value"

// ListAsset is the table of a list as CSV.
func ListAsset(table, purpose string, values []string) Asset {
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := [][]string{{ListColumn}}
	for _, v := range values {
		rows = append(rows, []string{v})
	}
	if err := w.WriteAll(rows); err != nil {
		panic(err) // a strings.Builder never fails
	}
	return Asset{Name: table + ".csv", Purpose: purpose, Content: b.String()}
}
