package schema

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"decree/rules/anycase"
	"decree/rules/ir"
)

//go:embed logs.yml
var logsYAML []byte

// windowsLogs describes Windows' logs, whatever product stores them.
type windowsLogs struct {
	System []string               `yaml:"system"` // fields of every event
	Logs   map[string]*windowsLog `yaml:"logs"`   // by Sigma's service
}

type windowsLog struct {
	Events []string            `yaml:"events"` // known event ids, or ranges of them
	Closed bool                `yaml:"closed"` // the log has no other ids
	Holds  map[string][]string `yaml:"holds"`  // a field -> the values that all of its events have one of
	Common []string            `yaml:"common"` // fields of all its events
	Fields map[string][]string `yaml:"fields"` // Sigma's category -> further fields of its events
	Lacks  []string            `yaml:"lacks"`  // fields that none of its events has
	Never  map[string][]string `yaml:"never"`  // a field -> prefixes that no value has
	Added  []string            `yaml:"added"`  // fields that its events have only if something adds them
}

var knownLogs = sync.OnceValue(func() *windowsLogs {
	var logs windowsLogs
	if err := yaml.Unmarshal(logsYAML, &logs); err != nil {
		panic(err) // the file is part of the program
	}
	return &logs
})

// logNames lists the logs that a source may name.
func logNames() []string { return sortedNames(knownLogs().Logs) }

// Has tells whether the source's events can have a field, of their own process or of an ancestor. These are the fields
// that the source maps, its entities, and other fields that the log is known to have.
func (s *Source) Has(m *Model, f ir.Field) bool {
	if f.Extract != nil {
		return s.hasAll(m, f)
	}
	return m.field(s, f.Name, f.Level).has
}

// mayHave is Has for a field that is not an extract.
func (s *Source) mayHave(m *Model, f ir.Field) bool {
	if s.Maps(f) || (s.Log == "" && len(s.Names) == 0 && !s.Open) || f.Level >= len(levelPrefixes) {
		return true
	}
	field := levelPrefixes[f.Level] + f.Name
	if s.Open {
		return !m.ofOthers(s, field)
	}
	if s.Log == "" {
		return s.named(field)
	}
	return s.logHas(m, field)
}

// logHas tells whether the log that the source is of may have a field.
func (s *Source) logHas(m *Model, field string) bool {
	logs := knownLogs()
	log := logs.Logs[s.Log]
	switch {
	case log == nil || anycase.Contains(log.Common, field):
		return true
	case anycase.Contains(logs.System, field): // it is not part of an event's data
		return s.Unlisted == "" && s.UnlistedIn == ""
	case anycase.Contains(log.Lacks, field):
		return false
	case anycase.Contains(log.Added, field):
		return true
	case len(log.Fields) == 0 || (s.Category == "" && len(log.Common) == 0):
		return true
	}
	return log.lists(s.Category, field) || m.Open && !logs.elsewhere(s, field)
}

// lists tells whether a field is one of events of a category, or of any without a category.
func (l *windowsLog) lists(category, field string) bool {
	for of, fields := range l.Fields {
		if (category == "" || of == category) && anycase.Contains(fields, field) {
			return true
		}
	}
	return false
}

// never are the prefixes that no value of a field has in the source's events.
func (s *Source) never(field string, c Column) []string {
	if log := knownLogs().Logs[s.Log]; log != nil {
		return slices.Concat(c.Never, log.Never[field])
	}
	return c.Never
}

// NeverBegins gives the prefix of a text with which no value of a field begins in the log of the source, "" if there is
// none.
func (s *Source) NeverBegins(field, text string) string {
	for _, prefix := range s.never(field, Column{}) {
		if anycase.HasPrefix(text, prefix) {
			return prefix
		}
	}
	return ""
}

// named tells whether a name is one of the source's Names, or below one.
func (s *Source) named(field string) bool {
	plain := strings.ReplaceAll(strings.TrimPrefix(field, RawPrefix), element, "")
	return slices.ContainsFunc(s.Names, func(n string) bool {
		return strings.EqualFold(n, plain) || strings.HasSuffix(n, ".") && anycase.HasPrefix(plain, n)
	})
}

// Added says what must be set up for a field to be in the source's events if the log itself does not record it. It is
// "" if the log does.
func (s *Source) Added(f ir.Field) string {
	log := knownLogs().Logs[s.Log]
	if log == nil || f.Level >= len(levelPrefixes) {
		return ""
	}
	field := levelPrefixes[f.Level] + f.Name
	if _, mapped := mappedIn(s.fieldsAt(f.Level), f.Name); mapped || !anycase.Contains(log.Added, field) || anycase.Contains(log.Fields[s.Category], field) || s.Category == "" {
		return ""
	}
	return fmt.Sprintf("%s does not record %s in this event: it must be looked up in the creation of the process and stored with the event", s.Log, field)
}

// elsewhere tells whether a field is known to belong to another log, or to another event of the same log.
func (l *windowsLogs) elsewhere(s *Source, field string) bool {
	for name, log := range l.Logs {
		for category, fields := range log.Fields {
			if (name != s.Log || category != s.Category) && anycase.Contains(fields, field) {
				return true
			}
		}
	}
	return false
}

// ofEvent is the service whose log has an event id, or "" if none is known.
func (l *windowsLogs) ofEvent(id int) string {
	for _, service := range sortedNames(l.Logs) {
		if l.Logs[service].has(id) {
			return service
		}
	}
	return ""
}

// has tells whether an event id is among those that the log is known by.
func (l *windowsLog) has(id int) bool {
	for _, span := range l.Events {
		low, high, isRange := strings.Cut(span, "-")
		from, err := strconv.Atoi(low)
		to := from
		if err == nil && isRange {
			to, err = strconv.Atoi(high)
		}
		if err != nil {
			panic(fmt.Sprintf("schema: logs.yml: %q is not a range of event ids", span))
		}
		if from <= id && id <= to {
			return true
		}
	}
	return false
}

// elsewhere gives sources of other logs whose event ids a rule of a category names, if none of the category's own
// sources has such events. Only Windows numbers events this way.
func (m *Model) elsewhere(r *ir.Rule, own []*Source) []*Source {
	ls := r.Source.LogSource
	if ls.Category == "" || ls.Service != "" || len(r.Source.OtherLogSources) > 0 || !strings.EqualFold(ls.Product, "windows") {
		return nil
	}
	var out []*Source
	for _, id := range eventIDs(r.Condition) {
		service := knownLogs().ofEvent(id)
		if service == "" || slices.ContainsFunc(own, func(s *Source) bool { return s.Log == service && knownLogs().Logs[service].Closed }) {
			continue // another event of the category's own log: the rule contradicts its category
		}
		for _, s := range m.Find("", ls.Product, service) {
			// A table that has the event is not asked twice; Kusto may have it in a second table.
			held := slices.ContainsFunc(own, func(o *Source) bool { return m.hasEvent(o, id) && (o.Table == s.Table || m.Dialect != "kql") })
			if s.Category == "" && !held && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// ElsewhereService is the Sigma service whose log has an event id that the rule names, or "" if none is known.
func ElsewhereService(r *ir.Rule) string {
	for _, id := range eventIDs(r.Condition) {
		if service := knownLogs().ofEvent(id); service != "" {
			return service
		}
	}
	return ""
}

// hasEvent tells whether a source's scope accepts events with an id.
func (m *Model) hasEvent(s *Source, id int) bool {
	col, ok := m.Column(s, eventIDField, 0)
	if !ok || !s.Has(m, ir.Field{Name: eventIDField}) {
		return false
	}
	for _, t := range s.Scope {
		if t.Column == col.Name && !slices.Contains(t.Values, strconv.Itoa(id)) {
			return false
		}
	}
	return true
}

const eventIDField = "EventID"

// eventIDs are the event ids that a rule tests for, in the order of the rule.
func eventIDs(n ir.Node) []int {
	var ids []int
	var walk func(n ir.Node, negated bool)
	walk = func(n ir.Node, negated bool) {
		if m, ok := n.(*ir.Match); ok && !negated && m.Field == (ir.Field{Name: eventIDField}) {
			ids = append(ids, equalNumbers(m.Test)...)
		}
		_, isNot := n.(*ir.Not)
		for _, c := range ir.Children(n) {
			walk(c, negated != isNot)
		}
	}
	walk(n, false)
	return ids
}

// equalNumbers are the whole numbers that pass a test.
func equalNumbers(t ir.Test) (out []int) {
	switch t := t.(type) {
	case *ir.Number:
		if t.Op == "eq" {
			for _, v := range t.Values {
				out = append(out, int(v))
			}
		}
	case *ir.Text:
		if t.Op == ir.Equals {
			for _, v := range t.Values {
				if n, err := strconv.Atoi(v); err == nil {
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// OfEveryWindowsEvent gives the fields that events of any of Windows' logs have, beside their data.
func OfEveryWindowsEvent() []string { return knownLogs().System }
