package kql

import (
	"strings"
	"time"

	"decree/compilers"
	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
)

// textWithoutScope is the text of a plan's conditions, without the scope of its source.
func textWithoutScope(p *compilers.Plan) string {
	lets, text := newWriter(p, newNames(p.Model, p.Tables())).parts()
	return lets + text
}

// tablesOf prepares the search for a rule's matches as a part of another query: a writer for each table. lookback is
// that of the query, and read are the fields that it reads of the matches. There are no tables if there are errors.
func tablesOf(r *ir.Rule, lookback time.Duration, read []ir.Field, opt compilers.Options, taken names) ([]*writer, diag.Diagnostics) {
	source := *r.Source
	source.Schedule = rules.Schedule{Lookback: lookback}
	timed := *r
	timed.Source = &source
	plans, found := newPlans(&timed, opt)
	if found.HasErrors() {
		return nil, found
	}
	var tables []*writer
	for _, b := range compilers.Branches(plans, compilers.WithColumns(textWithoutScope, read)) {
		one := newWriter(b.Plan, taken)
		one.sources = b.Sources
		tables = append(tables, one)
	}
	eachOnce(tables)
	return tables, found
}

// unionOf joins searches of several tables. A search alone stays as it is.
func unionOf(searches []string) string {
	if len(searches) == 1 {
		return searches[0]
	}
	parts := make([]string, len(searches))
	for i, search := range searches {
		parts[i] = "(\n" + indent(search) + ")"
	}
	return "union isfuzzy=true " + strings.Join(parts, ", ")
}

// unread reports that a table has no column for a field of a rule's matches, or cannot make it. code and at say what
// reads the field, and hint what else to do.
func (w *writer) unread(f ir.Field, title, code, hint string, at diag.Range) diag.Diagnostics {
	if found := w.plan.CheckRead("kql", lacks, f, at); found.HasErrors() {
		return found
	}
	var found diag.Diagnostics
	found.Errorf(code, at, hint, "data model %s has no column for %s in the log source of %q", w.plan.Model.Name, f, title)
	return found
}

// writersOf starts the search of each table. They share their lists, and span is the name of the lookback.
func writersOf(branches []*compilers.Branch, taken names, span string) []*writer {
	lists := map[string]string{}
	writers := make([]*writer, len(branches))
	for i, b := range branches {
		writers[i] = newWriter(b.Plan, taken)
		writers[i].sources, writers[i].lists, writers[i].span = b.Sources, lists, span
		writers[i].since = writers[i].sinceFrom()
	}
	eachOnce(writers)
	return writers
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
		w := newWriter(branches[0].Plan, newNames(branches[0].Model, branches[0].Tables()))
		w.sources = branches[0].Sources
		return w.compiled(found, asks)
	}
	lead := branches[0].Plan
	taken := newNames(lead.Model, lead.Tables())
	span := taken.free("timeframe")
	var lets strings.Builder
	var parts []string
	var assets []compilers.Asset
	var reach time.Duration
	indexed := true
	writers := writersOf(branches, taken, span)
	suppression := suppress(writers, taken)
	shown := show(writers, asks)
	for _, w := range writers {
		own, text := w.parts()
		lets.WriteString(own)
		parts = append(parts, text)
		found = append(found, w.found...)
		indexed = indexed && w.indexed
		reach = max(reach, w.reach())
		assets = compilers.AddAssets(assets, w.assets...)
	}
	if found.HasErrors() {
		return nil, found
	}
	text := lets.String() + unionOf(parts) + "\n"
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
