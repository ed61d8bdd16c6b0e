package spl

import (
	"slices"
	"strings"

	"decree/compilers"
	"decree/compilers/logic"
	"decree/compilers/terms"
	"decree/rules/ir"
	"decree/rules/schema"
)

// Splunk's index has the segments of an event's raw text, between its breakers, and a search for a term that is no
// field's finds the events with that segment. For each minor breaker, it also has what stands between that and the last
// one, so that every run of letters and digits between breakers is a segment.
// https://help.splunk.com/en/splunk-enterprise/search/spl2-search-manual/event-segmentation
// https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/segmenters.conf

// breakers are the single characters among the default breakers, major and minor, but _ and %: no product's escape of
// text in XML or JSON turns one of these into a letter before what follows it, except those of escaped.
const breakers = "[]<>(){}|!;,'\"*\n\r \t&?+/:=@.-$#\\"

// escaped are the breakers that JSON may write as an escape that ends with a letter or a digit: \n, \u003c.
const escaped = "\n\r\t<>&'\"+="

var (
	// ofRaw is for the raw text of an event.
	ofRaw = terms.Rules{Shortest: 3, Whole: true, Before: breaks, After: breaks}
	// ofValue is for a value that stands in the raw text, as XML, as JSON or as it is.
	ofValue = terms.Rules{Shortest: 3, Whole: true, Before: func(c rune) bool { return breaks(c) && !strings.ContainsRune(escaped, c) }, After: breaks}
)

func breaks(c rune) bool { return strings.ContainsRune(breakers, c) }

// index asks for terms that the raw text of an event must have to satisfy conditions, if the base search asks for none.
// The rule's own tests there do so themselves: Splunk searches for a value in the index, too, and not only for a field
// with it (INDEXED_VALUE).
// https://help.splunk.com/en/data-management/splunk-enterprise-admin-manual/10.0/10.0.0-configuration-file-reference/fields.conf
func (w *writer) index(conjuncts []ir.Node) logic.All {
	if w.dataset != nil {
		return nil // the accelerated fields are asked, not events
	}
	var all []terms.Clause
	for _, n := range conjuncts {
		_, searched := w.searchable(n)
		found := terms.Of(n, func(n ir.Node) []terms.Clause { return w.indexOf(n, searched) })
		for i := range found {
			found[i].Asked = searched
		}
		all = append(all, found...)
	}
	var added []terms.Clause
	added, w.indexed = terms.Choose(all, w.plan.IndexTerms())
	var asked logic.All
	for _, c := range added {
		var either logic.Any
		for _, t := range c.Terms {
			either = append(either, logic.Atom(`"`+t.Text+`"`))
		}
		asked = append(asked, either)
	}
	return asked
}

// indexOf gives terms that the raw text of an event has if a test of the event itself holds. searched says that the
// base search makes the test.
func (w *writer) indexOf(n ir.Node, searched bool) []terms.Clause {
	switch n := n.(type) {
	case *ir.Keyword:
		var forms []ir.Node
		for _, t := range compilers.StoredForms(n.Test) {
			forms = append(forms, &ir.Keyword{Base: n.Base, Test: containing(t)})
		}
		return terms.Of(&ir.Or{Terms: forms}, func(n ir.Node) []terms.Clause { return ofRaw.OfTest(n.(*ir.Keyword).Test) })
	case *ir.Match:
		if t, ok := n.Test.(*ir.Text); ok && w.plan.Apart(t) {
			return nil // the list may change without the search
		}
		col, native := w.plan.Column(n.Field)
		whole := native && col.Made == nil && !col.Second() && col.Within() == "" && (col.Type == "" || col.Type == schema.HashSet)
		if whole && (searched || slices.Contains(w.plan.Model.Verbatim, col.Name)) {
			return ofValue.OfTest(n.Test)
		}
	}
	return nil
}

// containing is the test of a raw text that a keyword's makes.
func containing(t ir.Test) ir.Test {
	text, ok := t.(*ir.Text)
	if !ok || text.Op == ir.Word {
		return t
	}
	return &ir.Text{Op: ir.Contains, Values: text.Values, Cased: text.Cased}
}
