package rules

import "decree/rules/diag"

// Query is a query that somebody wrote by hand for a target. It stands instead of the query that the detection compiles
// to there.
type Query struct {
	For  NamedField // the target: its name, the name of its package format, or its dialect
	Text string     // not empty, without blank lines at its end

	ID       string   // of the rule in the product, where it was deployed before; "": it is made from the rule's id
	Language string   // of the text, where the product has several; "": the dialect's
	Index    []string // index patterns that it reads, in Elasticsearch

	Range diag.Range // of the text
}

// QueryFor is the rule's query for a target, or nil. names are those that the target answers to, the most exact first.
func (r *Rule) QueryFor(names ...string) *Query {
	for _, name := range names {
		for i := range r.Queries {
			if name != "" && r.Queries[i].For.Name == name {
				return &r.Queries[i]
			}
		}
	}
	return nil
}

// OnlyWritten tells whether the rule has queries and no detection: it is deployed as it is written, and nothing can run
// it on events.
func (r *Rule) OnlyWritten() bool { return len(r.Queries) > 0 && len(r.Conditions) == 0 }
