package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// dataset is a dataset of a data model, which tstats reads: its where is the search command's language over the
// dataset's fields, without eval. All that it cannot say is asked afterwards, of the fields by which it grouped.
// https://help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/tstats
type dataset struct {
	model, root string
	fields      []string        // those of the source that hold one value, sorted: the rows tell them
	used        map[string]bool // those that where and eval read
}

// tableOf begins the table of a source that is a dataset.
const tableOf = "datamodel="

// newDataset reads a source's table; nil where it is a search of events.
func newDataset(s *schema.Source) *dataset {
	path, ok := strings.CutPrefix(s.Table, tableOf)
	if !ok {
		return nil
	}
	model, root, _ := strings.Cut(path, ".")
	d := &dataset{model: model, root: root, used: map[string]bool{}}
	for _, columns := range []map[string]schema.Column{s.Fields, s.Ancestors[1], s.Entities} {
		for _, c := range columns {
			if !c.Multivalue && !slices.Contains(d.fields, c.Name) {
				d.fields = append(d.fields, c.Name)
			}
		}
	}
	slices.Sort(d.fields)
	return d
}

// fieldName writes a field in a search, and in the where of tstats, where the dataset stands before it.
func (d *dataset) fieldName(field string) string {
	if d == nil {
		return searchName(field)
	}
	return searchName(d.root + "." + field)
}

// canSay tells whether the where of tstats can say a test: of text, and of none that the product's word for a
// missing value passes.
func (d *dataset) canSay(t ir.Test, missing string) bool {
	text, ok := t.(*ir.Text)
	if !ok {
		return false
	}
	word := strings.ToLower(missing)
	return !slices.ContainsFunc(text.Values, func(v string) bool {
		v = strings.ToLower(v)
		switch text.Op {
		case ir.StartsWith:
			return strings.HasPrefix(word, v)
		case ir.EndsWith:
			return strings.HasSuffix(word, v)
		case ir.Contains:
			return strings.Contains(word, v)
		}
		return v == word
	})
}

// noteRead notes that where or eval reads a column. One that holds several values makes a row of each, of which a test
// would see only one.
func (d *dataset) noteRead(w *writer, at diag.Range, c schema.Column) {
	d.used[c.Name] = true
	if c.Multivalue {
		w.found.Errorf("data-model-values", at, "test whole values in separate items, or choose a --model that searches events",
			"spl: %s may have several values, and only the where of tstats sees all of them: it does not support this condition", c.Name)
	}
}

// tstats writes the command, one line for each of its clauses, and takes the dataset's name from the fields.
func (w *writer) tstats(terms compilers.All) string {
	d := w.dataset
	where := ""
	if len(terms) > 0 {
		where = "\n    " + searchSyntax.Print(terms).Stage("where")
	}
	by := []string{"_time"}
	for _, f := range d.fields {
		by = append(by, d.fieldName(f))
	}
	text := fmt.Sprintf("| tstats summariesonly=false fillnull_value=%s count from datamodel=%s.%s%s\n    by %s span=1s\n| rename %s.* AS *",
		evalString(w.plan.Model.Missing), d.model, d.root, where, compilers.Fill(by, "        "), d.root)
	return strings.ReplaceAll(text, " \n", "\n")
}

// nullMissing makes the fields that are read afterwards null where they hold the product's word for a missing value.
func (d *dataset) nullMissing(m *schema.Model) []string {
	var evals []string
	for _, f := range d.fields {
		if d.used[f] {
			name := evalName(f)
			evals = append(evals, fmt.Sprintf("%s=if(in(%s, \"\", %s), null(), %s)", name, name, evalString(m.Missing), name))
		}
	}
	if len(evals) == 0 {
		return nil
	}
	return []string{"eval " + strings.Join(evals, ",\n    ")}
}
