package compilers

import (
	"strings"

	"decree/rules"
)

// The comments between which a query has the environment's own filter, on lines of their own.
const (
	BeginFilter = "Begin environment-specific filter."
	EndFilter   = "End environment-specific filter."
)

// headerWidth is the width of a description's lines in a query's header.
const headerWidth = 100

// Header gives the header comments of a plan's query.
func (p *Plan) Header() []string { return Header(p.Rule.Source, p.Notes) }

// Header gives the comments before a query, one per line: the rule's title, id and version, its description, and what
// the query does not express exactly.
func Header(r *rules.Rule, notes []Note) []string {
	lines := []string{strings.Join(strings.Fields(r.Title), " ")}
	if r.ID != "" {
		id := "id: " + r.ID
		if len(r.Changelog) > 0 {
			id += ", version: " + r.Changelog[0].Version
		}
		lines = append(lines, id)
	}
	lines = append(lines, wrap(r.Description)...)
	for _, n := range notes {
		lines = append(lines, wrap("note: "+n.Code+" ("+n.Effect+"): "+n.Message)...)
	}
	return lines
}

func wrap(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > headerWidth {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
