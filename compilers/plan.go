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

// Plan is a rule met with a data model: every field has its column, and every gap is either
// an accepted note or an error that was reported. Dialects print from it.
type Plan struct {
	Rule   *ir.Rule
	Model  *schema.Model
	Source *schema.Source
	Filter ir.Node
	Notes  []Note
	linked bool // a field is read from the creation event of a process above
	lists  string
}

// NewPlan chooses the first source that answers the rule's log source and has all its fields on the event
// itself, or else the first that reaches them by the links between processes, and checks the whole rule
// against it and against the dialect's features. The plan is nil when there are errors: those of the preferred source.
func NewPlan(dialect string, lacks Features, r *ir.Rule, opt Options) (*Plan, diag.Diagnostics) {
	ls := r.Source.LogSource
	sources := opt.Model.Find(ls.Category, ls.Product, ls.Service)
	var ds diag.Diagnostics
	if len(sources) == 0 {
		return nil, append(diag.Diagnostics{NoLogSource(ls, opt.Model)}, unsayable(dialect, lacks, r, opt)...)
	}
	var linked *Plan
	for i, s := range sources {
		p, found := planOn(s, dialect, lacks, r, opt)
		switch {
		case p != nil && !p.linked:
			return p, found
		case p != nil && linked == nil:
			linked, ds = p, found
		case i == 0:
			ds = found
		}
	}
	return linked, ds
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

func planOn(s *schema.Source, dialect string, lacks Features, r *ir.Rule, opt Options) (*Plan, diag.Diagnostics) {
	p := &Plan{Model: opt.Model, Source: s, lists: opt.Lists}
	c := &checker{dialect: dialect, lacks: lacks, opt: opt, plan: p, seen: map[string]bool{}}
	p.Rule, c.negated = r, map[ir.Node]bool{}
	MarkNegated(r.Condition, c.negated)
	if r.Filter != nil {
		MarkNegated(r.Filter, c.negated)
	}
	r = ir.Rewrite(r, c.translate)
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
	c.requires(s.Requires, r.Source.LogSource.Range)
	return p, c.found
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
	return p.Model.Column(p.Source, f.Name, f.Level)
}

// Native gives the column on the event itself that can answer a test of a field. A column that
// holds only a file name answers only tests on that; t is nil where the whole value is asked for.
func (p *Plan) Native(f ir.Field, t ir.Test) (schema.Column, bool) {
	col, ok := p.Column(f)
	if ok && col.Holds == "filename" {
		_, ok = ir.FilenameTest(t)
	}
	return col, ok
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
	negated map[ir.Node]bool // tests of the rule below a negation
}

// walk checks a subtree. conjunct is true while only And and Named stand above it.
func (c *checker) walk(n ir.Node, conjunct bool) {
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
	}
	_, isAnd := n.(*ir.And)
	_, isNamed := n.(*ir.Named)
	_, isNot := n.(*ir.Not)
	for _, child := range ir.Children(n) {
		if isNot {
			ir.Inspect(child, func(below ir.Node) bool {
				if _, rare := below.(*ir.Prevalence); rare {
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
			c.plan.linked = true
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
			c.need(BacktrackingRegexes, at)
		} else {
			c.need(Regexes, at)
		}
	case *ir.FieldRef:
		c.need(FieldRefs, at)
	case *ir.TimePart:
		c.need(TimeParts, at)
	case *ir.CIDR:
		c.need(CIDRs, at)
	}
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
	if c.first(code, at) {
		c.plan.Notes = append(c.plan.Notes, Note{Code: code, Effect: lack.Effect, Message: lack.Message, Range: at})
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
