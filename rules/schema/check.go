package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"decree/rules/diag"
	"decree/rules/source"
)

// checker finds faults in a model that would otherwise fail in the middle of a run. It checks the model after merging
// it with the model it extends.
type checker struct {
	m   *Model
	doc *document
}

// check reports every fault of a model at its position in the document.
func (m *Model) check(doc *document) {
	c := &checker{m: m, doc: doc}
	if m.Name == "" {
		c.bad("name", "add `name:`", "the model has no name")
	}
	if len(m.Time) == 0 {
		c.bad("time", "name the columns: `time: [Timestamp]`", "the model does not say which column holds the time")
	}
	c.oneOf("dialect", "dialect", m.Dialect, Dialects()...)
	c.oneOf("lists", "lists", m.Lists, "watchlist", "lookup")
	if m.Dialect == "kql" && doc.Has("empty_is_missing") && !doc.Null("empty_is_missing") && !m.EmptyIsMissing {
		c.bad("empty_is_missing", "remove it: it is true of every model of KQL", "KQL cannot tell an empty text from a missing one")
	}
	if m.Longest < 0 {
		c.bad("longest", "remove it if queries may have any length", "longest must be a number of characters above 0, got: %d", m.Longest)
	}
	if m.MostValues < 0 {
		c.bad("most_values", "remove it if queries may have any number of values", "most_values must be a number above 0, got: %d", m.MostValues)
	}
	c.signs()
	if len(m.Sources) == 0 {
		c.bad("sources", "add a log source under `sources:`, or `extends:` another model", "the model has no sources")
	}
	c.sources()
}

// sources checks the log sources, and that each can be asked and has a name of its own.
func (c *checker) sources() {
	m, doc := c.m, c.doc
	seen := map[string]bool{}
	for i := range m.Sources {
		if doc.full() {
			break
		}
		s := &m.Sources[i]
		at := doc.source(s.Name, i)
		switch {
		case s.Name == "":
			c.bad(at, "add `name:`", "source %d has no name", i+1)
		case seen[s.Name]:
			c.bad(source.Join(at, "name"), "rename it, or merge the two", "duplicate source %q", s.Name)
		case doc.Has("extends") && s.Product == "" && s.Category == "" && s.Service == "":
			c.bad(at, diag.DidYouMean(s.Name, c.otherSources(i), "add product, category or service, or the name of a source that it changes"), "source %q is of no log source: no rule is asked of it", s.Name)
		}
		seen[s.Name] = true
		c.source(s, at)
	}
}

// otherSources names the sources beside one.
func (c *checker) otherSources(but int) (names []string) {
	for i := range c.m.Sources {
		if i != but {
			names = append(names, c.m.Sources[i].Name)
		}
	}
	return names
}

// bad reports a fault at a path.
func (c *checker) bad(path, hint, format string, args ...any) {
	c.doc.Errorf("bad-model", c.doc.Places.Range(path), hint, format, args...)
}

func (c *checker) oneOf(path, what, got string, words ...string) {
	if got == "" || slices.Contains(words, got) {
		return
	}
	c.bad(path, diag.DidYouMean(got, words, "write "+strings.Join(words, " or ")), "unknown word %q: %s is %s", got, what, strings.Join(words, ", "))
}

// printable reports a name that a query could not hold on its line.
func (c *checker) printable(path, what, name string) {
	if strings.ContainsFunc(name, unicode.IsControl) {
		c.bad(path, "remove line breaks and other control characters", "%s has a control character in its name: %q", what, name)
	}
}

func (c *checker) source(s *Source, at string) {
	c.printable(source.Join(at, "table"), "a table", s.Table)
	c.fields(s, at)
	c.ancestors(s, at)
	c.entities(s, at)
	for _, name := range sortedNames(s.Actor) {
		c.column(s, source.Join(at, "actor."+name), name, 0, s.Actor[name])
	}
	for i, name := range s.Names {
		if name == "" || name == "." {
			c.bad(source.Join(at, fmt.Sprintf("names[%d]", i)), "write the name of a field", "empty name")
		}
	}
	c.scope(s, at)
	for i := range s.Recognise {
		c.sign(&s.Recognise[i], source.Join(at, fmt.Sprintf("recognise[%d]", i)))
	}
	c.keys(s, at)
	if s.KeysPerBoot && (!s.UniqueKeys || c.m.Dialect != "") {
		c.bad(source.Join(at, "keys_per_boot"), "remove it", "keys_per_boot is of unique_keys, in a model of events as their product writes them")
	}
	if s.Log != "" {
		c.oneOf(source.Join(at, "log"), "log", s.Log, logNames()...)
	}
	c.unlisted(s, at)
	for _, name := range sortedNames(s.Columns) {
		c.oneOf(source.Join(at, "columns."+name), "a column's type", s.Columns[name], columnKinds...)
	}
}

func (c *checker) fields(s *Source, at string) {
	for _, name := range sortedNames(s.Fields) {
		c.column(s, source.Join(at, "fields."+name), name, 0, s.Fields[name])
		for _, second := range [][2]string{{"or_else", s.Fields[name].OrElse}, {"instead", s.Fields[name].Instead.Column}} {
			if s.Keys != nil && second[1] != "" {
				c.bad(source.Join(at, "fields."+name+"."+second[0]), "map the field to one column", "field %s links processes and cannot be in two columns", name)
			}
		}
	}
	c.loops(at, 0, s.Fields)
}

func (c *checker) ancestors(s *Source, at string) {
	for _, level := range slices.Sorted(maps.Keys(s.Ancestors)) {
		path := source.Join(at, fmt.Sprintf("ancestors.%d", level))
		if level < 1 || level > maxLevel {
			c.bad(path, "1 is the parent", "the level of an ancestor must be 1 to %d, got: %d", maxLevel, level)
			continue
		}
		for _, name := range sortedNames(s.Ancestors[level]) {
			c.column(s, source.Join(path, name), name, level, s.Ancestors[level][name])
		}
		c.loops(path, level, s.Ancestors[level])
	}
}

func (c *checker) entities(s *Source, at string) {
	for _, name := range sortedNames(s.Entities) {
		path := source.Join(at, "entities."+name)
		if !slices.Contains(entities, name) {
			c.bad(path, diag.OneOf(name, entities), "unknown entity %q", name)
		}
		c.column(s, path, name, 0, s.Entities[name])
		if s.Entities[name].Named != "" && name != "host" {
			c.bad(source.Join(path, "named"), "remove it", "only the entity host has named")
		}
	}
}

func (c *checker) scope(s *Source, at string) {
	for i, t := range s.Scope {
		path := source.Join(at, fmt.Sprintf("scope[%d]", i))
		c.column(s, path, "of the scope", 0, t.Reads())
		if len(t.Values) == 0 && !t.EngineOnly {
			c.bad(path, "list the values by which events of the source are recognised", "the scope test has no values")
		}
	}
}

// unlisted checks where the fields are that the source does not list.
func (c *checker) unlisted(s *Source, at string) {
	if s.Unlisted != "" && s.UnlistedIn != "" {
		c.bad(source.Join(at, "unlisted_in"), "keep one of them", "unlisted and unlisted_in exclude each other: unlisted fields are either in columns of their own or in one column")
	}
	if kind, known := s.Columns[s.UnlistedIn]; s.UnlistedIn != "" && len(s.Columns) > 0 && (!known || kind != "string") {
		c.bad(source.Join(at, "unlisted_in"), "name a column of type string", "unlisted_in must be the column with the XML of the other fields, but the table has no string column %q", s.UnlistedIn)
	}
	if f := s.Filled; (f.When == "") != (len(f.Is) == 0) {
		c.bad(source.Join(at, "filled"), "write filled: {when: COLUMN, is: [VALUE]}", "filled needs the column that tells, and what that holds")
	}
	for _, name := range sortedNames(s.Below) {
		path := source.Join(at, "below."+name)
		if c.named(path, s.Below[name]) && len(s.Columns) > 0 {
			if container, _ := s.Inside(s.Below[name][0] + ".property"); container == "" {
				c.bad(path, "name a column of type dynamic, or a string column with JSON, that is listed under columns", "below must name a column with an object, but the table has no such column %q", s.Below[name][0])
			}
		}
	}
}

// named checks that a list has names, and none that is empty.
func (c *checker) named(path string, names []string) bool {
	if len(names) > 0 && !slices.Contains(names, "") {
		return true
	}
	c.bad(path, "write a name, or a list of names", "no name")
	return false
}

// maxLevel is the highest level of an ancestor in a rule.
const maxLevel = 5

// entities are the names that rules may count or join by.
var entities = []string{"domain", "file", "host", "ip", "md5", "sha1", "sha256", "url", "user"}

// loops reports fields that refer to themselves through the fields that they are spread over.
func (c *checker) loops(path string, level int, fields map[string]Column) {
	for _, name := range sortedNames(fields) {
		if c.doc.full() {
			return
		}
		seen := map[string]bool{}
		var back func(at string) bool
		back = func(at string) bool {
			col, ok := mappedIn(fields, at)
			if !ok || seen[strings.ToLower(at)] {
				return false
			}
			seen[strings.ToLower(at)] = true
			return slices.ContainsFunc(slices.Concat(col.Spread, []string{col.Under, col.Domain, col.Bare}), func(next string) bool {
				return next != "" && !strings.EqualFold(next, at) && (strings.EqualFold(next, name) || back(next))
			})
		}
		if back(name) {
			field := name
			if level == 0 {
				field = "fields." + name
			}
			c.bad(source.Join(path, field), "refer only to fields that do not refer to others", "field %s refers to itself through other fields", name)
		}
	}
}

func (c *checker) keys(s *Source, at string) {
	for _, k := range []struct {
		name string
		keys map[int][]string
	}{{"keys", s.Keys}, {"fallback_keys", s.FallbackKeys}} {
		for _, level := range slices.Sorted(maps.Keys(k.keys)) {
			path := source.Join(at, fmt.Sprintf("%s.%d", k.name, level))
			columns := k.keys[level]
			switch {
			case level < 0 || level > maxLevel:
				c.bad(path, "0 is the event's own process, 1 its parent", "the level of a key must be 0 to %d, got: %d", maxLevel, level)
			case len(columns) == 0 || slices.Contains(columns, ""):
				c.bad(path, "name the columns that identify a process on its host", "%s of level %d has no columns", k.name, level)
			case k.name == "fallback_keys" && s.Keys[level] == nil:
				c.bad(path, "add the level to `keys`", "fallback_keys has level %d, but keys does not", level)
			case len(columns) != len(k.keys[0]):
				c.bad(path, "name the same number of columns, in the same order", "%s of level %d has %d columns, but level 0 has %d", k.name, level, len(columns), len(k.keys[0]))
			}
		}
	}
}
