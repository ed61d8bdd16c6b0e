package schema

import (
	"fmt"
	"maps"
	"regexp"
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
	seen := map[string]bool{}
	for i := range m.Sources {
		if c.doc.full() {
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

// columnKinds are Kusto's types. https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/
var columnKinds = []string{"bool", "datetime", "decimal", "dynamic", "guid", "int", "long", "real", "string", "timespan"}

var columnTypes = []string{string(String), string(Int), string(Bool), string(Datetime), string(IP), string(HashSet), string(Pairs), string(Pattern), string(XML), string(Digests), string(Arguments), string(Directory)}

func (c *checker) column(s *Source, path, name string, level int, col Column) {
	c.printable(path, "a column", col.Name)
	if col.Name == "" {
		c.bad(path, "add `column:`", "field %s has no column", name)
	}
	c.kind(path, name, col)
	c.values(path, name, col)
	c.otherColumns(path, name, col)
	c.otherFields(s, path, name, level, col)
}

// kind checks what a column holds, and how it is read.
func (c *checker) kind(path, name string, col Column) {
	c.oneOf(source.Join(path, "type"), "a field's type", string(col.Type), columnTypes...)
	c.oneOf(source.Join(path, "holds"), "holds", col.Holds, fileName, unixFileName)
	c.oneOf(source.Join(path, "numbers"), "numbers", col.Numbers, decimal, hexadecimal)
	switch col.Type {
	case Pattern:
		if re, err := regexp.Compile(col.Key); err != nil || re.NumSubexp() == 0 {
			c.bad(source.Join(path, "key"), "put a group around the value: `name=(\\S+)`", "field %s: the key of a pattern must be an expression with a group for the value, got: %q", name, col.Key)
		}
	case HashSet, Pairs, XML, Directory:
		if col.Key == "" {
			c.bad(path, "add `key:`", "field %s has type %s but no key", name, col.Type)
		}
	}
	if col.Holds == unixFileName && c.m.Dialect != "" {
		c.bad(source.Join(path, "holds"), "write filename", "field %s holds %s, which only the engine can read", name, col.Holds)
	}
	if col.Joins() && c.m.Dialect != "" {
		c.bad(source.Join(path, "type"), "name a column with the whole value", "field %s has type %s, which only the engine can read: a query reads one column", name, col.Type)
	}
}

// values checks the product's words for Sigma's values.
func (c *checker) values(path, name string, col Column) {
	for _, from := range sortedNames(col.Values) {
		if len(col.Values[from]) == 0 {
			c.bad(source.Join(path, "values."+from), "write the product's word, or a list of its words", "field %s has no word for %q", name, from)
		}
	}
	if col.Closed && len(col.Values) == 0 {
		c.bad(source.Join(path, "closed"), "add `values:`, or remove it", "field %s: closed needs values, which are the only ones of the column", name)
	}
	if col.Missing != "" && c.m.Dialect != "" && c.m.Dialect != "spl" {
		c.bad(source.Join(path, "missing"), "remove it", "field %s: only queries of SPL know words for a missing value", name)
	}
}

// otherColumns checks the columns that the field may be in besides its own.
func (c *checker) otherColumns(path, name string, col Column) {
	if col.OrElse != "" && col.OrElse == col.Name {
		c.bad(source.Join(path, "or_else"), "name another column, or remove it", "field %s: or_else must differ from column", name)
	}
	c.instead(source.Join(path, "instead"), name, col)
	if col.Shared && (col.rewritten() || col.Prefix != "" || col.Type != "" && col.Type != String) {
		c.bad(source.Join(path, "shared"), "leave one of them out", "field %s: the values of a shared column are texts as they are", name)
	}
}

// otherFields checks the fields that the field is spread over, or has a part of its values in.
func (c *checker) otherFields(s *Source, path, name string, level int, col Column) {
	if col.Alone && col.Under == "" {
		c.bad(source.Join(path, "alone"), "add `under:`, or remove it", "field %s: alone needs under, which names the field with the first part of the path", name)
	}
	for i, other := range col.Spread {
		c.refers(s, fmt.Sprintf("%s.spread[%d]", path, i), name, other, level)
	}
	if col.Under != "" {
		c.refers(s, source.Join(path, "under"), name, col.Under, level)
	}
	if col.Domain != "" && col.Domain != noDomain {
		c.refers(s, source.Join(path, "domain"), name, col.Domain, level)
	}
}

// instead checks the column that has a value in some events.
func (c *checker) instead(path, name string, col Column) {
	i := col.Instead
	if i.Column == "" && i.When == "" && len(i.Is) == 0 {
		return
	}
	if i.Column == "" || i.When == "" || len(i.Is) == 0 {
		c.bad(path, "write instead: {column: COLUMN, when: COLUMN, is: [VALUE]}", "field %s: instead needs a column, the column that tells when, and what that holds", name)
	}
	if i.Column == col.Name {
		c.bad(source.Join(path, "column"), "name another column, or remove it", "field %s: instead must name another column", name)
	}
	if col.OrElse != "" || col.Filename != "" || col.Under != "" || col.Key != "" || len(col.Spread) > 0 {
		c.bad(path, "leave one of them out", "field %s: instead names one column, and the field is in several or in a part of one", name)
	}
	for _, one := range []string{i.Column, i.When} {
		c.printable(path, "a column", one)
	}
}

// refers reports a reference to a field that does not exist or to the field itself.
func (c *checker) refers(s *Source, path, name, other string, level int) {
	if c.doc.full() {
		return
	}
	if strings.EqualFold(name, other) {
		c.bad(path, "name another field", "field %s refers to itself", name)
		return
	}
	if _, ok := c.m.Column(s, other, level); ok {
		return
	}
	c.bad(path, diag.DidYouMean(other, sortedNames(s.fieldsAt(level)), "add the field "+other+" to the source"), "field %s refers to field %s, which the source does not have", name, other)
}

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
			return slices.ContainsFunc(slices.Concat(col.Spread, []string{col.Under, col.Domain}), func(next string) bool {
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
