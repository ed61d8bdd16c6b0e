package compilers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"decree/rules"
	"decree/rules/anycase"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Places say where the product of one organisation keeps events: log source -> text. The key is `product/category`,
// `product/service`, a category, a service, a product or `default`; in Kusto also the name of a table. Of the keys that
// fit a source of the data model, the most specific one counts.
type Places map[string]string

// DefaultPlace is the key for all log sources without one of their own.
const DefaultPlace = "default"

// keysOf lists the keys that fit a source in a rule of a log source, the most specific first.
func keysOf(s *schema.Source, ls rules.LogSource) []string {
	product, category, service := cmp.Or(part(s.Product), ls.Product), cmp.Or(part(s.Category), ls.Category), cmp.Or(part(s.Service), ls.Service)
	var keys []string
	for _, own := range []string{category, service, s.Log} {
		if product != "" && own != "" {
			keys = append(keys, product+"/"+own)
		}
	}
	for _, own := range []string{category, service, s.Log, product} {
		if own != "" {
			keys = append(keys, own)
		}
	}
	return append(keys, DefaultPlace)
}

// part is a part of a source's log source, "" if it answers any.
func part(name string) string {
	if name == "*" {
		return ""
	}
	return name
}

// of gives the text of the most specific key.
func (p Places) of(keys ...string) string {
	if len(p) == 0 {
		return ""
	}
	for _, key := range keys {
		if text, ok := p[key]; ok {
			return text
		}
		for _, has := range sortedKeys(p) {
			if strings.EqualFold(has, key) {
				return p[has]
			}
		}
	}
	return ""
}

// logSourceOf is the log source of the rule that a source answers.
func (p *Plan) logSourceOf(s *schema.Source) rules.LogSource { return answeredBy(s, p.Rule, p.Model) }

// answeredBy is the log source of a rule that a source answers.
func answeredBy(s *schema.Source, r *ir.Rule, m *schema.Model) rules.LogSource {
	for _, ls := range r.Source.LogSources() {
		if slices.Contains(m.Find(ls.Category, ls.Product, ls.Service), s) {
			return ls
		}
	}
	return r.Source.LogSource
}

// placeOf is where the organisation keeps the events of a source; "" where the data model says. Of the three settings,
// only the one that the dialect has is set.
func (o Options) placeOf(s *schema.Source, r *ir.Rule) string {
	keys := keysOf(s, answeredBy(s, r, o.Model))
	return cmp.Or(o.Scope.of(keys...), o.Index.of(keys...), o.Table.of(append([]string{s.Table}, keys...)...))
}

// ScopeOf gives the search that limits a source in Splunk, or "".
func (p *Plan) ScopeOf(s *schema.Source) string {
	return p.places.Scope.of(keysOf(s, p.logSourceOf(s))...)
}

// TableOf gives what a query on a source reads in Kusto: its table, or what stands for it.
func (p *Plan) TableOf(s *schema.Source) string {
	return cmp.Or(p.places.Table.of(append([]string{s.Table}, keysOf(s, p.logSourceOf(s))...)...), s.Table)
}

// Delay is how long before now the reported period ends.
func (p *Plan) Delay() time.Duration { return p.places.Delay }

// Tables are all places of tables.
func (p *Plan) Tables() Places { return p.places.Table }

// NoteTable notes what must be true of what stands for the table, if something does.
func (p *Plan) NoteTable() {
	own := p.TableOf(p.Source)
	if own == p.Source.Table {
		return
	}
	has := own + " has the columns of " + p.Source.Table
	if p.Rule.Source.Schedule.Lookback > 0 && p.Model.Ingested != "" {
		has += ", and " + p.Model.Ingested + " of its rows"
	}
	p.Notes = append(p.Notes, Note{Code: "requires", Effect: "exact", Message: has, Range: p.Rule.Source.LogSource.Range})
}

// IndicesOf gives the index patterns that hold a source in Elasticsearch. own tells whether the organisation named
// them.
func (p *Plan) IndicesOf(s *schema.Source) (patterns []string, own bool) {
	if text := p.places.Index.of(keysOf(s, p.logSourceOf(s))...); text != "" {
		return SplitPatterns(text), true
	}
	return s.Indices, false
}

// SplitPatterns splits index patterns at commas.
func SplitPatterns(text string) []string {
	patterns := strings.Split(text, ",")
	for i, p := range patterns {
		patterns[i] = strings.TrimSpace(p)
	}
	return patterns
}

// NoteIndices adds a note with the indices on which a query must run, if the organisation named one of them.
func NoteIndices(notes []Note, branches ...*Branch) []Note {
	var all []string
	named := false
	for _, b := range branches {
		for _, s := range b.Sources {
			patterns, own := b.IndicesOf(s)
			all, named = append(all, patterns...), named || own
		}
	}
	if !named {
		return notes
	}
	slices.Sort(all)
	return AddNotes(notes, Note{Code: "index", Effect: "exact", Range: branches[0].Rule.Source.LogSource.Range, Message: "run it on " + strings.Join(slices.Compact(all), ", ")})
}

// WithoutPlaces is the plan without what the organisation says of its scopes and indices.
func (p *Plan) WithoutPlaces() *Plan {
	one := *p
	one.places.Scope, one.places.Index = nil, nil
	return &one
}

// PlaceFault is something wrong with an entry of Places. Setting is scope, index or table.
type PlaceFault struct {
	Setting, Key, Message, Hint string
}

// Error is the fault in one line, with its hint on the next.
func (f PlaceFault) Error() string {
	text := fmt.Sprintf("%s of %s: %s", f.Setting, f.Key, f.Message)
	if f.Hint != "" {
		text += "\n  hint: " + f.Hint
	}
	return text
}

// CheckPlaces says what is wrong with the places of a target: keys that no model has, and texts that do not stay in
// their place in a query. Compile trusts places, so they are checked first.
func CheckPlaces(d Dialect, p Places, models ...*schema.Model) []PlaceFault {
	var found []PlaceFault
	setting, check := d.Place()
	for _, key := range sortedKeys(p) {
		fault := PlaceFault{Setting: setting, Key: key}
		known := placeKeys(models, setting == "table")
		if !anycase.Contains(known, key) {
			fault.Message = "there is no such log source in the data models " + names(models)
			fault.Hint = diag.DidYouMean(key, known, "write a product, product/category or product/service, such as windows/process_creation, or default")
			found = append(found, fault)
		} else if several := tablesOf(key, models); setting == "table" && len(several) > 1 {
			fault.Message = "its events are in several tables, which one text cannot stand for: " + strings.Join(several, ", ")
			fault.Hint = "write the name of a table as the key"
			found = append(found, fault)
		} else if err := check(p[key]); err != nil {
			fault.Message = fmt.Sprintf("%q: %v", p[key], err)
			found = append(found, fault)
		}
	}
	return found
}

// allKeys lists the keys that fit a source in any rule: one of any product is asked for each of them.
func allKeys(s *schema.Source) []string {
	keys := keysOf(s, rules.LogSource{})
	if s.Product == "*" {
		for _, product := range schema.Products() {
			keys = append(keys, keysOf(s, rules.LogSource{Product: product})...)
		}
	}
	return keys
}

// tablesOf lists the tables of the sources that a key fits.
func tablesOf(key string, models []*schema.Model) []string {
	var tables []string
	for _, m := range models {
		for i := range m.Sources {
			s := &m.Sources[i]
			if keys := append(allKeys(s), s.Table); anycase.Contains(keys, key) && !slices.Contains(tables, s.Table) {
				tables = append(tables, s.Table)
			}
		}
	}
	slices.Sort(tables)
	return tables
}

// placeKeys lists all keys that fit a source of some models, sorted. A default for all tables would be one table for
// all log sources.
func placeKeys(models []*schema.Model, tables bool) []string {
	var keys []string
	for _, m := range models {
		for i := range m.Sources {
			s := &m.Sources[i]
			keys = append(keys, allKeys(s)...)
			if tables {
				keys = append(keys, s.Table)
			}
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" || tables && k == DefaultPlace })
}

func names(models []*schema.Model) string {
	all := make([]string, len(models))
	for i, m := range models {
		all[i] = m.Name
	}
	return strings.Join(all, ", ")
}

func sortedKeys(p Places) []string {
	keys := make([]string, 0, len(p))
	for k := range p {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
