package defender

import (
	"maps"
	"slices"
	"strings"

	"decree/compilers/packages"
	"decree/rules"
)

// mapDetails sets the custom details: a name and a column each.
func (d *detection) mapDetails() {
	d.details = map[string]string{}
	size := 0
	for _, detail := range d.in.Rule.Alerting.Details {
		column, ok := packages.Column(d.in, detail.Field, &d.found)
		if !ok {
			continue
		}
		if size += len(detail.Key.Name) + len(column); len(d.details) == mostDetails || size > longestDetails {
			d.found.Warnf("package-detail", detail.Key.Range, "remove some", "Defender takes %d custom details of %d bytes in all: this one and those behind it are left out", mostDetails, longestDetails)
			return
		}
		d.details[detail.Key.Name] = column
	}
}

// alertTitles are the titles of alerts that are taken, in one case: whose they are.
type alertTitles map[string]*rules.Rule

// newAlertTitles keeps for each rule its own title, which its alert has unless the rule says otherwise.
func newAlertTitles(titles map[*rules.Rule]string) alertTitles {
	out := alertTitles{}
	for _, r := range slices.SortedFunc(maps.Keys(titles), func(a, b *rules.Rule) int { return strings.Compare(titles[a], titles[b]) }) {
		out[strings.ToLower(unbraced(titles[r]))] = r
	}
	return out
}

// take tells whether a rule may have a title, which is then taken.
func (a alertTitles) take(title string, r *rules.Rule) bool {
	key := strings.ToLower(title)
	if of, taken := a[key]; taken && of != r {
		return false
	}
	a[key] = r
	return true
}

// fillAlert sets the alert's title and description. A text whose fields the query does not return is left out, and the
// rule's own stands instead.
func (d *detection) fillAlert(alerts alertTitles) {
	r := d.in.Rule
	left := mostPlaceholders
	title, description := d.template(r.Alerting.Title, "title", &left), d.template(r.Alerting.Description, "description", &left)
	if title != "" && !alerts.take(title, r) {
		d.found.Warnf("package-title", r.Alerting.Title.Range, "give each rule's alert its own title", "another rule's alert has the title %q: this one keeps the rule's own", title)
		title = ""
	}
	if title == "" {
		if title = d.plain(d.title, "title"); !alerts.take(title, r) {
			title += " (" + d.id + ")"
		}
	}
	if description == "" {
		description = d.plain(d.description, "description")
	}
	d.alertTitle, d.alertDescription = title, description
}

// template writes a text with its fields as {{Column}}. left is how many more columns the alert may have.
func (d *detection) template(t rules.Template, what string, left *int) string {
	if t.Empty() {
		return ""
	}
	whole, columns := true, 0
	text := t.Write(func(f rules.NamedField) string {
		column, ok := packages.TextColumn(d.in, f, &d.found)
		columns++
		whole = whole && ok
		return "{{" + column + "}}"
	})
	switch {
	case !whole:
		return ""
	case columns > *left:
		d.found.Warnf("package-placeholders", t.Fields()[0].Range, "use fewer fields", "Defender takes %d fields in the alert's title and description together: it keeps the rule's own %s", mostPlaceholders, what)
		return ""
	case strings.Count(text, "{{") != columns || strings.Count(text, "}}") != columns || strings.Contains(text, "{{{") || strings.Contains(text, "}}}"):
		d.found.Warnf("package-placeholders", t.Range, "write single braces", "Defender would read two braces in the alert's %s as a column: it keeps the rule's own", what)
		return ""
	}
	*left -= columns
	return text
}

// plain writes a text of the rule so that the product reads no column in it.
func (d *detection) plain(text, what string) string {
	out := unbraced(text)
	if out != text {
		d.found.Warnf("package-placeholders", d.in.Rule.Key(what, -1), "write single braces", "Defender would read two braces in the alert's %s as a column: a space is put between them", what)
	}
	return out
}

// unbraced puts a space between braces that stand together.
func unbraced(text string) string {
	for _, braces := range []string{"{", "}"} {
		for strings.Contains(text, braces+braces) {
			text = strings.ReplaceAll(text, braces+braces, braces+" "+braces)
		}
	}
	return text
}
