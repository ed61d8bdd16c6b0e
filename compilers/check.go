package compilers

import (
	"fmt"
	"slices"
	"strings"

	"decree/compilers/logic"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/regex"
	"decree/rules/schema"
)

// NeverMatches is the code of the error of a rule that contradicts itself, or its log source, once its fields are
// columns.
const NeverMatches = "never-matches"

func (c *checker) neverMatches(r *ir.Rule) {
	terms := []ir.Node{r.Condition}
	if r.Filter != nil {
		terms = append(terms, r.Filter)
	}
	why, never := c.opt.Model.Never(c.plan.Source, terms...)
	if !never {
		return
	}
	hint := "test for values that one event can have, or remove the condition"
	if service := schema.ElsewhereService(r); service != "" && !strings.EqualFold(service, r.Source.LogSource.Service) {
		hint = "the event is of another log: `logsource: {product: windows, service: " + service + "}`"
	}
	if why.Message == "" {
		why.At, why.Message = r.Source.LogSource.Range, "nothing is left of its condition"
	}
	c.report(NeverMatches, why.At, hint, fmt.Sprintf("the rule can never match in the source %s of data model %s: %s", c.plan.Source.Name, c.opt.Model.Name, why.Message))
}

// translate rewrites a test for the way the product stores its field.
func (c *checker) translate(n *ir.Match) ir.Node {
	own, err := c.opt.Model.Translate(c.plan.Source, n)
	if err != nil {
		c.report("no-translation", n.Range(), "write the value of the product's own field, in a separate rule or data model", err.Error())
	}
	return c.hashes(n, own)
}

type checker struct {
	dialect string
	lacks   Features
	opt     Options
	plan    *Plan
	found   diag.Diagnostics
	seen    map[string]bool
	at      ir.Node          // the node being checked; nil for the log source
	negated map[ir.Node]bool // tests of the rule below a negation
}

// walk checks a condition.
func (c *checker) walk(n ir.Node) { c.subtree(n, true) }

// subtree checks a part of a condition. conjunct is true if only And and Named are above it.
func (c *checker) subtree(n ir.Node, conjunct bool) {
	c.at = n
	switch n := n.(type) {
	case *ir.Match:
		c.match(n, conjunct)
	case *ir.Keyword:
		c.need(Keywords, n.Range())
		c.test(n.Test, n.Range())
	case *ir.Prevalence:
		c.prevalence(n)
	case *ir.Join:
		c.join(n)
	case *ir.AtLeast:
		if logic.Choices(len(n.Terms), n.Count) > logic.MostChoices {
			c.report("too-many-choices", n.Range(), "split the rule",
				fmt.Sprintf("%d of %d names expands to more than %d combinations in the query", n.Count, len(n.Terms), logic.MostChoices))
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
				if p, rare := below.(*ir.Prevalence); rare && CountsPopulation(p) {
					c.need(PrevalenceNegated, below.Range())
				}
				return true
			})
		}
		c.subtree(child, conjunct && (isAnd || isNamed))
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
	if f.Extract != nil {
		c.extract(f.Extract, at)
		return
	}
	if col, native := c.plan.Native(f, t); native {
		c.plan.Require(col.Requires, at)
		c.plan.Require(c.plan.Source.Added(f), at)
		if col.Within() != "" {
			c.need(NamedValues, at)
		}
		if col.Shared {
			c.plan.NoteOf(c.at, "shared-column", "false-positives",
				fmt.Sprintf("%s has the values of several fields, without their names: the test holds if one of them fits", col.Name))
		}
		c.secondColumns([]schema.Column{col}, nil, at)
		return
	}
	if f.Level > 0 {
		own, known := c.plan.Column(ir.Field{Name: f.Name})
		_, linked := c.plan.Source.Keys[1]
		if known && linked && own.Holds == "" {
			if _, lacking := c.lacks[DeepUnderNegation]; !conjunct && lacking { // nothing that could be accepted of the other would help
				c.need(DeepUnderNegation, at)
				return
			}
			c.need(DeepAncestors, at)
			return
		}
	}
	if col, mapped := c.plan.Column(f); mapped {
		c.report("filename-only", at, "test it with |filename, or with |endswith and one leading backslash",
			fmt.Sprintf("column %s has only the file name, which is not enough for this test", col.Name))
		return
	}
	if c.plan.Source.HashesApart(f) {
		c.report("no-column", at, "write whole hashes with their algorithms, as MD5= and 32 digits, or test md5, sha1, sha256 or Imphash",
			fmt.Sprintf("data model %s has a column for each algorithm in its source %s, and none for Hashes: only whole hashes can be asked for", c.opt.Model.Name, c.plan.Source.Name))
		return
	}
	hint := "remove the field, or map it in a model file (extends: " + c.opt.Model.Name + ")"
	name := strings.TrimPrefix(f.Name, schema.RawPrefix)
	if f.Level > 0 {
		name = fmt.Sprintf("%s of ancestor %d", f.Name, f.Level)
	}
	c.report("no-column", at, c.orClosest(hint, f.Name), fmt.Sprintf("data model %s has no column for %s in its source %s", c.opt.Model.Name, name, c.plan.Source.Name))
}

func (c *checker) test(t ir.Test, at diag.Range) {
	switch t := t.(type) {
	case *ir.Text:
		if t.Cased {
			c.need(Cased, at)
		}
		if t.Op == ir.Word && slices.ContainsFunc(t.Values, hasEdges) {
			c.need(Words, at)
		}
	case *ir.OfFilename:
		c.test(t.Test, at)
	case *ir.Elements:
		c.need(ElementTests, at)
		ir.Inspect(t.Body, func(n ir.Node) bool {
			if m, ok := n.(*ir.Match); ok {
				c.test(m.Test, m.Range())
			}
			return true
		})
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
	case *ir.Number, *ir.Bits, *ir.Bool, *ir.Null, *ir.Exists:
	default:
		panic("compilers: unknown test")
	}
}

// hasEdges tells whether a word begins or ends with a letter or a digit, beside which there may be no other. Without
// one, it is any part of a text.
func hasEdges(word string) bool {
	first, last := ir.WordEdges(word)
	return first || last
}

// backtracking refuses an expression that a dialect's engine cannot run, and names the construct.
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

// orClosest adds to a hint the mapped fields that are closest to a name, or else the columns of the table that are, if
// there are any.
func (c *checker) orClosest(hint, name string) string {
	if col, mapped := c.plan.Column(ir.FieldNamed(name)); mapped {
		return hint + "; " + col.Name + " does not have the values of this field alone"
	}
	if near := c.opt.Model.Closest(c.plan.Source, name); len(near) > 0 {
		return hint + "; closest mapped fields: " + strings.Join(near, ", ")
	}
	if near := c.plan.Source.ClosestColumns(name); len(near) > 0 {
		return hint + "; closest columns of the table: " + strings.Join(near, ", ")
	}
	return hint
}

// join checks what a join reads of the event itself. What it reads of the other is checked with that one's plan.
func (c *checker) join(n *ir.Join) {
	if n.First {
		c.need(FirstSeen, n.Range())
	} else {
		c.need(Joins, n.Range())
	}
	for i, f := range n.Mine {
		c.valueRead(f, n.SameAt[i])
		lacking := fmt.Sprintf("data model %s has no column for %s in its source %s", c.opt.Model.Name, f, c.plan.Source.Name)
		switch {
		case f.Extract != nil:
		case c.opt.Model.HasWhole(c.plan.Source, f):
		case n.First:
			c.report("first-seen-field", n.SameAt[i], c.orClosest("name another field, or choose another --model", f.Name), lacking)
		default:
			c.report("join-field", n.SameAt[i], c.orClosest("join by another field, or choose another --model", f.Name), lacking)
		}
	}
}

// need records that the rule uses a construct; a lacking dialect makes it a note or an error.
func (c *checker) need(construct Construct, at diag.Range) {
	lack, lacking := c.lacks[construct]
	if !lacking || lack.Partly {
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

func (c *checker) report(code string, at diag.Range, hint, message string) {
	if c.first(code, at) {
		c.found.Errorf(code, at, hint, "%s", message)
	}
}

// first tells whether a gap is new. The same gap at the same position is reported once.
func (c *checker) first(code string, at diag.Range) bool {
	key := code + "@" + at.String()
	if c.seen[key] {
		return false
	}
	c.seen[key] = true
	return true
}
