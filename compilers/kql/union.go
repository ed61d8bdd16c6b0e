package kql

import (
	"strings"
	"time"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

// textWithoutScope is the text of a plan's conditions, without the scope of its source.
func textWithoutScope(p *compilers.Plan) string {
	lets, text := newWriter(p, nil, newNames(p.Model, p.Tables())).parts()
	return lets + text
}

// union searches several tables, each with its own columns. A table that a workspace does not have is skipped.
// https://learn.microsoft.com/en-us/kusto/query/union-operator
func union(plans []*compilers.Plan, found diag.Diagnostics, asks compilers.Show) (*compilers.Query, diag.Diagnostics) {
	var named []ir.Field
	for _, f := range asks.Names() {
		named = append(named, ir.FieldNamed(f))
	}
	if s := plans[0].Rule.Source.Suppress; s != nil {
		for _, f := range s.By {
			named = append(named, ir.FieldNamed(f.Name))
		}
	}
	branches := compilers.Branches(plans, compilers.WithColumns(textWithoutScope, named))
	if len(branches) == 1 {
		w := newWriter(branches[0].Plan, nil, newNames(branches[0].Model, branches[0].Tables()))
		w.sources = branches[0].Sources
		return w.compiled(found, asks)
	}
	lead := branches[0].Plan
	taken, lists := newNames(lead.Model, lead.Tables()), map[string]string{}
	span := taken.free("timeframe")
	var lets strings.Builder
	var parts []string
	var assets []compilers.Asset
	var reach time.Duration
	indexed := true
	writers := make([]*writer, len(branches))
	for i, b := range branches {
		writers[i] = newWriter(b.Plan, nil, taken)
		writers[i].sources, writers[i].lists, writers[i].span = b.Sources, lists, span
		writers[i].since = writers[i].sinceFrom()
	}
	eachOnce(writers)
	suppression := suppress(writers, taken)
	shown := show(writers, asks)
	for _, w := range writers {
		own, text := w.parts()
		lets.WriteString(own)
		parts = append(parts, "(\n"+indent(text)+")")
		found = append(found, w.found...)
		indexed = indexed && w.indexed
		reach = max(reach, w.reach())
		assets = compilers.AddAssets(assets, w.assets...)
	}
	if found.HasErrors() {
		return nil, found
	}
	text := lets.String() + "union isfuzzy=true " + strings.Join(parts, ", ") + "\n"
	lead.Notes = compilers.Notes(branches)
	if suppression != nil {
		text += suppression.stages()
		lead.Notes = append(lead.Notes, suppression.notes(lead.Rule)...)
	}
	if lookback := lead.Rule.Source.Schedule.Lookback; lookback > 0 {
		text = spanLet(span, lookback) + text
	}
	lead.Notes = append(lead.Notes, compilers.TooLong(lead.Model, text, lead.Rule.Source.LogSource.Range)...)
	result := compilers.WholeResult(branches...)
	result.Shows(shown)
	for _, w := range writers {
		for _, b := range w.searched {
			result.Searches(b.Plan, b.Sources...)
		}
	}
	result.Reach = reach
	return &compilers.Query{Dialect: "kql", Model: lead.Model.Name, Text: comment(lead.Header()...) + text, Assets: assets, Notes: lead.Notes, Result: result, Indexed: indexed}, found
}
