package kql

import (
	"fmt"
	"strings"

	"decree/compilers"
	"decree/rules/ir"
)

// watchlist reads a list that a workspace keeps: one column, to which `in~` holds a value.
// https://learn.microsoft.com/en-us/azure/sentinel/watchlists-queries
func (w *writer) watchlist(lets *strings.Builder, l ir.List) string {
	table := compilers.TableOf(l.Name, l.Values)
	v := w.names.free(l.Name)
	w.lists[l.Name] = v
	if l.Comment != "" {
		lets.WriteString(comment(l.Comment))
	}
	fmt.Fprintf(lets, "let %s = _GetWatchlist(%s)\n| project tostring(SearchKey);\n", v, quote(table))
	w.assets = append(w.assets, compilers.ListAsset(table, "the watchlist "+table+" is made of it, its search key is "+compilers.ListColumn, l.Values))
	return v
}
