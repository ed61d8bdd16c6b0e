package spl

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// dataset is a dataset of a data model, which tstats reads. The where of tstats is the language of the search command
// over the dataset's fields, without eval. Conditions that it does not support are tested afterwards, on the fields of
// `by`.
// https://help.splunk.com/splunk-enterprise/spl-search-reference/10.0/search-commands/tstats
type dataset struct {
	model, root string
	fields      []string        // fields of the source with a single value, sorted: the rows have them
	used        map[string]bool // fields that where and eval read
}

// newDataset parses a source's table. It is nil if the table is a search of events.
func newDataset(s *schema.Source) *dataset {
	path, ok := strings.CutPrefix(s.Table, schema.DatasetPrefix)
	if !ok {
		return nil
	}
	model, root, _ := strings.Cut(path, ".")
	d := &dataset{model: model, root: root, used: map[string]bool{}}
	for _, columns := range []map[string]schema.Column{s.Fields, s.Ancestors[1], s.Entities} {
		for _, c := range columns {
			for _, name := range c.ReadsFrom() {
				if !c.Multivalue && !slices.Contains(d.fields, name) {
					d.fields = append(d.fields, name)
				}
			}
		}
	}
	slices.Sort(d.fields)
	return d
}

// fieldName writes a field for a search, or for the where of tstats, in which the dataset is its prefix.
func (d *dataset) fieldName(field string) string {
	if d == nil {
		return searchName(field)
	}
	return searchName(d.root + "." + field)
}

// canSay tells whether the where of tstats supports a test. It must be a test of text, and must be false for the
// product's word for a missing value.
func (d *dataset) canSay(t ir.Test, missing string) bool {
	text, ok := t.(*ir.Text)
	if !ok {
		return false
	}
	return !holdsFor(text, missing)
}

// holdsFor tells whether a test of text would hold for a word.
func holdsFor(t *ir.Text, word string) bool {
	word = strings.ToLower(word)
	return slices.ContainsFunc(t.Values, func(v string) bool {
		v = strings.ToLower(v)
		switch t.Op {
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

// noteRead records that where or eval reads a column. A column with several values gets a row for each value, and a
// test would see only one of them.
func (d *dataset) noteRead(w *writer, at diag.Range, c schema.Column) {
	d.used[c.Name] = true
	if c.Multivalue {
		w.found.Errorf("data-model-values", at, "test whole values in separate items, or choose a --model that searches events",
			"spl: %s may have several values, and only the where of tstats sees all of them: it does not support this condition", c.Name)
	}
}

// tstats writes the command, one line per clause, and removes the dataset's name from the fields.
func (w *writer) tstats(terms logic.All) string {
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

// nullMissing sets fields that are read later to null if they have the product's word for a missing value.
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
