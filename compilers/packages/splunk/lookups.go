package splunk

import (
	"encoding/csv"
	"regexp"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/packages"
	"decree/rules"
)

// lookupForm is the name of a lookup, and of its table.
var lookupForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// definitionEnd ends the name of the asset that defines a lookup.
const definitionEnd = "transforms.conf"

// lookup is a table that searches read. Without rows somebody else fills it: it is then a collection of the KV store,
// which a new version of the app does not replace.
type lookup struct {
	name       string
	table      string // CSV
	columns    []string
	rows       int
	definition string // its stanza, if it has rows
	formula    string // a value that a spreadsheet would compute
	rules      []*rules.Rule
}

// lookups are the lookups of all searches, each once, in the order of the searches.
type lookups struct{ all []*lookup }

// add adds the lookups of a search. If another search has a lookup of that name with other rows, this one is left out.
func (l *lookups) add(s *search) {
	for _, asset := range s.in.Query.Assets {
		name, isTable := strings.CutSuffix(asset.Name, ".csv")
		if !isTable {
			if !strings.HasSuffix(asset.Name, definitionEnd) {
				panic("splunk: the query needs something that is not a lookup: " + asset.Name)
			}
			continue
		}
		if !lookupForm.MatchString(name) {
			panic("splunk: no name of a lookup: " + name)
		}
		fresh := newLookup(name, asset, s.in.Query.Assets)
		i := slices.IndexFunc(l.all, func(had *lookup) bool { return had.name == name })
		switch {
		case i < 0:
			l.all = append(l.all, fresh)
			i = len(l.all) - 1
			if fresh.formula != "" { // a lookup compares the value as it is: nothing may stand before it
				s.found = append(s.found, packages.Told("package-formula", s.in.Rule.Range, "do not open the table in a spreadsheet", "the lookup %s has the value %q, which a spreadsheet takes for a formula", name, fresh.formula))
			}
		case fresh.rows == 0 && l.all[i].rows == 0:
			l.all[i].extend(fresh.columns)
		case l.all[i].table != fresh.table:
			s.found.Errorf("package-asset", s.in.Rule.Range, "give one of the lists another name", "the rule needs a lookup %s, and %q needs another one of that name: an app has one", name, l.all[i].rules[0].Title)
			return
		}
		l.all[i].rules = append(l.all[i].rules, s.in.Rule)
	}
}

func newLookup(name string, asset compilers.Asset, of []compilers.Asset) *lookup {
	rows, err := csv.NewReader(strings.NewReader(asset.Content)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("splunk: not a table: " + asset.Name)
	}
	l := &lookup{name: name, table: asset.Content, columns: rows[0], rows: len(rows) - 1}
	for _, row := range rows[1:] {
		if l.formula == "" && strings.IndexAny(row[0], "=+-@") == 0 {
			l.formula = row[0]
		}
	}
	for _, a := range of {
		if a.Name == name+"."+definitionEnd {
			l.definition = a.Content
		}
	}
	if l.rows > 0 && l.definition == "" {
		panic("splunk: nothing defines the lookup " + name)
	}
	return l
}

// extend adds columns that another search reads.
func (l *lookup) extend(columns []string) {
	for _, column := range columns {
		if !slices.Contains(l.columns, column) {
			l.columns = append(l.columns, column)
		}
	}
}

// transforms defines the lookups. https://docs.splunk.com/Documentation/Splunk/latest/Admin/Transformsconf
func (l *lookups) transforms() string {
	c := newConf()
	for _, one := range l.all {
		if one.rows > 0 {
			c.text.WriteString("\n" + one.definition)
			continue
		}
		c.stanza(one.name)
		c.set("external_type", "kvstore")
		c.set("collection", one.name)
		c.set("fields_list", strings.Join(append([]string{"_key"}, one.columns...), ", "))
		c.set("case_sensitive_match", "false")
		c.set("max_matches", "1")
		c.set("min_matches", "0")
	}
	return c.String()
}

// collections defines what somebody else fills. Searches look up on the indexers too, to which collections go if they
// are replicated.
// https://docs.splunk.com/Documentation/Splunk/latest/Admin/Collectionsconf
func (l *lookups) collections() string {
	c := newConf()
	for _, one := range l.filled() {
		c.stanza(one.name)
		for _, column := range one.columns {
			c.set("field."+column, "string")
		}
		c.set("enforceTypes", "false")
		c.set("replicate", "true")
	}
	return c.String()
}

// filled are the lookups that somebody else fills.
func (l *lookups) filled() []*lookup {
	return slices.DeleteFunc(slices.Clone(l.all), func(one *lookup) bool { return one.rows > 0 })
}
