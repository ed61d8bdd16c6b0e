package schema

import (
	"fmt"
	"regexp"
	"strings"

	"decree/rules/diag"
	"decree/rules/source"
)

// columnKinds are Kusto's types. https://learn.microsoft.com/en-us/kusto/query/scalar-data-types/
var columnKinds = []string{"bool", "datetime", "decimal", "dynamic", "guid", "int", "long", "real", "string", "timespan"}

var columnTypes = []string{string(String), string(Int), string(Bool), string(Datetime), string(IP), string(HashSet), string(Pairs), string(Pattern), string(XML), string(Digests), string(Arguments), string(Directory), string(Account)}

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
	case HashSet, Pairs, XML, Directory, Account:
		if col.Key == "" {
			c.bad(path, "add `key:`", "field %s has type %s but no key", name, col.Type)
		}
	}
	if col.Holds == unixFileName && c.m.Dialect != "" {
		c.bad(source.Join(path, "holds"), "write filename", "field %s holds %s, which only the engine can read", name, col.Holds)
	}
	if col.Joins() && col.Type != Account && c.m.Dialect != "" {
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
	if (col.Type == Account) != (col.Bare != "") || col.Bare != "" && (col.Domain == "" || col.Domain == noDomain) {
		c.bad(path, "write {type: account, key: COLUMN, domain: FIELD, bare: FIELD}", "field %s: an account names the fields with the domain and with the bare name", name)
	}
	if col.Bare != "" {
		c.refers(s, source.Join(path, "bare"), name, col.Bare, level)
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
