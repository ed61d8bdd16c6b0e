package sentinel

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"decree/compilers/kql"
	"decree/compilers/packages"
	"decree/rules"
)

// describe sets the description. The product requires one.
func (a *analyticsRule) describe() {
	r := a.in.Rule
	a.description = cmp.Or(strings.TrimSpace(r.Description), a.title)
	if n := utf8.RuneCountInString(a.description); n > longestDescription {
		a.found.Warnf("package-description", r.Key("description", -1), "move details into `documentation`", "the description has %d characters, and Sentinel takes %d: it is cut", n, longestDescription)
		a.description = packages.Cut(a.description, longestDescription)
	}
}

// fillQuery sets the query. If it is too long with its comments, it goes without.
func (a *analyticsRule) fillQuery() {
	r := a.in.Rule
	a.query = strings.TrimSuffix(a.in.Query.Text, "\n")
	if utf8.RuneCountInString(a.query) > longestQuery {
		a.query = strings.TrimSuffix(kql.WithoutComments(a.query), "\n")
	}
	if n := utf8.RuneCountInString(a.query); n > longestQuery {
		a.found.Errorf("package-query-length", r.Key("title", -1), "put long lists of values under `lists` and package with --lists apart, or split the rule",
			"the query has %d characters, and Sentinel takes %d", n, longestQuery)
	}
	for _, text := range [][2]string{{"title", a.title}, {"description", a.description}, {"query", a.query}} {
		if at := strings.IndexFunc(text[1], func(c rune) bool { return c > 0x7e }); at >= 0 {
			c, _ := utf8.DecodeRuneInString(text[1][at:])
			a.found = append(a.found, packages.Told("package-ascii", r.Key("title", -1), "write it otherwise, if the rule is to go into that repository",
				"the %s has the character %q: the checks of the Azure-Sentinel repository accept only ASCII", text[0], c))
			return
		}
	}
}

// detail is a custom detail: a key and a column.
type detail struct{ Key, Column string }

func (a *analyticsRule) mapDetails() {
	for i, d := range a.in.Rule.Alerting.Details {
		if i == mostDetails {
			a.found.Warnf("package-detail", d.Key.Range, "remove some", "Sentinel takes %d custom details: this one and those behind it are left out", mostDetails)
			return
		}
		if len(d.Key.Name) > longestDetail {
			a.found.Warnf("package-detail", d.Key.Range, "shorten it", "the name %q has %d characters, and Sentinel takes %d: the detail is left out", d.Key.Name, len(d.Key.Name), longestDetail)
			continue
		}
		if column, ok := a.column(d.Field); ok {
			a.details = append(a.details, detail{d.Key.Name, column})
		}
	}
}

// column is a column that the product can name: a plain word.
func (a *analyticsRule) column(f rules.NamedField) (string, bool) {
	column, ok := packages.Column(a.in, f, &a.found)
	return column, ok && a.canShow(column, f)
}

// canShow tells whether a column's name is a plain word.
func (a *analyticsRule) canShow(column string, f rules.NamedField) bool {
	if !columnForm.MatchString(column) {
		a.found.Warnf("package-column", f.Range, "name another field", "Sentinel cannot show the column %q of %s: its name is not a plain word", column, f.Name)
		return false
	}
	return true
}

// override sets the alert's own title and description. A text whose fields the query does not return is left out.
func (a *analyticsRule) override() {
	alert := a.in.Rule.Alerting
	a.titleFormat = a.format(alert.Title, "title", longestOverride)
	a.descriptionFormat = a.format(alert.Description, "description", longestDescription)
}

func (a *analyticsRule) format(t rules.Template, what string, most int) string {
	if t.Empty() {
		return ""
	}
	if fields := t.Fields(); len(fields) > mostPlaceholders {
		a.found.Warnf("package-placeholders", fields[mostPlaceholders].Range, "use fewer fields", "Sentinel takes %d fields in the alert's %s: it keeps the rule's own", mostPlaceholders, what)
		return ""
	}
	whole := !slices.ContainsFunc(t.Parts, func(p rules.TemplatePart) bool {
		return strings.Contains(p.Text, "{{") || strings.Contains(p.Text, "}}")
	})
	if !whole {
		a.found.Warnf("package-placeholders", t.Range, "write single braces", "Sentinel would read two braces in the alert's %s as a column: it keeps the rule's own", what)
	}
	text := t.Write(func(f rules.NamedField) string {
		column, ok := packages.TextColumn(a.in, f, &a.found)
		whole = whole && ok && a.canShow(column, f)
		return "{{" + column + "}}"
	})
	if n := utf8.RuneCountInString(text); whole && n > most {
		a.found.Warnf("package-placeholders", t.Range, "shorten it", "the alert's %s has %d characters, and Sentinel takes %d: it keeps the rule's own", what, n, most)
		whole = false
	}
	if !whole {
		return ""
	}
	return text
}
