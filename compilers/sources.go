package compilers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/schema"
)

// SingleSource is for constructs that need all events in one place. why names the construct. If the approximation is
// accepted, the plan is the first with the rule's prevalence conditions, or else with its joins: a source may lack the
// fields for either. One that can be asked all tests goes before others with prevalence conditions.
func SingleSource(plans []*Plan, why, dialect string, opt Options) (*Plan, diag.Diagnostics) {
	at := slices.IndexFunc(plans, func(p *Plan) bool { return AsksPrevalence(p.Rule) && !p.unasked })
	if at < 0 {
		at = slices.IndexFunc(plans, func(p *Plan) bool { return AsksPrevalence(p.Rule) })
	}
	if at < 0 {
		at = max(0, slices.IndexFunc(plans, (*Plan).asksOthers))
	}
	first := plans[at]
	var names []string
	for _, p := range plans {
		names = append(names, p.Source.Name)
	}
	where := first.Rule.Source.LogSource.Range
	message := fmt.Sprintf("data model %s has the log source in %d of its sources (%s): %s", opt.Model.Name, len(names), shortList(names), why)
	if !opt.Accepts(dialect, first.Rule.Source, severalSources) {
		var ds diag.Diagnostics
		ds.Errorf(severalSources, where, "use a log source that only one of them answers, or "+AcceptHint(dialect, severalSources), "%s: %s", dialect, message)
		return nil, ds
	}
	first.Notes = append(first.Notes, Note{Code: severalSources, Effect: "false-negatives", Message: "only " + first.Source.Name + " is searched: " + message, Range: where})
	return first, nil
}

// OneBranch plans a rule that a correlation can read from one branch alone: nil where it has none, or several and
// reading one of them is not accepted. why says why not from several.
func OneBranch(dialect string, lacks Features, r *ir.Rule, opt Options, textOf func(*Plan) string, why string) (*Branch, diag.Diagnostics) {
	plans, found := NewPlans(dialect, lacks, r, opt)
	branches := Branches(plans, textOf)
	if len(branches) > 1 {
		plan, more := SingleSource(plans, why, dialect, opt)
		found = append(found, more...)
		branches = nil
		if plan != nil {
			branches = []*Branch{{Plan: plan, Sources: []*schema.Source{plan.Source}}}
		}
	}
	if len(branches) == 0 || found.HasErrors() {
		return nil, found
	}
	return branches[0], found
}

// severalSources is the gap of a log source whose sources a target cannot search together.
const severalSources = "several-sources"

// SourcesLeftOut is the code of the note about sources that neither a query nor the engine searches for a rule.
const SourcesLeftOut = "sources-left-out"

// noteLeftOut notes the sources that neither the query nor the engine searches, because their events lack a field by
// which the rule excludes. Each plan has the note, for any of them may be the only one that is searched.
func noteLeftOut(plans []*Plan, r *ir.Rule, m *schema.Model) {
	left := slices.DeleteFunc(m.LeftOut(r), func(l schema.LeftOut) bool { return l.Unaskable })
	if len(left) == 0 {
		return
	}
	var names []string
	for _, one := range left {
		names = append(names, one.Source.Name)
	}
	field := left[0].Field.Name
	if level := left[0].Field.Level; level > 0 {
		field = fmt.Sprintf("%s of ancestor %d", field, level)
	}
	for _, p := range plans {
		p.Notes = append(p.Notes, Note{Code: SourcesLeftOut, Effect: "exact", Range: left[0].By.Range(),
			Message: fmt.Sprintf("not searched: %s. Their events have no %s, by which the rule or its filter excludes", shortList(names), field)})
	}
}

// SourceNotAsked is the code of the note about tests of which a source has the field and cannot be asked them.
const SourceNotAsked = "source-not-asked"

// noteNotAsked notes the tests that some of the sources cannot be asked (schema.CannotAsk), though the rule could match
// there: each source once that is not searched, and each test once that is false in one that is.
func noteNotAsked(plans []*Plan, r *ir.Rule, m *schema.Model) {
	for _, c := range m.CannotAsk(r) {
		note := Note{Code: SourceNotAsked, Effect: "false-negatives", Range: c.By.Range(),
			Message: fmt.Sprintf("in %s the test of %s never holds, whatever the event has: %s", c.Source.Name, c.By.Field, c.Why)}
		if c.Unsearched {
			note.Message = fmt.Sprintf("not searched: %s, which cannot be asked the test of %s: %s", c.Source.Name, c.By.Field, c.Why)
		} else if c.Negated {
			note.Effect = "false-positives"
		}
		notes := []Note{note}
		if c.Among != nil && !c.Unsearched {
			notes = notesOfCounted(notes, !onlyMany(c.Among), func(effect string) []string { return []string{effect} })
		}
		for _, p := range plans {
			p.Notes, p.unasked = AddNotes(p.Notes, notes...), p.unasked || p.Source == c.Source
		}
	}
}

// OtherChannels is the code of the note about channels of Windows that a rule without a channel is about, and its query
// is not.
const OtherChannels = "other-channels"

// noteOtherChannels notes that events of channels that no service names are not searched for a rule that tells neither
// service nor channel. The engine finds them where all channels are in one file.
func noteOtherChannels(plans []*Plan, r *ir.Rule, m *schema.Model) {
	if !m.AsksServicesAlone(r) {
		return
	}
	for _, p := range plans {
		p.Notes = append(p.Notes, Note{Code: OtherChannels, Effect: "false-negatives", Range: r.Source.LogSource.Range,
			Message: "only channels that a service of Sigma names are searched: the rule names no service and no channel"})
	}
}

// OtherProducts is the code of the note about products that a rule without a product is about, and its query is not.
const OtherProducts = "other-products"

// noteOtherProducts notes, for log sources without a product, the products whose events only other shipped data models
// of the dialect have. A query is for one model, and finds what the engine finds of that model's events.
func noteOtherProducts(plans []*Plan, r *ir.Rule, m *schema.Model, dialect string) {
	for _, ls := range r.Source.LogSources() {
		own := productsOf(m.Find(ls.Category, ls.Product, ls.Service))
		if ls.Product != "" || slices.Contains(own, anyProduct) {
			continue
		}
		var others []string
		for _, name := range schema.Preferred(dialect) {
			other, err := schema.Shipped(name)
			if err != nil {
				panic(err) // tests load each of them
			}
			if products := answeredBeside(other, r, ls, own); name != m.Name && len(products) > 0 {
				others = append(others, fmt.Sprintf("%s in data model %s", strings.Join(products, ", "), name))
			}
		}
		if len(others) == 0 {
			continue
		}
		for _, p := range plans {
			p.Notes = append(p.Notes, Note{Code: OtherProducts, Effect: "exact", Range: ls.Range,
				Message: fmt.Sprintf("only events of %s are searched: the rule names no product. Not searched: %s", strings.Join(own, ", "), strings.Join(others, "; "))})
		}
	}
}

// anyProduct stands for the products of a source that is not about one alone.
const anyProduct = "any product"

// productsOf gives the products of sources, each once.
func productsOf(sources []*schema.Source) (out []string) {
	for _, s := range sources {
		product := cmp.Or(strings.TrimPrefix(s.Product, "*"), anyProduct)
		if !slices.Contains(out, product) {
			out = append(out, product)
		}
	}
	return out
}

// answeredBeside gives the products of a log source that a model answers a rule for, but for those that are known.
func answeredBeside(m *schema.Model, r *ir.Rule, ls rules.LogSource, known []string) []string {
	answering := m.Answering(r)
	of := slices.DeleteFunc(slices.Clone(m.Find(ls.Category, ls.Product, ls.Service)), func(s *schema.Source) bool { return !slices.Contains(answering, s) })
	return slices.DeleteFunc(productsOf(of), func(product string) bool { return slices.Contains(known, product) })
}

// leaveOutRefused drops the sources that the dialect cannot search, if that is accepted.
func leaveOutRefused(plans []*Plan, refused diag.Diagnostics, dialect string, r *ir.Rule, opt Options) ([]*Plan, diag.Diagnostics) {
	if !opt.Accepts(dialect, r.Source, severalSources) {
		for i := range refused {
			if refused[i].Severity == diag.Error {
				refused[i].Hint += "; to search only the other sources: " + AcceptHint(dialect, severalSources)
			}
		}
		return nil, refused
	}
	for _, p := range plans {
		p.Notes = append(p.Notes, Note{Code: severalSources, Effect: "false-negatives", Range: r.Source.LogSource.Range,
			Message: "a source of the log source is not searched: " + refused[0].Message})
	}
	return plans, nil
}

// cannotAnswer says why no source answers a rule: what the first source lacks, or which conditions contradict each
// other there.
func cannotAnswer(candidates []*schema.Source, dialect string, lacks Features, r *ir.Rule, opt Options) ([]*Plan, diag.Diagnostics) {
	var first diag.Diagnostics
	for i, s := range candidates {
		p, found := planOn(s, nil, dialect, lacks, r, opt)
		if p != nil {
			return []*Plan{p}, nil
		}
		if i == 0 || (onlyNever(first) && !onlyNever(found)) {
			first = found
		}
	}
	return nil, first
}

func onlyNever(ds diag.Diagnostics) bool {
	return !slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Severity == diag.Error && d.Code != NeverMatches })
}

func shortList(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " …"
}
