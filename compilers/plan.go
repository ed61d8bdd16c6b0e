package compilers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/regex"
	"decree/rules/schema"
)

// Plan is a rule met with one source of a data model: every field has its column, and every gap is either
// an accepted note or an error that was reported. Dialects print from it.
type Plan struct {
	Rule   *ir.Rule
	Model  *schema.Model
	Source *schema.Source
	Filter ir.Node
	Notes  []Note
	lists  string
}

// NewPlans meets a rule with each source that it is asked of (schema.Model.Answering): an event matches if it does by one of them. It checks
// the whole rule against these and against the dialect's features. There are no plans where there are errors. Where no source can answer, the errors
// are those of the first one.
func NewPlans(dialect string, lacks Features, r *ir.Rule, opt Options) ([]*Plan, diag.Diagnostics) {
	ls := r.Source.LogSource
	candidates := opt.Model.Candidates(r)
	if len(candidates) == 0 {
		return nil, append(diag.Diagnostics{NoLogSource(ls, opt.Model)}, unsayable(dialect, lacks, r, opt)...)
	}
	sources := opt.Model.Answering(r)
	if len(sources) == 0 {
		return cannotAnswer(candidates, dialect, lacks, r, opt)
	}
	absent := opt.Model.Absent(sources, r)
	var plans []*Plan
	var refused diag.Diagnostics
	for i, s := range sources {
		p, found := planOn(s, absent[i], dialect, lacks, r, opt)
		if p == nil {
			refused = append(refused, found...)
			continue
		}
		plans = append(plans, p)
	}
	if len(plans) > 0 {
		plans[0].leftOut(r)
	}
	if len(plans) == 0 || len(refused) == 0 {
		return plans, once(refused)
	}
	return leaveOut(plans, once(refused), dialect, r, opt)
}

// once drops what several sources report alike.
func once(ds diag.Diagnostics) diag.Diagnostics {
	var out diag.Diagnostics
	for _, d := range ds {
		if !slices.ContainsFunc(out, func(had diag.Diagnostic) bool { return had.Code == d.Code && had.Range == d.Range }) {
			out = append(out, d)
		}
	}
	return out
}

// First is for constructs that need all events in one place. why says which.
func First(plans []*Plan, why, dialect string, opt Options) (*Plan, diag.Diagnostics) {
	first := plans[0]
	var names []string
	for _, p := range plans {
		names = append(names, p.Source.Name)
	}
	at := first.Rule.Source.LogSource.Range
	message := fmt.Sprintf("data model %s has the log source in %d of its sources (%s): %s", opt.Model.Name, len(names), shortList(names), why)
	if !opt.Accepts(dialect, first.Rule.Source, severalSources) {
		var ds diag.Diagnostics
		ds.Errorf(severalSources, at, "name a log source that one of them answers, or "+AcceptHint(dialect, severalSources), "%s: %s", dialect, message)
		return nil, ds
	}
	first.Notes = append(first.Notes, Note{Code: severalSources, Effect: "false-negatives", Message: "only " + names[0] + " is asked: " + message, Range: at})
	return first, nil
}

// severalSources is the gap of a log source whose sources a target cannot ask all at once.
const severalSources = "several-sources"

// leftOut notes the sources that a rule is not asked of, by the engine neither, since their events lack a field that it excludes by.
func (p *Plan) leftOut(r *ir.Rule) {
	left := p.Model.LeftOut(r)
	if len(left) == 0 {
		return
	}
	var names []string
	for _, one := range left {
		names = append(names, one.Source.Name)
	}
	field := left[0].By.Field.Name
	if level := left[0].By.Field.Level; level > 0 {
		field = fmt.Sprintf("%s of ancestor %d", field, level)
	}
	p.Notes = append(p.Notes, Note{Code: "sources-left-out", Effect: "exact", Range: left[0].By.Range(),
		Message: fmt.Sprintf("not asked: %s, whose events have no %s, by which the rule or its filter excludes", shortList(names), field)})
}

// leaveOut drops the sources that the dialect cannot ask, where that is accepted.
func leaveOut(plans []*Plan, refused diag.Diagnostics, dialect string, r *ir.Rule, opt Options) ([]*Plan, diag.Diagnostics) {
	if !opt.Accepts(dialect, r.Source, severalSources) {
		for i := range refused {
			if refused[i].Severity == diag.Error {
				refused[i].Hint += "; or ask the other sources alone: " + AcceptHint(dialect, severalSources)
			}
		}
		return nil, refused
	}
	for _, p := range plans {
		p.Notes = append(p.Notes, Note{Code: severalSources, Effect: "false-negatives", Range: r.Source.LogSource.Range,
			Message: "a source of the log source is not asked: " + refused[0].Message})
	}
	return plans, nil
}

// cannotAnswer says why none of a rule's sources answers it: of the first source, what it lacks or what contradicts itself there.
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
	return !slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Severity == diag.Error && d.Code != neverMatches })
}

func shortList(names []string) string {
	const shown = 4
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shown], ", ") + " …"
}

// unsayable finds what the dialect could not say with any log source, so that nobody adds one for nothing.
func unsayable(dialect string, lacks Features, r *ir.Rule, opt Options) diag.Diagnostics {
	c := &checker{dialect: dialect, lacks: lacks, opt: opt, plan: &Plan{Rule: r, Model: opt.Model}, seen: map[string]bool{}}
	ir.Inspect(r.Condition, func(n ir.Node) bool {
		if _, ok := n.(*ir.Keyword); ok && !lacks[Keywords].Approximate {
			c.need(Keywords, n.Range())
		}
		return true
	})
	return c.found
}

// NoLogSource reports a log source that none of the models has.
func NoLogSource(ls rules.LogSource, models ...*schema.Model) diag.Diagnostic {
	var names, has []string
	for _, m := range models {
		names = append(names, m.Name)
		for _, s := range m.Sources {
			if part := cmp.Or(s.Service, s.Category); ls.Product != "" && strings.EqualFold(s.Product, ls.Product) && part != "*" {
				has = append(has, part)
			}
		}
	}
	slices.Sort(has)
	has = slices.Compact(has)
	hint := "add the source to a model file (extends: " + names[0] + ")"
	what := "data model " + names[0] + " has"
	if len(names) > 1 {
		what = "data models " + strings.Join(names, ", ") + " have"
	} else {
		hint = "choose another --model, or " + hint
	}
	if len(has) > 0 && len(has) <= maxShownParts {
		hint += fmt.Sprintf("; of %s there are: %s", ls.Product, strings.Join(has, ", "))
	}
	var ds diag.Diagnostics
	ds.Errorf("no-log-source", ls.Range, hint, "%s no log source {%s}", what, parts(ls))
	return ds[0]
}

// maxShownParts bounds how many log sources of a product a hint names.
const maxShownParts = 12

// parts writes a log source as its rule does.
func parts(ls rules.LogSource) string {
	var out []string
	for _, p := range [][2]string{{"product", ls.Product}, {"category", ls.Category}, {"service", ls.Service}} {
		if p[1] != "" {
			out = append(out, p[0]+": "+p[1])
		}
	}
	return strings.Join(out, ", ")
}

// planOn meets a rule with one source. Tests that are absent ask for fields that other sources of the rule have, and this one has not.
func planOn(s *schema.Source, absent map[*ir.Match]bool, dialect string, lacks Features, r *ir.Rule, opt Options) (*Plan, diag.Diagnostics) {
	p := &Plan{Model: opt.Model, Source: s, lists: opt.Lists}
	c := &checker{dialect: dialect, lacks: lacks, opt: opt, plan: p, seen: map[string]bool{}}
	p.Rule, c.negated = r, map[ir.Node]bool{}
	MarkNegated(r.Condition, c.negated)
	if r.Filter != nil {
		MarkNegated(r.Filter, c.negated)
	}
	r = ir.Rewrite(r, func(n *ir.Match) ir.Node {
		if absent[n] {
			return &ir.Const{Base: n.Base, Value: false}
		}
		return c.translate(n)
	})
	if len(absent) > 0 {
		r = ir.Settle(r)
	}
	p.Rule, p.Filter = r, r.Filter
	c.walk(r.Condition, true)
	if r.Filter != nil {
		c.walk(r.Filter, true)
	}
	for _, t := range s.Scope {
		if t.Reads().Within() != "" && !t.EngineOnly {
			c.need(NamedValues, r.Source.LogSource.Range)
		}
	}
	if c.found.HasErrors() {
		return nil, c.found
	}
	if c.impossible(r); c.found.HasErrors() {
		return nil, c.found
	}
	c.requires(s.Requires, r.Source.LogSource.Range)
	return p, c.found
}

// neverMatches is the error of a rule that contradicts itself, or its log source, once its fields are columns.
const neverMatches = "never-matches"

func (c *checker) impossible(r *ir.Rule) {
	terms := []ir.Node{r.Condition}
	if r.Filter != nil {
		terms = append(terms, r.Filter)
	}
	why, never := c.opt.Model.Never(c.plan.Source, terms...)
	if !never {
		return
	}
	hint := "ask for what one event can hold, or remove the condition"
	if service := schema.ElsewhereService(r); service != "" && !strings.EqualFold(service, r.Source.LogSource.Service) {
		hint = "the event is of another log: `logsource: {product: windows, service: " + service + "}`"
	}
	if why.Message == "" {
		why.At, why.Message = r.Source.LogSource.Range, "nothing is left of its condition"
	}
	c.report(neverMatches, why.At, hint, fmt.Sprintf("the rule can never match in the source %s of data model %s: %s", c.plan.Source.Name, c.opt.Model.Name, why.Message))
}

// requires notes, once, what must be so in the product.
func (c *checker) requires(what string, at diag.Range) {
	known := slices.ContainsFunc(c.plan.Notes, func(n Note) bool { return n.Message == what })
	if what != "" && !known {
		c.plan.Notes = append(c.plan.Notes, Note{Code: "requires", Effect: "exact", Message: what, Range: at})
	}
}

// translate says a test as the product holds its field.
func (c *checker) translate(n *ir.Match) ir.Node {
	own, err := c.opt.Model.Translate(c.plan.Source, n)
	if err != nil {
		c.report("no-translation", n.Range(), "write what the product's own field holds, in a rule or a model of its own", err.Error())
	}
	return c.hashes(n, own)
}

// Column gives the column that holds a field on the event itself. ok is false for an
// ancestor's field that only a link through the process keys can reach; its column on that
// ancestor's own creation event is Column of the same name at level 0.
func (p *Plan) Column(f ir.Field) (schema.Column, bool) {
	col, ok := p.Model.Column(p.Source, f.Name, f.Level)
	return col, ok && p.Source.Has(p.Model, f)
}

// Native gives the column on the event itself that can answer a test of a field. A column that
// holds only a file name answers only tests on that; t is nil where the whole value is asked for.
func (p *Plan) Native(f ir.Field, t ir.Test) (schema.Column, bool) {
	return p.Model.Native(p.Source, f, t)
}

// Whole gives the columns that hold a field's value, as Model.Whole does, where the event itself has the whole of it.
func (p *Plan) Whole(f ir.Field) (columns []schema.Column, domain *schema.Column) {
	columns, domain = p.Model.Whole(p.Source, f.Name, f.Level)
	if slices.ContainsFunc(columns, func(c schema.Column) bool { return c.Holds == "filename" }) {
		return nil, nil
	}
	return columns, domain
}

type checker struct {
	dialect string
	lacks   Features
	opt     Options
	plan    *Plan
	found   diag.Diagnostics
	seen    map[string]bool
	at      ir.Node          // what is being checked; nil: the log source
	negated map[ir.Node]bool // tests of the rule below a negation
}

// walk checks a subtree. conjunct is true while only And and Named stand above it.
func (c *checker) walk(n ir.Node, conjunct bool) {
	c.at = n
	switch n := n.(type) {
	case *ir.Match:
		c.match(n, conjunct)
	case *ir.Keyword:
		c.need(Keywords, n.Range())
		c.test(n.Test, n.Range())
	case *ir.Prevalence:
		c.prevalence(n)
	case *ir.AtLeast:
		if choices(len(n.Terms), n.Count) > MaxChoices {
			c.report("too-many-choices", n.Range(), "split the rule",
				fmt.Sprintf("%d of %d names needs more than %d combinations in a query", n.Count, len(n.Terms), MaxChoices))
		}
	case *ir.And, *ir.Or, *ir.Not, *ir.Named, *ir.Const:
	default:
		panic("compilers: unknown node")
	}
	_, isAnd := n.(*ir.And)
	_, isNamed := n.(*ir.Named)
	_, isNot := n.(*ir.Not)
	for _, child := range ir.Children(n) {
		if isNot {
			ir.Inspect(child, func(below ir.Node) bool {
				if p, rare := below.(*ir.Prevalence); rare && Counts(p) {
					c.need(PrevalenceNegated, below.Range())
				}
				return true
			})
		}
		c.walk(child, conjunct && (isAnd || isNamed))
	}
}

func (c *checker) match(n *ir.Match, conjunct bool) {
	c.field(n.Field, n.Test, n.Range(), conjunct)
	c.test(n.Test, n.Range())
	if ref, ok := n.Test.(*ir.FieldRef); ok {
		c.field(ref.Other, nil, n.Range(), conjunct)
	}
}

func (c *checker) field(f ir.Field, t ir.Test, at diag.Range, conjunct bool) {
	if col, native := c.plan.Native(f, t); native {
		c.requires(col.Requires, at)
		c.requires(c.plan.Source.Added(f), at)
		if col.Within() != "" {
			c.need(NamedValues, at)
		}
		if col.OrElse != "" {
			c.need(SecondColumns, at)
		}
		return
	}
	if f.Level > 0 {
		own, known := c.plan.Column(ir.Field{Name: f.Name})
		_, linked := c.plan.Source.Keys[1]
		if known && linked && own.Holds == "" {
			c.need(DeepAncestors, at)
			if !conjunct {
				c.need(DeepUnderNegation, at)
			}
			return
		}
	}
	if col, mapped := c.plan.Column(f); mapped {
		c.report("filename-only", at, "test it with |filename, or with |endswith and one leading backslash",
			fmt.Sprintf("column %s holds only the file name, which cannot answer this test", col.Name))
		return
	}
	hint := "remove the field, or map it in a model file (extends: " + c.opt.Model.Name + ")"
	if near := c.opt.Model.Closest(c.plan.Source, f.Name); len(near) > 0 {
		hint = "closest mapped fields: " + strings.Join(near, ", ")
	} else if near := c.plan.Source.ClosestColumns(f.Name); len(near) > 0 {
		hint += "; closest columns of the table: " + strings.Join(near, ", ")
	}
	name := f.Name
	if f.Level > 0 {
		name = fmt.Sprintf("%s of ancestor %d", f.Name, f.Level)
	}
	c.report("no-column", at, hint, fmt.Sprintf("data model %s has no column for %s in its source %s", c.opt.Model.Name, name, c.plan.Source.Name))
}

func (c *checker) test(t ir.Test, at diag.Range) {
	switch t := t.(type) {
	case *ir.Text:
		if t.Cased {
			c.need(Cased, at)
		}
	case *ir.Glob:
		c.need(Wildcards, at)
		if t.Cased {
			c.need(Cased, at)
		}
	case *ir.Regex:
		if t.Backtracking {
			c.backtracking(t, at)
		} else {
			c.need(Regexes, at)
		}
	case *ir.FieldRef:
		c.need(FieldRefs, at)
	case *ir.TimePart:
		c.need(TimeParts, at)
	case *ir.CIDR:
		c.need(CIDRs, at)
	case *ir.Number, *ir.Bool, *ir.Null, *ir.Exists:
	default:
		panic("compilers: unknown test")
	}
}

// backtracking refuses an expression that a dialect's engine cannot run, and names what of it that is.
func (c *checker) backtracking(t *ir.Regex, at diag.Range) {
	lack, lacking := c.lacks[BacktrackingRegexes]
	if !lacking {
		return
	}
	message := c.dialect + ": " + lack.Message
	if _, err := t.Parse().In(regex.Go); err != nil {
		message += ", and this one has " + err.Error()
	}
	c.report(string(BacktrackingRegexes), at, lack.Hint, message)
}

func (c *checker) prevalence(n *ir.Prevalence) {
	at := n.Range()
	if _, ok := c.plan.Source.Entities[n.Spec.Field]; !ok {
		c.report("no-entity", n.Spec.FieldRange, "entities of this source: "+strings.Join(sortedKeys(c.plan.Source.Entities), ", "),
			fmt.Sprintf("data model %s does not say which column is the %s", c.opt.Model.Name, n.Spec.Field))
	}
	if n.Among != nil {
		c.need(PrevalencePopulation, at)
		c.walk(n.Among, true)
		c.at = n
	}
	if local := n.Spec.Local; local != nil {
		if local.Rarest > 0 {
			c.need(PrevalenceRank, at)
		}
		if len(local.Bounds) > 0 {
			c.need(PrevalenceCount, at)
		}
		if _, ok := c.plan.Source.Entities[local.Distinct]; !ok {
			c.report("no-entity", at, "entities of this source: "+strings.Join(sortedKeys(c.plan.Source.Entities), ", "),
				fmt.Sprintf("data model %s does not say which column is the %s", c.opt.Model.Name, local.Distinct))
		}
	}
	spec := n.Spec
	if len(spec.Global) > 0 || spec.Signature != nil || spec.Signer != nil || spec.Issuer != nil || spec.Root != nil {
		c.need(GlobalPrevalence, at)
	}
}

// need records that the rule uses a construct; a lacking dialect makes it a note or an error.
func (c *checker) need(construct Construct, at diag.Range) {
	lack, lacking := c.lacks[construct]
	if !lacking {
		return
	}
	code := string(construct)
	if !lack.Approximate {
		c.report(code, at, lack.Hint, c.dialect+": "+lack.Message)
		return
	}
	if !c.accepted(code) {
		c.report(code, at, AcceptHint(c.dialect, code),
			fmt.Sprintf("%s can only approximate this: %s", c.dialect, lack.Message))
		return
	}
	for _, effect := range c.plan.Effects(lack.Effect, c.at) {
		if c.first(code+" "+effect, at) {
			c.plan.Notes = append(c.plan.Notes, Note{Code: code, Effect: effect, Message: lack.Message, Range: at})
		}
	}
}

func (c *checker) accepted(code string) bool {
	return c.opt.Accepts(c.dialect, c.plan.Rule.Source, code)
}

// Accepts tells whether a rule, or the command, accepts the approximation of a gap.
func (o Options) Accepts(dialect string, r *rules.Rule, code string) bool {
	return slices.Contains(r.Approximate[dialect], code) || slices.Contains(o.Approximate, code) || slices.Contains(o.Approximate, "all")
}

// AcceptHint tells how to accept the approximation of a gap.
func AcceptHint(dialect, code string) string {
	return fmt.Sprintf("accept it in the rule with `approximate: {%s: [%s]}`, or for one command with --allow-approximate %s", dialect, code, code)
}

func (c *checker) report(code string, at diag.Range, hint, message string) {
	if c.first(code, at) {
		c.found.Errorf(code, at, hint, "%s", message)
	}
}

// first tells whether a gap is new: the same one at the same place is said once.
func (c *checker) first(code string, at diag.Range) bool {
	key := code + "@" + at.String()
	if c.seen[key] {
		return false
	}
	c.seen[key] = true
	return true
}

func sortedKeys(m map[string]schema.Column) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
