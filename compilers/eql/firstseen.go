package eql

import (
	"fmt"
	"strings"

	"decree/compilers"
	"decree/rules/diag"
	"decree/rules/ir"
)

// mostNewTerms is how many fields a rule of the type new terms takes together:
// https://www.elastic.co/docs/solutions/security/detect-and-alert/new-terms
const mostNewTerms = 3

// hintAtNewTerms lets each refusal of a first_seen say whether a rule of the type new terms can ask it in Elastic, of
// which fields, and of which it cannot.
func hintAtNewTerms(r *ir.Rule, opt compilers.Options, found diag.Diagnostics) {
	for i, d := range found {
		if d.Code != string(compilers.FirstSeen) {
			continue
		}
		for _, n := range r.Joins() {
			if n.First && n.Range() == d.Range {
				found[i].Hint = newTerms(r, n, opt) + "; or use kql or spl"
			}
		}
	}
}

// newTerms says what a rule of the type new terms can ask of a first_seen. It looks for values of fields that are in
// the events themselves.
func newTerms(r *ir.Rule, n *ir.Join, opt compilers.Options) string {
	var fit, unfit []string
	for _, f := range n.Mine {
		column := ""
		for _, ls := range r.Source.LogSources() {
			for _, s := range opt.Model.Find(ls.Category, ls.Product, ls.Service) {
				if columns, _ := opt.Model.WholeOf(s, f); f.Extract == nil && len(columns) > 0 && column == "" {
					column = columns[0].Name
				}
			}
		}
		switch {
		case f.Extract != nil:
			unfit = append(unfit, f.Name+", which is an extract")
		case column == "":
			unfit = append(unfit, fmt.Sprintf("%s, for which data model %s has no field", f.SigmaName(), opt.Model.Name))
		default:
			fit = append(fit, column)
		}
	}
	switch {
	case len(unfit) > 0 && len(fit) > 0:
		return fmt.Sprintf("in Elastic a rule of the type new terms looks for new values of fields of the events: it takes %s, and not %s", strings.Join(fit, ", "), strings.Join(unfit, "; "))
	case len(unfit) > 0:
		return "in Elastic a rule of the type new terms looks for new values of fields of the events: it takes no " + strings.Join(unfit, "; ")
	case len(fit) > mostNewTerms:
		return fmt.Sprintf("in Elastic a rule of the type new terms takes %d fields together, and these are %d: %s", mostNewTerms, len(fit), strings.Join(fit, ", "))
	}
	return "in Elastic a rule of the type new terms looks for new values of " + strings.Join(fit, " with ")
}
